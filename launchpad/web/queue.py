"""The queue before the doors open for everyone: taking a turn, waiting for it, going in. It works without script.

A turn is a row. Who is signed in has one; a browser without a session keeps its own in a cookie of this campaign alone.
"""

from flask import Blueprint, current_app, g, request
from werkzeug.wrappers import Response

from launchpad.database import db, writing
from launchpad.models import Person, Waiting
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, prequeue, tokens, waitlist
from launchpad.web import limits
from launchpad.web.answers import done, page, private, refused
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("queue", __name__, url_prefix="/<slug>"))

COOKIE, KEPT = "turn", 60 * 60 * 24  # seconds that a browser keeps its turn


@blueprint.get("/queue", endpoint="page")
@permit("campaign.see")
def waiting_room():
    """Where I stand; on to the checkout as soon as I may go in."""
    stands = stands_now(me())
    if stands is None or not stands.needed:
        return done(f"/{g.slug}/buy")
    return _shown(page("queue/queue.html", **_values(stands)), stands)


@blueprint.post("/queue", endpoint="take")
@limiter.limit("1200/minute")  # a phone network's many people share few addresses
@limiter.limit("6000/minute", key_func=limits.network, exempt_when=lambda: limits.network() is None)
@permit("queue.join")
def take():
    """Take a turn. Who has one keeps it."""
    person_id = me().id if me() else None
    try:
        with writing():
            person = db.session.get(Person, person_id) if person_id else None
            row = prequeue.come(g.campaign, person, prequeue.turn_of(g.campaign, person, _kept()))
            token = tokens.make("turn", row.id)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "queue/queue.html", **_values(None))
    response = done(f"/{g.slug}/queue")
    secure = current_app.extensions["settings"].secure
    response.set_cookie(COOKIE, token, max_age=KEPT, path=f"/{g.slug}/", httponly=True, samesite="Lax", secure=secure)
    return response


def stands_now(person: Person | None) -> prequeue.Standing | None:
    """Where somebody who has proven who they are, or a stranger, stands at this request's moment."""
    if not prequeue.is_on(g.campaign):
        return None
    place = waitlist.place_of(g.campaign, person)
    return prequeue.standing(g.campaign, person, place, mine(person))


def mine(person: Person | None) -> Waiting | None:
    """Their turn, or their browser's."""
    return prequeue.turn_of(g.campaign, person, _kept())


def enter(person: Person, proven: bool) -> None:
    """Let a buyer in, inside `writing()`. Raises Refusal: queue, turn."""
    if not prequeue.is_on(g.campaign):
        return
    known = person if proven else None
    turn = mine(known)
    prequeue.check(g.campaign, known, waitlist.place_of(g.campaign, known), turn)
    prequeue.take(g.campaign, turn, person)


def refuse(refusal: Refusal) -> Response:
    """The queue's page, for who came to the checkout too early."""
    return refused(refusal, "queue/queue.html", **_values(stands_now(me())))


def _values(stands: prequeue.Standing | None) -> dict:
    return {"stands": stands, "offer": buying.offer(g.campaign, me())}


def _shown(response: Response, stands: prequeue.Standing) -> Response:
    if stands.waits or stands.early:  # without a turn there is nothing to wait for but a click
        response.headers["Refresh"] = str(prequeue.seconds_to_look(stands, g.now, g.campaign.pace))
    return private(response)


def _kept() -> int | None:
    return tokens.read("turn", request.cookies.get(COOKIE, ""))
