"""Acts on the timetable by hand: each with its reason, seen before it is done, refused when somebody else was first."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import abort, g, redirect, request, url_for

from launchpad.database import writing
from launchpad.models import Milestone
from launchpad.rules import timetable as rules
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_reading import Table, in_years
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand
from launchpad.web.answers import done, page, refused
from launchpad.web.filters import milestone_label
from launchpad.web.load import refresh
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit
from launchpad.web.team import spine, versions
from launchpad.web.team.frame import room, said


@room.get("/timetable")
@permit("team.see")
def timetable():
    """The whole timetable, with what can be done to it."""
    return page("team/timetable.html", **_whole())


@room.get("/timetable/<name>")
@permit("team.see")
def milestone(name: str):
    """One milestone and its acts."""
    return page("team/milestone.html", **_one(name))


@room.get("/timetable/<name>/<act>")
@permit("team.see")
def after_act(name: str, act: str):
    """Whoever loads the address of a form again, or goes back to it, comes to the milestone."""
    return redirect(url_for("room.milestone", name=name), 303)


@room.post("/timetable/<name>/move")
@permit("timetable.edit")
def move(name: str):
    """First time: show what would become of everything after it. Confirmed: move it."""
    try:
        reason, due = said("reason"), _due()
        if not reason:
            raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
        if "confirmed" not in request.form:
            if due < g.campaign.moment:
                raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
            dues = rules.move(g.campaign.milestones, name, due, g.now)
            changes = spine.preview(g.campaign, dues)
            return page("team/moving.html", **_one(name), due=due, reason=reason, changes=changes)
        with writing():
            versions.check()
            by_hand.move(g.campaign, me(), name, due, reason)
    except Refusal as refusal:
        return _again("team/milestone.html", lambda: _one(name), refusal, "move")
    return done(url_for("room.timetable"))


@room.post("/timetable/<name>/open")
@permit("timetable.edit")
def open_now(name: str):
    """Open it at once; opening the next phase ends the one before."""
    return _act(lambda reason: by_hand.open_now(g.campaign, me(), name, reason), "open", name, typed=True)


@room.post("/timetable/<name>/go")
@permit("timetable.edit")
def go(name: str):
    """Give the go it waits for."""
    return _act(lambda reason: by_hand.go(g.campaign, me(), name, reason), "go", name)


@room.post("/timetable/hold")
@permit("timetable.edit")
def hold():
    """Make the milestones stand still."""
    return _act(lambda reason: by_hand.hold(g.campaign, me(), said("message"), reason), "hold")


@room.post("/timetable/release")
@permit("timetable.edit")
def release():
    """End the hold: shift what has not opened by the held time, or keep the dues."""
    shift = request.form.get("shift") != "keep"
    return _act(lambda reason: by_hand.release(g.campaign, me(), shift, reason), "release")


@room.post("/sales/stop")
@permit("sales.stop")
def stop_sales():
    """Shut the gates of buying."""
    return _act(lambda reason: by_hand.stop_sales(g.campaign, me(), said("message"), reason), "stop")


@room.post("/sales/resume")
@permit("sales.stop")
def resume_sales():
    """Open the gates of buying again, as far as the clock has."""
    return _act(lambda reason: by_hand.resume_sales(g.campaign, me(), "", reason), "resume")


def _act(call: Callable[[str], None], form: str, name: str | None = None, typed: bool = False):
    """Do it with its reason, in a transaction that looked at the version; else the page again with the form's error."""
    try:
        reason = said("reason")
        if not reason:
            raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
        if typed:
            versions.check_name(g.campaign.name)
        with writing():
            versions.check()
            call(reason)
    except Refusal as refusal:
        if name is None:
            return _again("team/timetable.html", _whole, refusal, form)
        return _again("team/milestone.html", lambda: _one(name), refusal, form)
    here = url_for("room.timetable")
    after = ours(request.form.get("next"), here)
    return done(after if after.startswith(f"/team/{g.slug}/") else here)


def _again(template: str, values: Callable[[], dict], refusal: Refusal, form: str):
    """The page with the refusal in the form that was sent, as it is now; what was typed stays."""
    if refusal.status == 404:
        abort(404)
    refresh()
    return refused(refusal, template, **values(), failed=form, sent=request.form)


def _whole() -> dict:
    rows = spine.rows(g.campaign, g.now)
    return {"here": "timetable", "rows": rows, "version_fields": versions.fields, "moment": g.campaign.moment}


def _one(name: str) -> dict:
    found = g.campaign.milestone(name)
    if found is None:
        abort(404)
    row = next(row for row in spine.rows(g.campaign, g.now) if row.id == name)
    return {
        "here": "timetable",
        "row": row,
        "milestone": found,
        "ends": _ends(found),
        "written": found.due.astimezone(g.campaign.zone).strftime("%Y-%m-%dT%H:%M"),
        "version_fields": versions.fields,
    }


def _ends(milestone: Milestone) -> str | None:
    """The phase that ends when this milestone opens, in words; None when none does."""
    order = [m for m in rules.in_order(g.campaign.milestones) if m.phase]
    at = order.index(milestone) if milestone in order else 0
    return milestone_label(order[at - 1].name) if at else None


def _due() -> datetime:
    """The moment of the form: local to the campaign's zone, unless an offset is written. Raises Refusal."""
    text = said("due", 40)
    try:
        moment = datetime.fromisoformat(text)
        if "confirmed" in request.form and moment.utcoffset() is not None:  # as the preview had it, to the microsecond
            return in_years(moment.astimezone(UTC), "due")
        return Table({"due": moment}, "", None).moment("due", g.campaign.zone)
    except Fault as fault:
        raise Refusal("due", f"That moment {fault.message}.", "due") from None
    except (ValueError, OverflowError):
        raise Refusal("due", "Choose a date and a time.", "due") from None
