"""The timetable's pages: every moment, one of them, and opening launch day again."""

from datetime import datetime, timedelta

from flask import abort, g, redirect, url_for

from launchpad.models import Milestone
from launchpad.rules import timetable as rules
from launchpad.rules.live_events import is_reminder
from launchpad.rules.openings import copied
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.web.answers import page
from launchpad.web.filters import milestone_label
from launchpad.web.permit import permit
from launchpad.web.team import spine, versions
from launchpad.web.team.frame import room
from launchpad.web.team.wording import PHASES, end_words, move_hint, move_words
from launchpad.web.team.written import written

room.add_app_template_filter(move_words)
room.add_app_template_filter(end_words)


@room.get("/timetable")
@permit("team.see")
def timetable():
    """The whole timetable, with what can be done to it."""
    return page("team/timetable.html", **whole())


@room.get("/timetable/reopen", endpoint="reopening")
@permit("timetable.edit")
def reopening():
    """Opening launch day again, once it is over."""
    return page("team/reopen.html", **again())


@room.get("/timetable/<any(hold, release):act>")
@permit("team.see")
def after_hold(act: str):
    """Whoever loads the address of such a form again comes to the timetable."""
    return redirect(url_for("room.timetable"), 303)


@room.get("/timetable/<name>")
@permit("team.see")
def milestone(name: str):
    """One milestone and its acts."""
    return page("team/milestone.html", **one(name))


@room.get("/timetable/<name>/<act>")
@permit("team.see")
def after_act(name: str, act: str):
    """Whoever loads the address of a form again, or goes back to it, comes to the milestone."""
    return redirect(url_for("room.milestone", name=name), 303)


def whole() -> dict:
    """What the page of the whole timetable shows."""
    phase = rules.phase(g.campaign.milestones, g.now)
    return {
        "here": "timetable",
        "rows": spine.rows(g.campaign, g.now),
        "version_fields": versions.fields,
        "moment": g.campaign.moment,
        "ending": _ending(),
        "both": _both(),
        "over": phase in (Phase.RECAP, Phase.ARCHIVED),
    }


def released(shift: bool) -> list:
    """The timetable as it would be after a release. Raises Refusal."""
    campaign = g.campaign
    if campaign.held_at is None:
        raise Refusal("not_held", "The campaign is not on hold.")
    dues = rules.release(campaign.milestones, campaign.held_at, campaign.moment, shift)
    if shift:
        return rules.with_dues(campaign.milestones, dues)
    opens = {m.name: at for m, at in rules.openings(campaign.milestones)}
    fallen = {name for name, at in opens.items() if at is not None and campaign.held_at < at <= campaign.moment}
    return [copied(m, went_at=campaign.moment if m.name in fallen else m.went_at) for m in campaign.milestones]


def _both() -> list[tuple[str, datetime | None, datetime | None, datetime | None]]:
    """For a release: each moment that has not opened, with its due, and when it would open shifted and kept. A way
    that is refused (it would shorten a head start) is left empty."""
    if g.campaign.held_at is None:
        return []
    ways = []
    for shift in (True, False):
        try:
            ways.append({m.name: at for m, at in rules.openings(released(shift))})
        except Refusal:
            ways.append({})
    found = rules.openings(g.campaign.milestones)
    coming = [(m, at) for m, at in found if (at is None or at > g.campaign.held_at) and not is_reminder(m.name)]
    return [(milestone_label(m.name), at, ways[0].get(m.name), ways[1].get(m.name)) for m, at in coming]


def again() -> dict:
    """What the form for opening launch day again begins with: a day, and then as long as there was before."""
    recap = g.campaign.moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=25)
    coming = rules.sale_ends(g.campaign.milestones, g.now)
    archive = max(coming, recap + timedelta(days=1)) if coming else recap + timedelta(days=7)
    return {
        "here": "timetable",
        "recap_at": written(recap),
        "archive_at": written(archive),
        "over": whole()["over"],
        "unsent": any(
            m.phase == Phase.RECAP and m.reached_at and m.written_at is None and m.letters for m in g.campaign.milestones
        ),
        "version_fields": versions.fields,
    }


def one(name: str) -> dict:
    """What the page of one milestone shows; 404 when there is none of that name."""
    found = g.campaign.milestone(name)
    if found is None:
        abort(404)
    row = next(row for row in spine.rows(g.campaign, g.now) if row.id == name)
    return {
        "here": "timetable",
        "row": row,
        "milestone": found,
        "ends": _ends(found),
        "words": {"move": move_words(name), "hint": move_hint(name), "end": end_words(name)},
        "written": written(found.due),
        "may_wait": rules.in_chain(found),
        "version_fields": versions.fields,
    }


def _ends(milestone: Milestone) -> str | None:
    """The phase that ends when this milestone opens, in words; None when none does."""
    order = [m for m in rules.in_order(g.campaign.milestones) if m.phase]
    at = order.index(milestone) if milestone in order else 0
    return milestone_label(order[at - 1].name) if at else None


def _ending() -> tuple[str, Milestone] | None:
    """The phase of now in words, and the milestone that ends it; None when nothing is to come."""
    phases = [m for m in rules.in_order(g.campaign.milestones) if m.phase]
    opens = {m.name: at for m, at in rules.openings(g.campaign.milestones)}
    ahead = next((m for m in phases if opens[m.name] is None or opens[m.name] > g.now), None)
    return (PHASES[g.phase.value], ahead) if ahead is not None else None
