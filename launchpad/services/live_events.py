"""Live events as anyone may see them: when each begins and ends, and which are on at a moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent
from launchpad.rules import live_events as rules
from launchpad.rules import timetable
from launchpad.rules.live_events import Stage


@dataclass(frozen=True)
class Show:
    """One event at one moment. `begins` is None while the timetable waits for the team's go."""

    event: LiveEvent
    begins: datetime | None
    ends: datetime | None
    stage: Stage
    remindable: bool  # a reminder can still be asked for

    @property
    def live(self) -> bool:
        return self.stage is Stage.LIVE

    @property
    def over(self) -> bool:
        return self.stage is Stage.OVER


def shows(campaign: Campaign, now: datetime, cancelled: bool = False) -> list[Show]:
    """The campaign's events in the order in which they begin; those without a moment last, cancelled ones when asked."""
    query = select(LiveEvent).filter_by(campaign_id=campaign.id).order_by(LiveEvent.at, LiveEvent.id)
    if not cancelled:
        query = query.where(LiveEvent.cancelled_at.is_(None))
    rows = list(db.session.scalars(query))
    moments = _moments(campaign, now) if rows else ({}, set())
    found = [_show(event, *moments, now) for event in rows]
    return sorted(found, key=lambda s: (s.begins is None, s.begins or s.event.at, s.event.id))


def show(campaign: Campaign, event: LiveEvent, now: datetime) -> Show:
    """One event at a moment."""
    return _show(event, *_moments(campaign, now), now)


def public(campaign: Campaign, now: datetime) -> list[Show]:
    """What everyone may know of: from the waitlist on, every event that was not cancelled."""
    shown = timetable.phase(campaign.milestones, now).is_from("waitlist")
    return shows(campaign, now) if shown else []


def next_change(campaign: Campaign, now: datetime) -> datetime | None:
    """The next beginning or end of an event, in campaign time; None when nothing more will change by itself."""
    return rules.next_change(((s.begins, s.ends) for s in shows(campaign, now)), now)


def title_of(name: str) -> str | None:
    """The title of the event that a milestone belongs to; None when it is none's."""
    id = rules.event_of(name)
    event = db.session.get(LiveEvent, id) if id is not None and id < 2**31 else None
    return event.title if event else None


def _moments(campaign: Campaign, now: datetime) -> tuple[dict[str, datetime | None], set[int | None]]:
    """When each milestone opens, and the ids of the events whose reminder is still to come."""
    opens = {m.name: at for m, at in timetable.openings(campaign.milestones)}
    ahead = {rules.event_of(name) for name, at in opens.items() if at is not None and at > now and rules.is_reminder(name)}
    return opens, ahead


def _show(event: LiveEvent, opens: dict[str, datetime | None], ahead: set[int | None], now: datetime) -> Show:
    begins = opens.get(rules.beginning(event.id), event.at)
    ends = rules.end(begins, event.minutes, event.ended_at)
    stage = rules.stage(begins, ends, now)
    return Show(event, begins, ends, stage, event.id in ahead and stage is Stage.BEFORE and event.cancelled_at is None)
