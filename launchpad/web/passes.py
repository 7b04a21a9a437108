"""My pass: what it is and until when, giving it on with a page that asks first, and having its letter sent again."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, g
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Order, Pass, Person, Place
from launchpad.rules import passes as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import gate, pass_acts, pass_rows, tokens, waitlist
from launchpad.web import limits, orders
from launchpad.web.answers import done, page, private, refused
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("passes", __name__, url_prefix="/<slug>"))


@dataclass(frozen=True)
class Ticket:
    """What its holder sees of a pass: `until` when it is told to end, `state` as services.pass_rows says, `checkout`
    the address of the order that holds it."""

    units: int
    until: datetime
    live: bool
    state: str
    second: bool
    listed: bool
    needed: bool  # only a pass buys now
    address: str
    checkout: str = ""


@blueprint.get("/pass/<token>/decline", endpoint="declining")
@permit("campaign.see")
def declining(token: str):
    """What giving the pass on means, and a button. Looking changes nothing."""
    return private(page("passes/decline.html", **_values(place_by(token), token)))


@blueprint.post("/pass/<token>/decline", endpoint="decline")
@limiter.limit("30/minute", key_func=limits.address)
@permit("pass.decline")
def decline(token: str):
    """Give the pass on to the next in line."""
    id = place_by(token).id
    try:
        with writing():
            pass_acts.decline(g.campaign, db.session.get(Place, id))
    except Refusal as refusal:
        refresh(refused=True)
        return private(refused(refusal, "passes/decline.html", **_values(db.session.get(Place, id), token)))
    refresh()
    return done(f"/{g.slug}/pass/{token}/decline")


@blueprint.post("/place/pass", endpoint="again")
@limiter.limit("10/minute", key_func=limits.person)
@permit("place.see")
def again():
    """Send me the letter with my pass once more."""
    try:
        with writing():
            pass_acts.send_again(g.campaign, waitlist.place_of(g.campaign, db.session.get(Person, me().id)))
    except Refusal as refusal:
        refresh(refused=True)
        if (mine := waitlist.place_of(g.campaign, me())) is None:  # left in this very moment
            raise
        return refused(refusal, "waitlist/place.html", fragment="waitlist/_place.html", place=mine)
    return done(f"/{g.slug}/place?sent=pass")


@blueprint.app_template_global("pass_ticket")
def ticket(place: Place | None, by_link: bool = False) -> Ticket | None:
    """The newest pass of a place as its holder sees it; None when it never had one."""
    mine = gate.pass_of(g.campaign, place)
    if mine is None:
        return None
    state = pass_rows.state(mine)
    doors = timetable.opening(g.campaign.milestones, "launch")
    needed = gate.needs_pass(g.campaign, g.now)
    live = mine.live(g.now) and needed
    return Ticket(
        mine.units, rules.shown_end(mine.until, doors, mine.tier), live, state, mine.of_id is not None,
        mine.tier == rules.LIST, needed, f"/{g.slug}/pass/{tokens.make('pass', mine.place_id)}", _checkout(mine, state, by_link),
    )  # fmt: skip


def place_by(token: str) -> Place:
    """The place whose letter this token was in; 404 when it is not ours, or the place is no more."""
    id = tokens.read("pass", token)
    place = db.session.scalar(select(Place).where(Place.id == id, Place.campaign_id == g.campaign.id)) if id else None
    if place is None or not place.counted or place.person.erased_at is not None:
        abort(404, "This link is not, or no longer, one of ours.")
    return place


def _checkout(mine: Pass, state: str, by_link: bool) -> str:
    if state != "in_use":
        return ""
    held = db.session.scalar(select(Order).where(Order.pass_id == mine.id, Order.state == "held").limit(1))
    return orders.address(held, with_token=by_link) if held else ""


def _values(place: Place, token: str) -> dict:
    return {"place": place, "action": f"/{g.slug}/pass/{token}/decline", "back": f"/{g.slug}/pass/{token}"}
