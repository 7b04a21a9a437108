"""Letters of the timetable, its phases and live events: what is true of each when it is sent."""

from typing import Any

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Letter, LiveEvent, Milestone, Reminder
from launchpad.rules import timetable
from launchpad.rules.live_events import LATE, event_of
from launchpad.rules.openings import turn
from launchpad.rules.phases import Phase
from launchpad.services import live_events, tokens
from launchpad.services.letter_rows import Pointless, address, row_of


def milestone(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    milestone = row_of(Milestone, letter)
    doors = timetable.opening(campaign.milestones, "launch")
    path = {"recap": "recap", "doors_open": "buy"}.get(letter.kind, "")
    ends = timetable.last_opening(campaign.milestones, Phase.RECAP)
    again = {"again": turn(milestone) > 1, "ends": ends}
    return {"milestone": milestone, "doors": doors, "url": address(f"/{campaign.slug}/{path}"), **again}


def reminder_confirm(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    reminder = row_of(Reminder, letter)
    if reminder.confirmed_at is not None or reminder.stopped_at is not None:
        raise Pointless("it was confirmed, or is not wanted any more")
    event = db.session.get(LiveEvent, reminder.event_id)
    if event.cancelled_at is not None:
        raise Pointless("the event was cancelled")
    url = address(f"/{campaign.slug}/events/confirm/{tokens.make('reminder', reminder.id)}")
    return {"event": event, "show": live_events.show(campaign, event, campaign.now), "url": url}


def reminder(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """A rehearsal's letter is judged by the moment it was written: seconds of sending are hours of its time."""
    event = db.session.get(LiveEvent, event_of(row_of(Milestone, letter).name))
    if event is None or event.cancelled_at is not None:
        raise Pointless("the event was cancelled")
    reminder = db.session.scalar(select(Reminder).filter_by(event_id=event.id, person_id=letter.person_id))
    if reminder is None or reminder.stopped_at is not None:
        raise Pointless("the reminder is not wanted any more")
    moment = letter.at if campaign.rehearsal else campaign.now
    show = live_events.show(campaign, event, moment)
    if show.over or moment > show.begins + LATE:
        raise Pointless("it had begun already")
    if show.remindable:
        raise Pointless("it was moved; another letter comes before it begins then")
    stop = address(f"/{campaign.slug}/events/stop/{tokens.make('reminder_stop', reminder.id)}")
    return {"event": event, "show": show, "url": address(f"/{campaign.slug}/events/{event.id}"), "stop_url": stop}


def event_cancelled(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    return {"event": row_of(LiveEvent, letter), "url": address(f"/{campaign.slug}/events")}
