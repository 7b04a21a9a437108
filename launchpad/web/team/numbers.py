"""The numbers: from a visit to a sale, where the revenue came from, who took part. Each says what it counts."""

from flask import g

from launchpad.rules import attribution
from launchpad.services import numbers as counting
from launchpad.services import registers
from launchpad.services.conversion import BY, cohorts
from launchpad.web.answers import page
from launchpad.web.permit import permit
from launchpad.web.sheets import sheet
from launchpad.web.team.frame import room
from launchpad.web.team.number_words import figures

_TOUCH = ("utm_medium", "utm_campaign", "referrer", "landing")
STAGES = {"head_start": "Head start", "launch": "From the doors on"}


@room.get("/numbers")
@permit("team.see")
def numbers():
    """All of them, as the rows are now."""
    found = counting.numbers(g.campaign)
    goal = (g.campaign.target or {}).get("outcome") or {}
    return page("team/numbers.html", here="numbers", found=found, **_words(found), goal=goal)


def _words(found: counting.Numbers) -> dict:
    return {
        "sources": attribution.WORDS,
        "frozen": attribution.FROZEN,
        "stages": STAGES,
        "ways": BY,
        "figures": figures(found, g.campaign.currency),
    }


@room.get("/numbers/funnel.csv")
@permit("numbers.export")
def funnel_sheet():
    """The numbers of the page, one a line."""
    lines = figures(counting.numbers(g.campaign), g.campaign.currency)
    return sheet(f"{g.slug}-funnel", ("number", "value", "counts"), ((f.name, f.value, f.counts) for f in lines))


@room.get("/numbers/conversion.csv")
@permit("numbers.export")
def conversion_sheet():
    """Waitlist to buyer, a cohort a line; each `by` sums up to all confirmed places."""
    rows = (
        (by, c.name, c.places, c.early, c.late, c.buyers, c.share)
        for by, found in cohorts(g.campaign).items()
        for c in found
    )
    head = ("by", "cohort", "places_confirmed", "bought_head_start", "bought_later", "buyers", "conversion")
    return sheet(f"{g.slug}-conversion", head, rows)


def _touched(touch: dict | None) -> tuple:
    return tuple((touch or {}).get(name) for name in _TOUCH)


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
    more = ("head_start", "source", "address_known", "first_touch", "last_touch", *_TOUCH, "provider", "provider_ref")
    rows = (
        (
            o.number, o.at, o.confirmed_at, o.state, o.person.name, o.person.email, o.tier, o.variant.sku, o.quantity,
            o.price, o.total, o.currency, o.head_start, o.source, o.matched, attribution.came_by(o.came_by), o.source_note,
            *_touched((o.touch or {}).get("last")), o.provider, o.provider_ref,
        )
        for o in registers.every_order(g.campaign)
    )  # fmt: skip
    return sheet(f"{g.slug}-orders", head + more, rows)


@room.get("/numbers/places.csv")
@permit("people.export")
def places_sheet():
    """Every place of the waitlist, in line."""
    head = ("position", "submitted", "confirmed", "left", "name", "email", "tier", "sku", "quantity", "source", "ref")
    more = (*_TOUCH, "marketing", "units_bought")
    rows = (
        (
            row.position, p.submitted_at, p.confirmed_at, p.left_at, p.person.name or p.name, p.person.email,
            p.person.tier, p.sku, p.quantity, p.source, p.ref, *_touched(p.touch), p.marketing, int(row.bought),
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
