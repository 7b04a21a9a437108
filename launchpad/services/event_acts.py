"""What the team does with live events, in the control room and by the campaign's file. `actor` None is the command line.

An event's moments are milestones of the timetable, so that they are reached once, in time, and held with the rest of it.
"""

from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Milestone, Person, Reminder
from launchpad.rules import live_events as rules
from launchpad.rules.campaign_file import Fault
from launchpad.rules.live_events import Stage
from launchpad.rules.plan import EventPlan
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, letters, live_events, recipients
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake

MOST = 50  # events of a campaign, as in its file
WORDS = ("title", "minutes", "link", "host", "text")


def make(campaign: Campaign, actor: Person | None, wish: EventPlan) -> LiveEvent:
    """Add an event at a moment still to come. Raises Refusal."""
    campaign = locked(campaign.id)
    if len(live_events.shows(campaign, campaign.now)) >= MOST:
        raise Refusal("many", f"A campaign has at most {MOST} live events.")
    _check_moment(campaign, wish.at)
    event = _new(campaign, wish)
    _tell(campaign, actor, "event.make", event, None, _words(event))
    return event


def change(campaign: Campaign, actor: Person | None, event: LiveEvent, version: int | None, wish: EventPlan) -> None:
    """Change an event, or move it. One that has begun stays where it is; of one that is over only words change.

    `version` is that of the row which the form was made from. Raises Refusal.
    """
    campaign, event = _fresh(campaign, event)
    _same(event, version)
    at = live_events.show(campaign, event, campaign.now)
    moved = wish.at != event.at
    if moved and at.stage is not Stage.BEFORE:
        raise Refusal("begun", "It has begun, so it stays where it is.", "at")
    if at.over and wish.minutes != event.minutes:
        raise Refusal("over", "It is over, so its length stays as it was.", "minutes")
    if at.live and wish.minutes != event.minutes and rules.end(at.begins, wish.minutes) <= campaign.moment:
        raise Refusal("past", "It would have ended by now. To end it at once, use End now.", "minutes")
    if moved:
        _check_moment(campaign, wish.at)
    before = _words(event)
    _set(event, wish)
    if at.stage is Stage.BEFORE:
        event.at = wish.at
        _time(campaign, event)
    after = _words(event)
    changed = {key for key in after if before[key] != after[key]}
    if not changed:
        return
    event.version += 1
    act = "event.move" if moved else "event.edit"
    _tell(campaign, actor, act, event, {k: before[k] for k in changed}, {k: after[k] for k in changed})


def cancel(campaign: Campaign, actor: Person | None, event: LiveEvent, version: int | None) -> None:
    """Call an event off before it begins, and write to those who asked to be reminded. Raises Refusal."""
    campaign, event = _fresh(campaign, event)
    _same(event, version)
    if live_events.show(campaign, event, campaign.now).stage is not Stage.BEFORE:
        raise Refusal("begun", "It has begun. End it instead.")
    _call_off(campaign, event)
    _tell(campaign, actor, "event.cancel", event, None, None)


def end(campaign: Campaign, actor: Person | None, event: LiveEvent, version: int | None) -> None:
    """End an event that is on, before its minutes are over. Raises Refusal."""
    campaign, event = _fresh(campaign, event)
    _same(event, version)
    if not live_events.show(campaign, event, campaign.now).live:
        raise Refusal("not_live", "It is not on now.")
    event.ended_at = campaign.now
    event.version += 1
    _tell(campaign, actor, "event.end", event, None, {"ended_at": event.ended_at.isoformat()})


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
            _new(campaign, wish)
        else:
            _bring(campaign, event, wish, now)
    for event in (event for left in mine.values() for event in left):
        if live_events.show(campaign, event, now).stage is not Stage.BEFORE:
            raise Fault("events", f"“{event.title}” has begun, so it stays in the file")
        _call_off(campaign, event)
        if not db.session.scalar(select(Reminder.id).filter_by(event_id=event.id).limit(1)):
            db.session.delete(event)


def copy(campaign: Campaign, made: Campaign) -> None:
    """Give a copy of a campaign its events anew, none of them begun, with moments of their own on its timetable."""
    for at in live_events.shows(campaign, campaign.now):
        _new(made, plan_of(at.event))


def plan_of(event: LiveEvent) -> EventPlan:
    """The event as the campaign's file says it."""
    return EventPlan(event.title, event.at, event.minutes, event.link, event.host, event.text)


def follow(campaign: Campaign, dues: dict[str, datetime]) -> None:
    """Milestones were given these dues, by name: what lists events says the same."""
    for name, due in dues.items():
        id = rules.event_of(name)
        if id is not None and not rules.is_reminder(name):
            event = db.session.get(LiveEvent, id)
            if event is not None and event.campaign_id == campaign.id:
                event.at = due
                event.version += 1


def _new(campaign: Campaign, wish: EventPlan) -> LiveEvent:
    event = LiveEvent(campaign_id=campaign.id, at=wish.at)
    _set(event, wish)
    db.session.add(event)
    db.session.flush()
    _time(campaign, event)
    return event


def _bring(campaign: Campaign, event: LiveEvent, wish: EventPlan, now: datetime) -> None:
    if wish == plan_of(event):
        return
    _set(event, wish)
    if live_events.show(campaign, event, now).stage is Stage.BEFORE:
        event.at = wish.at
        _time(campaign, event)
    event.version += 1


def _set(event: LiveEvent, wish: EventPlan) -> None:
    for name in WORDS:
        setattr(event, name, getattr(wish, name))


def _time(campaign: Campaign, event: LiveEvent) -> None:
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


def _call_off(campaign: Campaign, event: LiveEvent) -> None:
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


def _fresh(campaign: Campaign, event: LiveEvent) -> tuple[Campaign, LiveEvent]:
    """Both locked and fresh. A cancelled event is not changed any more."""
    id = event.id
    campaign = locked(campaign.id)
    event = db.session.get(LiveEvent, id, populate_existing=True)
    if campaign is None or event is None:
        raise Refusal("gone", "There is no such event any more.", status=404)
    if event.cancelled_at is not None:
        raise Refusal("cancelled", "It was cancelled. Make a new event instead.")
    return campaign, event


def _same(event: LiveEvent, version: int | None) -> None:
    if version != event.version:
        raise Refusal("changed", "Somebody changed this event since you opened the page. Look again, then repeat.", "version")


def _check_moment(campaign: Campaign, at: datetime) -> None:
    if at <= campaign.moment:
        raise Refusal("past", "That moment has passed. Choose one that is still to come.", "at")
    first, last = campaign.milestone("preview"), campaign.milestone("archive")
    if (first and at <= first.due) or (last and at > last.due):
        raise Refusal("outside", "Choose a moment between the preview and the archive.", "at")


def _words(event: LiveEvent) -> dict:
    return {"at": event.at.isoformat(), **{name: getattr(event, name) for name in WORDS}}


def _tell(campaign: Campaign, actor: Person | None, act: str, event: LiveEvent, before, after) -> None:
    campaign.version += 1
    audit.record(actor, act, campaign, f"event:{event.id}", before, after)
    events.announce(campaign, "state")
    wake("timetable", campaign.id)
