"""The host's page on the day, for one thumb: say something, hide with undo, stop sales, see how it goes."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, g, request, url_for

from launchpad import clock
from launchpad.database import writing
from launchpad.models import Entry, Milestone
from launchpad.rules import posts
from launchpad.rules import timetable as rules
from launchpad.rules.openings import copied
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, by_hand, needs, pulse, thread
from launchpad.services.outlook import outlook
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import may, me, my_roles, permit
from launchpad.web.team.frame import cursor, room, said
from launchpad.web.team.host_tools import tools
from launchpad.web.team.wording import act_words

MOST = 12
KINDS = [("update", "Update"), ("question", "Question"), ("event", "Event")]
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
        "brake": _brake(),
        "goes": _goes() if may("timetable.edit") else None,
        **tools(),
    }


@dataclass(frozen=True)
class Brake:
    """Who stopped or resumed sales last, and how long ago in real time."""

    who: str
    act: str
    ago: timedelta


def _brake() -> Brake | None:
    act = "sales.stop" if g.campaign.sales_stopped_at else "sales.resume"
    row = next(iter(audit.listed(g.campaign, act=act, most=1)), None)
    if row is None:
        return None
    person = audit.people([row]).get(row.person_id)
    who = (person.name or person.email) if person else "The command line"
    return Brake(who, act_words(act), clock.now() - row.at)


@dataclass(frozen=True)
class Waiting:
    """A milestone that waits for a go, when it would open, what a go would bring; `why_not` when it cannot be given."""

    milestone: Milestone
    people: int
    at_once: bool
    why_not: str


def _goes() -> Waiting | None:
    found = next(iter(needs.needs_go(g.campaign)), None)
    if found is None:
        return None
    try:
        if g.campaign.held_at is not None:
            raise Refusal("held", "The campaign is on hold. Release it first.")
        rules.go(g.campaign.milestones, found.name, g.now)
    except Refusal as refusal:
        return Waiting(found, 0, False, refusal.message)
    after = [copied(m, went_at=g.now if m.name == found.name else m.went_at) for m in g.campaign.milestones]
    seen = outlook(g.campaign, after, g.now)
    mine = next(change for change in seen.changes if change.name == found.name)
    return Waiting(found, mine.people or 0, mine.at_once, "")


@room.post("/today/post")
@permit("thread.post")
def today_post():
    """Say something in the thread. A double tap is one entry: the form has a key."""

    def act() -> None:
        kind, key = said("kind", 20) or "update", said("key", 100) or None
        thread.post(g.campaign, me(), said("text", posts.LONGEST), kind, None, key)

    return today_act("post", "latest", act)


@room.post("/today/entries/<int:id>/<any(hide, show):act>")
@permit("thread.moderate")
def today_entry(id: int, act: str):
    """Hide an entry with one tap; a second one undoes it."""
    row_or_404(Entry, id)
    change = thread.hide if act == "hide" else thread.show
    return today_act(f"entry-{id}", f"entry-{id}", lambda: change(g.campaign, me(), row_or_404(Entry, id), ""))


@room.post("/today/stop")
@permit("sales.stop")
def today_stop():
    """The emergency brake: no version, no question. When somebody has pulled it already, it is pulled."""

    def act() -> None:
        message = said("message")
        _unless(("stopped",), lambda: by_hand.stop_sales(g.campaign, me(), message, "Stopped on the day"))

    return today_act("stop", "sales", act)


@room.post("/today/message")
@permit("sales.stop")
def today_message():
    """Change what visitors read while sales are stopped."""
    return today_act("message", "sales", lambda: by_hand.tell_stopped(g.campaign, me(), said("message")))


@room.post("/today/go/<name>")
@permit("timetable.edit")
def today_go(name: str):
    """Give the go with one tap; the page has said what it brings. When somebody gave it already, it is given."""

    def act() -> None:
        _unless(("not_waiting", "already_open"), lambda: by_hand.go(g.campaign, me(), name, "Given on the day"))

    return today_act("go", "go", act)


@room.post("/today/resume")
@permit("sales.stop")
def today_resume():
    """Let go of it."""
    resume = "Resumed on the day"
    return today_act(
        "resume", "sales", lambda: _unless(("not_stopped",), lambda: by_hand.resume_sales(g.campaign, me(), "", resume))
    )


def _unless(reasons: tuple[str, ...], act: Callable[[], None]) -> None:
    """Do it; that it is so already is no refusal."""
    try:
        act()
    except Refusal as refusal:
        if refusal.reason not in reasons:
            raise


def today_act(form: str, anchor: str, act: Callable[[], None]):
    """Do one act of this page; back to where it was done, or the page with what was wrong."""
    try:
        with writing():
            act()
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        refresh()
        return refused(refusal, "team/today.html", **_values(), failed=form, sent=request.form)
    return done(url_for("room.today", _anchor=anchor))
