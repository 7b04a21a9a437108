"""Live events of a campaign's file, and of a copy."""

from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Reminder
from launchpad.rules.campaign_file import Fault
from launchpad.rules.live_events import Stage
from launchpad.rules.plan import EventPlan
from launchpad.services import live_events
from launchpad.services.event_rows import call_off, new, plan_of, put_on_timetable, write


def load(campaign: Campaign, wishes: tuple[EventPlan, ...], known: bool) -> None:
    """Bring the events in line with the file, matched by title. Raises Fault for what has begun and would change.

    An event that is no longer in the file is called off: deleted when nobody asked to be reminded of it.
    """
    now = campaign.now
    mine: dict[str, list[LiveEvent]] = {}
    for at in live_events.shows(campaign, now):
        mine.setdefault(at.event.title, []).append(at.event)
    for place, wish in enumerate(wishes):
        event = mine[wish.title].pop(0) if mine.get(wish.title) else None
        if known and (event is None or wish.at != event.at):
            begun = event is not None and live_events.show(campaign, event, now).stage is not Stage.BEFORE
            if begun:
                raise Fault(f"events[{place}].at", "has already begun, so it stays where it is")
            if wish.at <= now:
                raise Fault(f"events[{place}].at", "lies in the past of this campaign; choose a moment still to come")
        if event is None:
            new(campaign, wish)
        else:
            _bring(campaign, event, wish, now)
    for event in (event for left in mine.values() for event in left):
        if live_events.show(campaign, event, now).stage is not Stage.BEFORE:
            raise Fault("events", f"“{event.title}” has begun, so it stays in the file")
        call_off(campaign, event)
        if not db.session.scalar(select(Reminder.id).filter_by(event_id=event.id).limit(1)):
            db.session.delete(event)


def copy(campaign: Campaign, made: Campaign) -> None:
    """Give a copy of a campaign its events anew, none of them begun, with moments of their own on its timetable."""
    for at in live_events.shows(campaign, campaign.now):
        new(made, plan_of(at.event))


def _bring(campaign: Campaign, event: LiveEvent, wish: EventPlan, now: datetime) -> None:
    if wish == plan_of(event):
        return
    write(event, wish)
    if live_events.show(campaign, event, now).stage is Stage.BEFORE:
        event.at = wish.at
        put_on_timetable(campaign, event)
    event.version += 1
