"""Ready: what each phase needs, who is on duty, and the letter to oneself that has to arrive."""

from datetime import datetime, timedelta

from flask import g, request, url_for

from launchpad import clock
from launchpad.database import writing
from launchpad.rules.duty import live_hours, uncovered
from launchpad.rules.previews import typed
from launchpad.rules.refusals import Refusal
from launchpad.rules.timetable import opening
from launchpad.services import duties, readiness, test_letters
from launchpad.web import limits
from launchpad.web.answers import done, page, refused
from launchpad.web.limits import limiter
from launchpad.web.load import refresh
from launchpad.web.permit import may, me, permit
from launchpad.web.team.field_values import written
from launchpad.web.team.frame import room, said

WORDS = {
    "preview": "Before the preview", "waitlist": "Before the waitlist", "head_start": "Before the head start",
    "launch": "Before the launch", "recap": "Before the recap",
}  # fmt: skip


@room.get("/ready")
@permit("ready.see")
def ready():
    """The lists of every phase, the next one first in sight."""
    return page("team/ready.html", **_values())


@room.post("/ready/letter")
@limiter.limit("6/minute;30/hour", key_func=limits.person)
@permit("ready.take")
def ready_letter():
    """Send a letter to myself."""
    return _act("letter", lambda: test_letters.send(g.campaign, me()))


@room.post("/ready/duty")
@permit("ready.take")
def ready_duty():
    """I am there from then to then."""
    return _act("duty", lambda: duties.take(g.campaign, me(), _moment("begins"), _moment("ends")))


@room.post("/ready/duty/<int:id>/leave")
@permit("ready.take")
def ready_leave(id: int):
    """Not any more; owners may take back anybody's."""
    return _act("duty", lambda: duties.leave(g.campaign, me(), id, any_one=may("staff.edit")))


@room.app_template_global("ready_soon")
def soon() -> list[tuple[str, datetime, int]]:
    """For the room: the phases within 48 hours, and how many things each still needs."""
    return [(WORDS[phase], moment, len(items)) for phase, moment, items in readiness.soon(g.campaign)]


@room.app_template_global("on_duty")
def on_duty() -> list:
    """Who is there now."""
    return duties.at(g.campaign, g.campaign.moment)


def _values() -> dict:
    known, zone = g.campaign, g.campaign.zone
    phases = sorted(readiness.phases(known), key=lambda one: one[1] is not None and one[1] <= g.now)  # begun ones last
    doors, taken = opening(known.milestones, "launch"), duties.every(known)
    hours = live_hours(doors, zone, readiness.live_events(known))
    sent, arrived = test_letters.newest(known)
    return {
        "here": "ready",
        "phases": [(name, WORDS[name], at, items) for name, at, items in phases],
        "next_one": next((name for name, at, _ in phases if at is None or at > g.now), None),
        "duties": taken,
        "bare": uncovered(hours, [(duty.begins, duty.ends) for duty in taken]),
        "hours": hours,
        "sent_letter": sent,
        "arrived_letter": arrived,
        "begins": written(doors, known.timezone),
        "ends": written(doors + timedelta(hours=4) if doors else None, known.timezone),
        "can_remove": may("staff.edit"),
        "person": me(),
        "real": clock.now(),
    }


def _moment(name: str) -> datetime:
    found = typed(said(name), g.campaign.zone)
    if found is None:
        raise Refusal("moment", "That is no moment. Write it as 2026-12-12T18:00.", name)
    return found


def _act(form: str, act):
    try:
        with writing():
            act()
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/ready.html", **_values(), failed=form, sent=request.form)
    return done(url_for("room.ready", _anchor=form))
