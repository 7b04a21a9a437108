"""My place on the waitlist: the card with its link, its moment for a calendar, the wish, and the way out."""

import segno
from flask import Blueprint, current_app, g, redirect, request
from markupsafe import Markup
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from launchpad.database import writing
from launchpad.models import Place
from launchpad.rules import ranking, timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, doubts, gate, line_story, lines, order_links, own_orders, referrals, waitlist
from launchpad.web.answers import done, page, private, refused
from launchpad.web.calendars import HALF_HOUR, Item
from launchpad.web.calendars import calendar as calendar_file
from launchpad.web.forms import Form
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("place", __name__, url_prefix="/<slug>"))


class WishForm(Form):
    name = StringField(validators=[Length(max=60, message="A name has at most 60 characters here.")])
    sku = StringField(validators=[Length(max=64)])
    quantity = IntegerField(validators=[InputRequired("Choose how many."), NumberRange(1, 1000, "Choose how many.")])


@blueprint.before_request
def where_it_is():
    """Who is signed in and whose place does not count, or not any more, is led from its address to what became of it."""
    if request.endpoint == "place.page" and me() is not None and not may("place.see"):
        if (place := waitlist.place_of(g.campaign, me())) is not None and doubts.holds(g.campaign, place):
            return redirect(f"/{g.slug}/waitlist/checked", 303)
        if place is None and waitlist.left(g.campaign, me()):
            return redirect(f"/{g.slug}/place/left", 303)
    return None


@blueprint.get("/place", endpoint="page")
@permit("place.see")
def card():
    """The place card, and what I would like to buy."""
    return page("waitlist/place.html", fragment="waitlist/_place.html", place=_mine())


@blueprint.post("/place", endpoint="wish")
@permit("place.see")
def wish():
    """Keep the wish, and what to call somebody whose name is not known yet."""
    form = WishForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors), None))
        with writing():
            mine = _mine()
            waitlist.wish(mine, form.sku.data or None, form.quantity.data)
            mine.person.name = mine.person.name or " ".join((form.name.data or "").split())
    except Refusal as refusal:
        return refused(refusal, "waitlist/place.html", fragment="waitlist/_place.html", place=_mine())
    return done(f"/{g.slug}/place", "waitlist/_place.html", lambda: {"place": _mine()})


@blueprint.post("/place/leave", endpoint="leave")
@permit("place.leave")
def leave():
    """Give the place back."""
    with writing():
        waitlist.leave(g.campaign, me())
    refresh()
    return done(f"/{g.slug}/place/left")


@blueprint.get("/place/left", endpoint="left")
@permit("campaign.see")
def left():
    """What it means that I left, and the way back while there is one. Who did not leave is led to their place."""
    if me() is None or waitlist.place_of(g.campaign, me()) is not None or not waitlist.left(g.campaign, me()):
        return redirect(f"/{g.slug}/place", 303)
    return private(page("waitlist/left.html", bought=own_orders.bought(g.campaign, me()) is not None))


@blueprint.get("/place.ics", endpoint="calendar")
@permit("place.see")
def calendar():
    """The moment at which doors open for me, for a calendar."""
    place = _mine()
    opens = gate.moment_of(g.campaign, me(), place)
    title, words = f"{g.campaign.name}: doors open for you", f"Buy at {_address()}"
    items = [Item(f"place-{place.id}", title, opens, opens + HALF_HOUR, words)] if opens is not None else []
    return private(calendar_file(g.slug, items))


@blueprint.app_template_global("place_ticket")
def ticket(place: Place) -> dict:
    """What the place card of somebody shows, wherever the card is included."""
    person, standing = place.person, line_story.standing(g.campaign, place)
    link = f"{_address()}?ref={referrals.code_of(person)}"
    code = segno.make(link, error="m", micro=False)
    return {
        "number": standing.number,
        "standing": standing,
        "name": person.name or place.name or "You",
        "tier": g.campaign.tiers.get(person.tier, person.tier.replace("_", " ").title()),
        "when": gate.moment_of(g.campaign, person, place),
        "launch": gate.moment_of(g.campaign, None, None),
        "early": gate.is_early(g.campaign, person, place),
        "link": link,
        "qr": Markup(code.svg_inline(omitsize=True, border=1, svgclass="qr-code", lineclass=None)),
        "calendar": f"/{g.slug}/place.ics",
        "choices": [(variant.sku, variant.name) for variant in gate.variants_of(g.campaign)],
    }


@blueprint.app_template_global("place_sale")
def sale(place: Place) -> dict:
    """What can be done with a place now: `offer`, the order that is to be paid (`paying`) and the one that was (`bought`), with
    the addresses of both orders' pages. `in_time`: asked for before the first passes of its tier were given."""
    person = place.person
    paying, bought = own_orders.paying(g.campaign, person), own_orders.bought(g.campaign, person)
    opened = timetable.tier_opening(g.campaign.milestones, gate.tier_of(person))
    return {
        "offer": buying.offer(g.campaign, person, place),
        "paying": paying,
        "bought": bought,
        "pay_at": order_links.path_of(paying, False) if paying else "",
        "order_at": order_links.path_of(bought, False) if bought else "",
        "in_time": opened is None or place.submitted_at < opened,
    }


@blueprint.app_template_global("line_rule")
def rule() -> dict:
    """How the line of this campaign is ordered and what it decides, for whoever stands in it or thinks of joining."""
    campaign = g.campaign
    return {
        "rule": campaign.rule,
        "points": lines.values(campaign),
        "at": lines.drawn_at(campaign) or lines.draw_at(campaign),
        "drawn": lines.drawn_at(campaign) is not None,
        "seal": ranking.seal(campaign.draw_seed),
        "seed": line_story.seed(campaign),
    }


def _mine() -> Place:
    """My place. Raises Refusal when I left in this very moment, in another window."""
    if (place := waitlist.place_of(g.campaign, me())) is None:
        raise Refusal("left", "You left this waitlist a moment ago. Join again to have a new place.", status=403)
    return place


def _address() -> str:
    return f"{current_app.extensions['settings'].base_url}/{g.slug}/"
