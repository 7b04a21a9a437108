"""The timetable as rows for people: what the timeline of the control room shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from launchpad.models import Campaign, Milestone
from launchpad.rules import timetable
from launchpad.services.timetable import lateness
from launchpad.web.filters import local, milestone_label, span

LATE = 2.0  # real seconds after which a milestone counts as late


@dataclass(frozen=True)
class Row:
    """One milestone: `at` is its opening, None while it waits for a go."""

    id: str
    label: str
    at: datetime | None
    due: datetime
    state: str  # past | current | next
    note: str
    late: float | None
    link: str
    movable: bool
    goes: bool  # it waits for a go that was not given


def rows(campaign: Campaign, now: datetime) -> list[Row]:
    """The whole timetable, by opening; what waits for a go comes last."""
    found = timetable.openings(campaign.milestones)
    begun = [m for m, opens in found if m.phase and opens is not None and opens <= now]
    return [_row(campaign, m, opens, now, current=bool(begun) and m is begun[-1]) for m, opens in found]


def _row(campaign: Campaign, milestone: Milestone, opens: datetime | None, now: datetime, current: bool) -> Row:
    is_open = opens is not None and opens <= now
    late = milestone.late if milestone.reached_at else lateness(campaign, opens) if is_open else None
    return Row(
        id=milestone.name,
        label=milestone_label(milestone.name),
        at=opens,
        due=milestone.due,
        state="current" if current else "past" if is_open else "next",
        note=_note(campaign, milestone, opens, is_open, late),
        late=late,
        link=url_for("room.milestone", name=milestone.name),
        movable=not is_open and milestone.reached_at is None,
        goes=milestone.waits and milestone.went_at is None,
    )


def _note(campaign, milestone, opens, is_open: bool, late: float | None) -> str:
    said = []
    if opens is not None and abs(opens - milestone.due) >= timedelta(minutes=1):
        said.append(f"was due {local(milestone.due, campaign.zone)}")
    if opens is None:
        said.append(f"due {local(milestone.due, campaign.zone)}")
    if milestone.silent:
        said.append("past when the campaign was loaded")
    elif milestone.reached_at:
        said.append("reached" if late is None else "on time" if late < 0.05 else f"reached {_length(late)} after its moment")
    elif is_open:
        said.append("open, not reached yet" + (f": {_length(late)} late" if late and late > LATE else ""))
    if milestone.hours and not is_open:
        said.append(f"{milestone.hours} h before the launch")
    return ", ".join(said)


def _length(seconds: float) -> str:
    """How late: tenths of a second while that matters."""
    return f"{seconds:.1f} s" if seconds < 60 else span(timedelta(seconds=seconds))
