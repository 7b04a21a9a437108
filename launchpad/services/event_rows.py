"""A live event as rows: its words, and its moments, which are milestones of the timetable.

So they are reached once, in time, and held with the rest of it.
"""

from datetime import datetime

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Milestone
from launchpad.rules import live_events as rules
from launchpad.rules.plan import EventPlan
from launchpad.services import letters, recipients

WORDS = ("title", "minutes", "link", "host", "text")


def new(campaign: Campaign, wish: EventPlan) -> LiveEvent:
    """An event with its words and its moments."""
    event = LiveEvent(campaign_id=campaign.id, at=wish.at)
    write(event, wish)
    db.session.add(event)
    db.session.flush()
    put_on_timetable(campaign, event)
    return event


def write(event: LiveEvent, wish: EventPlan) -> None:
    """Give it the words that are wished for; its moment is set apart from them."""
    for name in WORDS:
        setattr(event, name, getattr(wish, name))


def plan_of(event: LiveEvent) -> EventPlan:
    """The event as the campaign's file says it."""
    return EventPlan(event.title, event.at, event.minutes, event.link, event.host, event.text)


def put_on_timetable(campaign: Campaign, event: LiveEvent) -> None:
    """Put the event's moments onto the timetable. A reminder that has become too late is none; what was past when its
    campaign was loaded is reached in silence."""
    now = campaign.now
    begins = campaign.milestone(rules.beginning(event.id))
    if begins is None:
        past = event.at <= now
        begins = Milestone(name=rules.beginning(event.id), due=event.at, silent=past, letters=not past)
        campaign.milestones.append(begins)
    begins.due = event.at
    due = event.at - rules.REMIND
    reminder = next((m for m in _reminders(campaign, event) if m.reached_at is None), None)
    if due <= now:
        _drop(campaign, [reminder] if reminder else [])
    elif reminder is None:
        names = [m.name for m in campaign.milestones]
        campaign.milestones.append(Milestone(name=rules.next_reminder(event.id, names), due=due))
    else:
        reminder.due = due
    db.session.flush()


def follow(campaign: Campaign, dues: dict[str, datetime]) -> None:
    """Milestones were given these dues, by name: what lists events says the same."""
    for name, due in dues.items():
        id = rules.event_of(name)
        if id is not None and not rules.is_reminder(name):
            event = db.session.get(LiveEvent, id)
            if event is not None and event.campaign_id == campaign.id:
                event.at = due
                event.version += 1


def call_off(campaign: Campaign, event: LiveEvent) -> None:
    """Take what has not been reached off the timetable, and write to those who asked to be reminded."""
    event.cancelled_at = campaign.moment
    event.version += 1
    mine = [m for m in campaign.milestones if rules.event_of(m.name) == event.id and m.reached_at is None]
    _drop(campaign, mine)
    db.session.flush()
    letters.write_many("event_cancelled", campaign, f"live_event:{event.id}", recipients.reminded(campaign, event.id))


def _drop(campaign: Campaign, milestones: list[Milestone]) -> None:
    for milestone in milestones:
        campaign.milestones.remove(milestone)
        db.session.delete(milestone)


def _reminders(campaign: Campaign, event: LiveEvent) -> list[Milestone]:
    return [m for m in campaign.milestones if rules.is_reminder(m.name) and rules.event_of(m.name) == event.id]
