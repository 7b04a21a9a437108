"""The queue before the doors: how it is set, how long it is, and the switch that ends it at once."""

from collections.abc import Callable

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.rules import prequeue as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import prequeue
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room, said


@room.get("/queue", endpoint="queue")
@permit("today.see")
def queue():
    """How it is set and how long it is."""
    return page("team/queue.html", **_values())


@room.post("/queue", endpoint="queue_set")
@permit("queue.change")
def set_up():
    """Turn it on, or change it."""

    def act(reason: str) -> None:
        minutes, rate = _number("minutes", rules.MOST_MINUTES), _number("rate", rules.MOST_RATE)
        prequeue.set_up(g.campaign, me(), True, minutes, rate, reason)

    return _act(act, "queue")


@room.post("/queue/off", endpoint="queue_off")
@permit("queue.change")
def switch_off():
    """Let everybody in at once."""

    def act(reason: str) -> None:
        kept = rules.read(g.campaign.prequeue)
        prequeue.set_up(g.campaign, me(), False, kept.minutes, kept.rate, reason)

    return _act(act, "queue-off")


def _act(act: Callable[[str], None], form: str):
    try:
        reason = said("reason")
        with writing():
            versions.check()
            act(reason)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/queue.html", **_values(), failed=form, sent=request.form)
    return done(url_for("room.queue"))


def _values() -> dict:
    kept = rules.read(g.campaign.prequeue)
    launch = timetable.opening(g.campaign.milestones, "launch")
    turns = prequeue.length(g.campaign)
    entered = min(turns, rules.let_in(kept, launch, g.now)) if launch else 0
    return {
        "here": "today", "queue": kept, "launch": launch, "begins": rules.begins(kept, launch), "turns": turns,
        "entered": entered, "version_fields": versions.fields,
    }  # fmt: skip


def _number(name: str, most: int) -> int:
    text = said(name, 20)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise Refusal(name, f"Write a whole number from 1 to {most:,}.", name)
    return int(text)
