"""The rehearsal of a campaign: copied, played, paused, moved on, wiped; and what came of it."""

from flask import abort, g, redirect, request, url_for
from sqlalchemy.exc import IntegrityError

from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, rehearsals, resets
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room, said

MOST_PEOPLE = 5000
CROWD = 200


@room.get("/rehearsal")
@permit("rehearse")
def rehearsal():
    """The rehearsal's own page, or for a real campaign the way to one."""
    return page("team/rehearsal.html", **_values())


@room.get("/rehearsal/<act>")
@permit("rehearse")
def after_rehearse(act: str):
    """Whoever loads the address of a button again comes to the page."""
    return redirect(url_for("room.rehearsal"), 303)


@room.post("/rehearsal/<act>")
@permit("rehearse")
def rehearse(act: str):
    """One of the acts below."""
    if act not in _ACTS:
        abort(404)
    try:
        address = _ACTS[act]()
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        refresh()
        return refused(refusal, "team/rehearsal.html", **_values(), failed=act, sent=request.form)
    return done(address)


def _copy() -> str:
    """Copy a real campaign and play the copy at once. An earlier rehearsal of it is wiped, which asks for the name."""
    speed, crowd = _number("speed", rehearsals.SPEED, rehearsals.FASTEST), _number("crowd", CROWD, MOST_PEOPLE, least=0)
    if g.campaign.rehearsal is not None:
        raise Refusal("rehearsed", "This is a rehearsal already: play it.")
    if campaigns.by_slug(g.slug + rehearsals.SUFFIX) is not None:
        versions.check_name(g.campaign.name)
    try:
        with writing():
            made = rehearsals.copy(g.campaign, speed, crowd, me())
            rehearsals.play(made, speed, me())
            return url_for("room.rehearsal", slug=made.slug)
    except IntegrityError:
        raise Refusal("slug", "Somebody else began a rehearsal at this moment. Look again.") from None


def _play() -> str:
    """Let the clock run; before the first time the size of the crowd may be chosen as well."""
    speed = _number("speed", 0, rehearsals.FASTEST) if request.form.get("speed") else None
    crowd = _number("crowd", CROWD, MOST_PEOPLE, least=0) if request.form.get("crowd") else None
    with writing():
        clock = g.campaign.rehearsal
        if clock is not None and clock.played_at is None and crowd is not None:
            clock.crowd = crowd
        rehearsals.play(g.campaign, speed, me())
    return _back()


def _again() -> str:
    """Play a rehearsal that has ended from its beginning; what happened in it is gone."""
    clock = g.campaign.rehearsal
    if clock is None or clock.ended_at is None:
        raise Refusal("not_ended", "Only a rehearsal that was played to its end can be played again.")
    speed = _number("speed", clock.chosen_speed, rehearsals.FASTEST)
    crowd = _number("crowd", clock.crowd, MOST_PEOPLE, least=0)
    with writing():
        made = resets.reset(g.campaign, speed, crowd, me())
        rehearsals.play(made, speed, me())
        return url_for("room.rehearsal", slug=made.slug)


def _pause() -> str:
    with writing():
        rehearsals.pause(g.campaign, me())
    return _back()


def _next() -> str:
    with writing():
        rehearsals.skip(g.campaign, me())
    return _back()


def _wipe() -> str:
    versions.check_name(g.campaign.name)
    with writing():
        rehearsals.wipe(g.campaign, me())
    return url_for("team.home")


_ACTS = {"copy": _copy, "again": _again, "play": _play, "pause": _pause, "next": _next, "wipe": _wipe}


def _back() -> str:
    """Where the button was pressed: any page of ours, as the banner is on all of them."""
    return ours(request.form.get("next"), url_for("room.rehearsal"))


def _number(name: str, otherwise: int, most: int, least: int = 1) -> int:
    text = said(name, 20) or str(otherwise)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Refusal(name, f"Choose a whole number from {least:,} to {most:,}.", name)
    return int(text)


def _values() -> dict:
    clock = g.campaign.rehearsal
    other = None if clock else campaigns.by_slug(g.slug + rehearsals.SUFFIX)
    report = clock.report if clock else None
    return {
        "here": "rehearsal",
        "clock": clock,
        "other": other,
        "report": report,
        "speed": rehearsals.SPEED,
        "crowd": CROWD,
    }
