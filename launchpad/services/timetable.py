"""Reaching milestones: the clock opens them, and this records it, once, with what follows from it.

`reach_next` is one transaction: the row, its effects, its letters. Whoever calls it again finds it done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Milestone
from launchpad.rules import timetable
from launchpad.services import effects, events


def locked(campaign_id: int) -> Campaign | None:
    """The campaign with fresh rows, locked until the commit against everybody who locks it; joins need no lock."""
    return db.session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def is_behind(campaign_id: int) -> bool:
    """Whether a milestone is open and unreached, asked without a lock: jobs that come for nothing keep no writer waiting."""
    campaign = db.session.get(Campaign, campaign_id, populate_existing=True)
    found = bool(campaign and timetable.open_and_unreached(campaign.milestones, campaign.now))
    db.session.rollback()
    return found


def reach_next(campaign_id: int) -> str | None:
    """Reach the first milestone that is open and was not reached yet; its name, or None when there is none.

    Safe to call twice, and from two processes at once: the second waits for the lock and finds it reached.
    """
    campaign = locked(campaign_id)
    due = timetable.open_and_unreached(campaign.milestones, campaign.now) if campaign else []
    if not due:
        return None
    milestone = due[0]
    opening = timetable.opening(campaign.milestones, milestone.name)
    milestone.late = lateness(campaign, opening)
    milestone.reached_at = campaign.now
    db.session.flush()
    effects.follow(campaign, milestone, opening)
    events.announce(campaign, "milestone")
    return milestone.name


def lateness(campaign: Campaign, opening: datetime) -> float:
    """Real seconds that have passed since a campaign moment; never less than 0."""
    real, mapping = clock.now(), campaign.mapping
    if mapping is None:
        return max(0.0, (real - opening).total_seconds())
    if not mapping.paused and opening >= mapping.campaign_0:
        return max(0.0, (real - mapping.real(opening)).total_seconds())
    # the clock was set since: what lies before that passed at the speed that Play sets
    before = max(mapping.campaign_0 - opening, timedelta(0)) / max(1, campaign.rehearsal.chosen_speed)
    return max(0.0, (real - mapping.real_0 + before).total_seconds())


@dataclass(frozen=True)
class Late:
    """A milestone that is open and was not reached: of which campaign (its id and name), and since how many seconds."""

    campaign_id: int
    campaign: str
    milestone: str
    seconds: float

    @property
    def called(self) -> str:
        return called(self.milestone)


def called(name: str) -> str:
    """The name of a milestone as words."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def late(seconds: float) -> list[Late]:
    """The milestones that have been open for longer than so many real seconds and were not reached, each campaign's first."""
    found = []
    for campaign in unfinished():
        for milestone in timetable.open_and_unreached(campaign.milestones, campaign.now)[:1]:
            since = lateness(campaign, timetable.opening(campaign.milestones, milestone.name))
            if since > seconds:
                found.append(Late(campaign.id, campaign.name, milestone.name, since))
    return found


def overdue(seconds: float) -> list[int]:
    """Campaigns with a milestone that has been open for longer than so many real seconds and was not reached."""
    return [one.campaign_id for one in late(seconds)]


def unfinished(campaign_id: int | None = None) -> list[Campaign]:
    """Campaigns, or that one, whose timetable has milestones still to be reached."""
    query = select(Campaign).where(Campaign.milestones.any(Milestone.reached_at.is_(None)))
    if campaign_id is not None:
        query = query.where(Campaign.id == campaign_id)
    return list(db.session.scalars(query.order_by(Campaign.id)))
