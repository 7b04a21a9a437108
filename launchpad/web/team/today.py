"""The host's page on the day, for one thumb: say something, hide with undo, stop sales, see how it goes."""

import random
import secrets
from collections.abc import Callable

from flask import abort, g, request, url_for

from launchpad.database import writing
from launchpad.models import Entry
from launchpad.rules import posts
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand, pulse, thread
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import may, me, my_roles, permit
from launchpad.web.team.frame import cursor, room, said

MOST = 12
KINDS = [("update", "Update"), ("question", "Question"), ("event", "Event"), ("testimonial", "Testimonial")]
EVERY, JITTER = 4000, 3000  # milliseconds between two looks, and by how much they differ


@room.get("/today")
@permit("today.see")
def today():
    """All of it."""
    return page("team/today.html", **_values())


@room.get("/today/pulse")
@permit("today.see")
def today_pulse():
    """The numbers alone, as the page asks for them; to somebody without htmx the whole page."""
    return page("team/today.html", fragment="team/_pulse.html", **_values(cursor("seen")))


def _values(seen: int | None = None) -> dict:
    entries = thread.latest(g.campaign, limit=MOST)
    newest = max((entry.id for entry in entries), default=0)
    return {
        "here": "today",
        "entries": entries,
        "seen": newest if seen is None else seen,
        "pulse": pulse.pulse(g.campaign, seen),
        "every": EVERY + random.randrange(JITTER),  # noqa: S311  so that many pages do not ask at once
        "key": secrets.token_urlsafe(12),
        "kinds": KINDS,
        "longest": posts.LONGEST,
        "why_not": thread.why_not(g.campaign, my_roles()),
        "can_stop": may("sales.stop"),
    }


@room.post("/today/post")
@permit("thread.post")
def today_post():
    """Say something in the thread. A double tap is one entry: the form has a key."""

    def act() -> None:
        kind, key = said("kind", 20) or "update", said("key", 100) or None
        thread.post(g.campaign, me(), said("text", posts.LONGEST), kind, None, key)

    return _act("post", "latest", act)


@room.post("/today/entries/<int:id>/<any(hide, show):act>")
@permit("thread.moderate")
def today_entry(id: int, act: str):
    """Hide an entry with one tap; a second one undoes it."""
    row_or_404(Entry, id)
    change = thread.hide if act == "hide" else thread.show
    return _act(f"entry-{id}", f"entry-{id}", lambda: change(g.campaign, me(), row_or_404(Entry, id), "on the day"))


@room.post("/today/stop")
@permit("sales.stop")
def today_stop():
    """The emergency brake: no version, no question. When somebody has pulled it already, it is pulled."""

    def act() -> None:
        message = said("message")
        _unless("stopped", lambda: by_hand.stop_sales(g.campaign, me(), message, "Stopped on the day"))

    return _act("stop", "sales", act)


@room.post("/today/resume")
@permit("sales.stop")
def today_resume():
    """Let go of it."""
    resume = "Resumed on the day"
    return _act(
        "resume", "sales", lambda: _unless("not_stopped", lambda: by_hand.resume_sales(g.campaign, me(), "", resume))
    )


def _unless(reason: str, act: Callable[[], None]) -> None:
    """Do it; that it is so already is no refusal."""
    try:
        act()
    except Refusal as refusal:
        if refusal.reason != reason:
            raise


def _act(form: str, anchor: str, act: Callable[[], None]):
    try:
        with writing():
            act()
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        refresh()
        return refused(refusal, "team/today.html", **_values(), failed=form, sent=request.form)
    return done(url_for("room.today", _anchor=anchor))
