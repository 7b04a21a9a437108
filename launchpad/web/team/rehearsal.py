"""The rehearsal of a campaign: copied, played, paused, moved on, wiped; and what came of it."""

import random

from flask import abort, g, redirect, request, url_for
from sqlalchemy.exc import IntegrityError

from launchpad.database import writing
from launchpad.rules.mishaps import BY_NAME, KINDS
from launchpad.rules.refusals import Refusal
from launchpad.rules.report_changes import compare
from launchpad.services import campaigns, kept_reports, mishaps, rehearsal_view, rehearsals, resets
from launchpad.web.answers import done, page, refused, wants_fragment
from launchpad.web.load import refresh
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room, said

MOST_PEOPLE = 5000
CROWD = 200
EVERY, JITTER = 1300, 400  # milliseconds between two looks of a page that shows itself live


@room.get("/rehearsal")
@permit("rehearse")
def rehearsal():
    """The rehearsal's own page, or for a real campaign the way to one."""
    return page("team/rehearsal.html", **_values())


@room.get("/rehearsal/live")
@permit("rehearse")
def rehearsal_live():
    """How it goes right now, as the page asks for it; to somebody without htmx the whole page."""
    if g.campaign.rehearsal is None:
        abort(404)
    answer = page("team/rehearsal.html", fragment="team/_rehearsal_live.html", **_values())
    if wants_fragment() and g.campaign.rehearsal.reported_at is not None:  # the report is there: the page as a whole
        answer.headers["HX-Redirect"] = url_for("room.rehearsal")
    return answer


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
            mishaps.choose(made, _wanted(), me())
            rehearsals.play(made, speed, me())
            return url_for("room.rehearsal", slug=made.slug)
    except IntegrityError:
        raise Refusal("slug", "Somebody else began a rehearsal at this moment. Look again.") from None


def _play() -> str:
    """Let the clock run; before the first time crowd and mishaps may be chosen as well."""
    speed = _number("speed", 0, rehearsals.FASTEST) if request.form.get("speed") else None
    crowd = _number("crowd", CROWD, MOST_PEOPLE, least=0) if request.form.get("crowd") else None
    with writing():
        clock = g.campaign.rehearsal
        if clock is not None and clock.played_at is None:
            clock.crowd = clock.crowd if crowd is None else crowd
            if request.form.get("choosing"):  # the banner's Play shows no boxes: what was chosen stays
                mishaps.choose(g.campaign, _wanted(), me())
        rehearsals.play(g.campaign, speed, me())
    return _back()


def _again() -> str:
    """Play a rehearsal that has ended from its beginning; what happened in it is gone, its report stays."""
    clock = g.campaign.rehearsal
    if clock is None or clock.ended_at is None:
        raise Refusal("not_ended", "Only a rehearsal that was played to its end can be played again.")
    speed = _number("speed", clock.chosen_speed, rehearsals.FASTEST)
    crowd = _number("crowd", clock.crowd, MOST_PEOPLE, least=0)
    with writing():
        made = resets.reset(g.campaign, speed, crowd, me())
        mishaps.choose(made, _wanted(), me())
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


def _wanted() -> list[str]:
    """The mishaps whose boxes are ticked."""
    return request.form.getlist("mishap")[:20]


def _number(name: str, otherwise: int, most: int, least: int = 1) -> int:
    text = said(name, 20) or str(otherwise)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Refusal(name, f"Choose a whole number from {least:,} to {most:,}.", name)
    return int(text)


def _values() -> dict:
    clock = g.campaign.rehearsal
    other = None if clock else campaigns.by_slug(g.slug + rehearsals.SUFFIX)
    kept = kept_reports.of(g.campaign)
    return {
        "here": "rehearsal",
        "clock": clock,
        "other": other,
        "real": kept_reports.origin(g.campaign),
        "view": rehearsal_view.view(g.campaign) if clock else None,
        "chosen": [row.name for row in mishaps.of(g.campaign.id)],
        "kinds": KINDS,
        "kind_of": BY_NAME,
        "kept_reports": kept,
        "changes": compare(kept[1].report, kept[0].report) if len(kept) > 1 else [],
        "every": EVERY + random.randrange(JITTER),  # noqa: S311  so that two pages do not ask at once
        "speed": rehearsals.SPEED,
        "crowd": CROWD,
    }
