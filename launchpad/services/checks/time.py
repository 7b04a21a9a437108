"""The timetables were kept: P1 and P2."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Event
from launchpad.rules import timetable
from launchpad.services.timetable import overdue

PATIENCE = 15  # real seconds in which what has opened must have been reached


def faults() -> list[str]:
    """What was reached early, twice, out of order or not at all, a sentence each; nothing when all is well."""
    words = f"a milestone has been open for over {PATIENCE} s and is not reached"
    late = [f"campaign {id}: {words}" for id in overdue(PATIENCE)]
    found = [fault for campaign in db.session.scalars(select(Campaign)) for fault in _of(campaign)]
    return late + found


def _of(campaign: Campaign) -> list[str]:
    found = []
    reached = [m for m in campaign.milestones if m.reached_at]
    for milestone, opens in timetable.openings(campaign.milestones):
        if milestone.reached_at and (opens is None or milestone.reached_at < opens):
            found.append(f"milestone {milestone.id}: reached before it opened")
    chain = [m for m in timetable.in_order(campaign.milestones) if m.reached_at]
    if any(before.reached_at > after.reached_at for before, after in zip(chain, chain[1:], strict=False)):
        found.append(f"campaign {campaign.id}: milestones were reached out of order")
    told = select(func.count()).select_from(Event).filter_by(campaign_id=campaign.id, kind="milestone")
    if (count := db.session.scalar(told)) != len(reached):
        found.append(f"campaign {campaign.id}: {len(reached)} milestones were reached, {count} times")
    return found
