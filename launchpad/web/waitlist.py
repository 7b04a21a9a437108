"""Joining the waitlist: the form, the neutral answer, and the confirming link, which only a POST uses."""

from flask import Blueprint, abort, g, redirect
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import doubts, joining, joins_open, tokens, waitlist
from launchpad.web import join_form, limits, mending, sign_in, touch
from launchpad.web.answers import done, page, private, refused
from launchpad.web.join_form import JoinForm
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.pace import briefly
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("waitlist", __name__, url_prefix="/<slug>/waitlist"))
mending.stands_in(blueprint)
blueprint.app_template_global("first_touch")(touch.first_touch)


@blueprint.app_template_global("joins_closed")
def joins_closed() -> Refusal | None:
    """Why this campaign's waitlist takes nobody new now, or None."""
    return joins_open.closed(g.campaign)


@blueprint.app_template_global("being_checked")
def being_checked() -> bool:
    """True for whoever has a place here that is looked at before it counts, or was not let in: to ask again changes nothing."""
    place = waitlist.place_of(g.campaign, me())
    return place is not None and not place.counted and doubts.holds(g.campaign, place)


@blueprint.get("", endpoint="page")
@permit("waitlist.join")
@for_strangers
def form():
    """The form on a page of its own."""
    return page("waitlist/waitlist.html", **join_form.values())


@blueprint.post("", endpoint="join")
@limiter.limit(limits.JOINS, exempt_when=limits.counted)
@limiter.limit(
    limits.JOINS_OF_NETWORK, key_func=limits.network, exempt_when=lambda: limits.counted() or limits.network() is None
)
@permit("waitlist.join")
@briefly
def join():
    """Hold a place. The answer is the same for known and unknown addresses; my own, proven one goes straight in.

    Most strangers' forms do not come this far: see web.join_door.
    """
    form = JoinForm()
    try:
        joined, key = join_form.join(form, me().id if me() else None)
    except Refusal as refusal:
        return refused(refusal, "waitlist/waitlist.html", fragment="waitlist/_join.html", **join_form.values(form.data))
    return done(on_to(joined, key))


def on_to(joined: joining.Joined | None, key: str) -> str:
    """Where whoever joined goes on: my own place, proven, is there at once; all others look in their inbox."""
    if joined is None or me() is None or joined.person_id != me().id:
        return mending.address("waitlist", key)
    return f"/{g.slug}/place" if joined.counted else f"/{g.slug}/waitlist/checked"


@blueprint.get("/checked")
@permit("campaign.see")
def checked():
    """For whoever confirmed a place that is looked at before it counts: until when. Others go to the campaign."""
    place = waitlist.place_of(g.campaign, me())
    if place is None or place.counted or not doubts.holds(g.campaign, place):
        return redirect(f"/{g.slug}/place" if place is not None and place.counted else f"/{g.slug}/", 303)
    doubt = doubts.of(place)
    return private(page("waitlist/checked.html", doubt=doubt, by=doubts.until(g.campaign, doubt)))


@blueprint.get("/confirm/<token>", endpoint="confirm_page")
@permit("place.confirm")
def confirming(token: str):
    """The button that the letter's link leads to; looking spends nothing."""
    return private(page("waitlist/confirm.html", place=_place_by(token), token=token))


@blueprint.post("/confirm/<token>", endpoint="confirm")
@limiter.limit("30/minute", key_func=limits.address)
@permit("place.confirm")
def confirm(token: str):
    """Count the place, sign this browser in, and show the place."""
    id = _place_by(token).id
    try:
        with writing():
            if (place := db.session.get(Place, id)) is None:
                raise Refusal("corrected", waitlist.CORRECTED)
            person_id = waitlist.confirm(place).id
    except Refusal as refusal:
        return private(refused(refusal, "waitlist/confirm.html", place=_place_by(token), token=token))
    sign_in.let_in(db.session.get(Person, person_id))
    return done(f"/{g.slug}/place" if _place_by(token).counted else f"/{g.slug}/waitlist/checked")


def _place_by(token: str) -> Place:
    id = tokens.read("confirm", token)
    query = select(Place).where(Place.id == id, Place.campaign_id == g.campaign.id).execution_options(populate_existing=True)
    place = db.session.scalar(query) if id else None
    if place is None or place.person.erased_at is not None:
        abort(404, "This link is not, or no longer, one of ours. Join again to get a new one.")
    return place
