"""A rush at the checkout: few at a time go in, and "sold out" is said to strangers from bytes that are kept for a second.

It stands before everything else that a checkout costs. It lets nobody in who would not get in without it, and says
"sold out" only after a look that began when the buyer had asked: nothing left, no hold that is over, no order by that key.
"""

import time

from flask import Blueprint, Response, current_app, g, make_response, request, session

from launchpad.rules.refusals import Refusal
from launchpad.services import buying, leftovers, people, previewing, state
from launchpad.together import Together
from launchpad.turns import Turn, Turns
from launchpad.web import limits
from launchpad.web.answers import wants_fragment
from launchpad.web.forms import clean

MOST = 24  # requests at work in a process, for one variant; what they ask the database they ask together
BUYER = 6  # as many of them weighs one who goes in: the database has one writer, or one row to lock, all the same
LONGEST = 55.0  # seconds that somebody waits for their turn; then they go in, whoever else is there
SECONDS = 1.0  # that a page of "sold out" is kept
MOST_KEPT = 50

_look = Together(leftovers.look, most=500)
_turns = Turns(MOST, LONGEST)


def stands_before(blueprint: Blueprint, *endpoints: str) -> None:
    """Let the POSTs of these endpoints pass by here first. To be called before `load.of_campaign`."""

    @blueprint.url_value_preprocessor
    def arrive(endpoint, values):
        if endpoint in endpoints and request.method == "POST" and values:
            _arrive(values["slug"])

    @blueprint.before_request
    def answered() -> Response | None:
        body = g.get("answered")
        if body is None:
            return None
        response = make_response(body, 422)
        response.vary.update(("Cookie", "HX-Request"))
        response.headers["X-Refusal"] = "sold_out"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @blueprint.teardown_request
    def left(_fault) -> None:
        decided()


def decided() -> None:
    """The order is made or refused: the next one may go in. What follows it, such as a payment page, holds nobody up."""
    turn: Turn | None = g.pop("turn", None)
    if turn is not None:
        turn.end()


def has_room() -> bool:
    """Whether the look at the door has just seen units, so that nobody has to look once more before they try."""
    return "seen" in g and g.seen.units > 0


def keep(response: Response, refusal: Refusal, same_for_all: bool) -> Response:
    """Keep what a stranger was told for those who ask for the same. `same_for_all`: nothing of theirs is in it."""
    wanted = g.get("wanted")
    if wanted is None or refusal.reason != "sold_out" or not same_for_all or g.campaign.rehearsal or previewing.shown():
        return response
    if state.lifetime(g.campaign, g.now, 3) >= 3:
        kept = _kept()
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept), None), None)
        born = time.monotonic()
        kept[wanted] = born, born + SECONDS, g.seen.stage, response.get_data()
    return response


def _arrive(slug: str) -> None:
    """Waits, and sets g.turn; also g.answered, or what `keep` needs."""
    wish = _wanted(slug)
    if wish is None:
        return
    g.turn = _turns.take((wish.slug, wish.sku))
    if _same_for_all():
        asked = time.monotonic()
        if (left := _look(wish)) is not None:
            g.wanted, g.seen = (wish.slug, wish.sku, request.host), left
            gone = not (left.units or left.late or left.known)
            if gone and (body := _told(g.wanted, left.stage, asked)) is not None:
                g.answered = body
                return
    g.turn.weigh(BUYER)


def _told(wanted: tuple, stage: tuple, asked: float) -> bytes | None:
    """What others were told. When it is a second old, one goes to be told anew, and it stands for the others meanwhile."""
    born, until, of, body = _kept().get(wanted, (0.0, 0.0, None, b""))
    if of != stage:
        return None
    if asked < until:
        return body
    if asked < born + 2 * SECONDS:
        _kept()[wanted] = born, born + 2 * SECONDS, of, body
    return None


def _wanted(slug: str) -> leftovers.Wanted | None:
    """What this form asks for; None where it is not whole, which the view then says."""
    sku, key = (clean(request.form.get(name, "")) for name in ("sku", "key"))
    if not sku or not key or len(slug) > 80 or len(sku) > 64 or len(key) > buying.LONGEST_KEY:
        return None
    try:
        owner = buying.guest(people.key_of(clean(request.form.get("email", "")))) if not session else ""
    except Refusal:
        return None
    return leftovers.Wanted(slug, sku, owner, key)


def _same_for_all() -> bool:
    """Strangers with a whole page of ours in their browser: what they are told is the same for all of them."""
    if session or wants_fragment() or request.endpoint != "buy.buy" or limits.actor() is not None:
        return False
    return not current_app.config.get("TESTING") or bool(current_app.config.get("KEEP_PAGES"))


def _kept() -> dict:
    return current_app.extensions.setdefault("kept_refusals", {})
