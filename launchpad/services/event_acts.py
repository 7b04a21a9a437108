"""What the team does with live events in the control room. `actor` None is the command line."""

from datetime import datetime

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Person
from launchpad.rules import live_events as rules
from launchpad.rules.file_parts import MOST
from launchpad.rules.live_events import Stage
from launchpad.rules.plan import EventPlan
from launchpad.rules.refusals import Refusal
from launchpad.services import live_events
from launchpad.services.act_rows import done
from launchpad.services.event_rows import WORDS, call_off, new, put_on_timetable, write
from launchpad.services.timetable import locked


def make(campaign: Campaign, actor: Person | None, wish: EventPlan) -> LiveEvent:
    """Add an event at a moment still to come. Raises Refusal."""
    campaign = locked(campaign.id)
    if len(live_events.shows(campaign, campaign.now)) >= MOST:
        raise Refusal("many", f"A campaign has at most {MOST} live events.")
    _check_moment(campaign, wish.at)
    event = new(campaign, wish)
    done(campaign, actor, "event.make", f"event:{event.id}", None, _words(event), "")
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
    write(event, wish)
    if at.stage is Stage.BEFORE:
        event.at = wish.at
        put_on_timetable(campaign, event)
    after = _words(event)
    changed = {key for key in after if before[key] != after[key]}
    if not changed:
        return
    event.version += 1
    act = "event.move" if moved else "event.edit"
    done(campaign, actor, act, f"event:{event.id}", {k: before[k] for k in changed}, {k: after[k] for k in changed}, "")


def cancel(campaign: Campaign, actor: Person | None, event: LiveEvent, version: int | None) -> None:
    """Call an event off before it begins, and write to those who asked to be reminded. Raises Refusal."""
    campaign, event = _fresh(campaign, event)
    _same(event, version)
    if live_events.show(campaign, event, campaign.now).stage is not Stage.BEFORE:
        raise Refusal("begun", "It has begun. End it instead.")
    call_off(campaign, event)
    done(campaign, actor, "event.cancel", f"event:{event.id}", None, None, "")


def end(campaign: Campaign, actor: Person | None, event: LiveEvent, version: int | None) -> None:
    """End an event that is on, before its minutes are over. Raises Refusal."""
    campaign, event = _fresh(campaign, event)
    _same(event, version)
    if not live_events.show(campaign, event, campaign.now).live:
        raise Refusal("not_live", "It is not on now.")
    event.ended_at = campaign.now
    event.version += 1
    done(campaign, actor, "event.end", f"event:{event.id}", None, {"ended_at": event.ended_at.isoformat()}, "")


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
