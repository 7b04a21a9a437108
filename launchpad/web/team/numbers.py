"""The numbers: from a visit to a sale, where the revenue came from, who took part. Each says what it counts."""

from flask import g

from launchpad.services import numbers as counting
from launchpad.services import registers
from launchpad.web.answers import page
from launchpad.web.permit import permit
from launchpad.web.sheets import sheet
from launchpad.web.team.frame import room

SOURCES = {
    "member": ("Members", "were members before the preview opened"),
    "joined": ("Joined", "became members, or confirmed a place, during the campaign and before they ordered"),
    "referred": ("Referred", "came by a member's link, without a place of their own"),
    "cold": ("Cold", "nothing of ours led them here"),
}
STAGES = {"head_start": "Head start", "launch": "From the doors on"}


@room.get("/numbers")
@permit("team.see")
def numbers():
    """All of them, as the rows are now."""
    found = counting.numbers(g.campaign)
    goal = (g.campaign.target or {}).get("outcome") or {}
    return page("team/numbers.html", here="numbers", found=found, sources=SOURCES, stages=STAGES, goal=goal)


@room.get("/numbers/funnel.csv")
@permit("numbers.export")
def funnel_sheet():
    """The numbers of the page, one a line."""
    return sheet(f"{g.slug}-funnel", ("number", "value", "counts"), _funnel(counting.numbers(g.campaign)))


def _funnel(found: counting.Numbers) -> list[tuple]:
    return [
        ("visitors", found.visitors, "each visitor once a day and phase"),
        *((f"visitors {phase}", count, "") for phase, count in found.visits.items()),
        ("places submitted", found.submitted, "not left"),
        ("places confirmed", found.confirmed, "not left"),
        ("places left", found.left, "given up, in neither number above"),
        ("buyers", found.buyers, "confirmed places with a confirmed order"),
        ("buyers head start", found.early, "of them, in the head start"),
        ("buyers later", found.late, "of them, only from the launch on"),
        ("waitlist to buyer", found.conversion, "buyers / places confirmed"),
        ("orders", found.sold.orders, "confirmed"),
        ("units", found.sold.units, "of confirmed orders"),
        ("revenue", found.sold.revenue, f"minor units, {g.campaign.currency}, refunds taken off"),
        *((f"revenue {source}", sold.revenue, SOURCES[source][1]) for source, sold in found.by_source.items()),
        ("revenue share member", found.member_share, "member / revenue"),
        ("revenue share community", found.community_share, "member and joined / revenue"),
        ("refunded orders", found.refunded.orders, "in none of the numbers above"),
        ("refunded revenue", found.refunded.revenue, "in none of the numbers above"),
        ("voters", found.voters, "people with a ballot in any poll"),
        ("members who could vote", found.eligible, "members by the closing of the last poll"),
        ("poll participation", found.participation, "voters / members who could vote"),
        ("stories sent", found.sent, "in whatever state"),
        ("stories shown", found.shown, "approved, with a consent that stands"),
    ]


@room.get("/numbers/orders.csv")
@permit("people.export")
def orders_sheet():
    """Every order."""
    head = (
        "number",
        "made",
        "confirmed",
        "state",
        "name",
        "email",
        "tier",
        "sku",
        "quantity",
        "price",
        "total",
        "currency",
    )
    more = ("head_start", "source", "source_note", "provider", "provider_ref")
    rows = (
        (
            o.number, o.at, o.confirmed_at, o.state, o.person.name, o.person.email, o.tier, o.variant.sku, o.quantity,
            o.price, o.total, o.currency, o.head_start, o.source, o.source_note, o.provider, o.provider_ref,
        )
        for o in registers.every_order(g.campaign)
    )  # fmt: skip
    return sheet(f"{g.slug}-orders", head + more, rows)


@room.get("/numbers/places.csv")
@permit("people.export")
def places_sheet():
    """Every place of the waitlist, in line."""
    head = ("position", "submitted", "confirmed", "left", "name", "email", "tier", "sku", "quantity", "source", "ref")
    more = ("marketing", "units_bought")
    rows = (
        (
            row.position, p.submitted_at, p.confirmed_at, p.left_at, p.person.name or p.name, p.person.email,
            p.person.tier, p.sku, p.quantity, p.source, p.ref, p.marketing, int(row.bought),
        )
        for row in registers.every_place(g.campaign)
        for p in (row.place,)
    )  # fmt: skip
    return sheet(f"{g.slug}-places", head + more, rows)


@room.get("/numbers/votes.csv")
@permit("people.export")
def votes_sheet():
    """Every choice of every ballot."""
    rows = (
        (poll.number, poll.question, answer, vote.at, person.name, person.email)
        for poll, answer, vote, person in registers.every_vote(g.campaign)
    )
    return sheet(f"{g.slug}-votes", ("poll", "question", "answer", "cast", "name", "email"), rows)
