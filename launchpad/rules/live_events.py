"""Live events: when one begins and ends, whether it is on, and what its milestones are called.

The beginning of an event is a milestone, `event_<id>_begins`; its reminder letters are another, `event_<id>_reminder`
(`-2` once the first ones were written and the event moved after that). Both are loose: they hold up no phase, and wait
for none. Moments are aware; None in place of a beginning means: when the team says so.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

REMIND = timedelta(minutes=15)  # before it begins; so long does a reminder's letter come ahead
LATE = timedelta(minutes=10)  # after it began; a reminder later than that says nothing any more
LONGEST = 1440  # minutes
TITLE, HOST, TEXT, LINK = 120, 120, 5000, 250  # characters

_NAME = re.compile(r"event_([1-9]\d{0,9})_(begins|reminder)(?:-([1-9]\d{0,5}))?\Z")


class Stage(StrEnum):
    """Where an event stands at a moment."""

    BEFORE = "before"
    LIVE = "live"
    OVER = "over"


def beginning(id: int) -> str:
    """What the milestone of an event's beginning is called."""
    return f"event_{id}_begins"


def event_of(name: str) -> int | None:
    """The id of the event whose milestone this is; None for any other milestone."""
    found = _NAME.match(name)
    return int(found[1]) if found else None


def is_reminder(name: str) -> bool:
    """True for the milestone at which reminder letters are written: work of ours, no moment of the public's."""
    found = _NAME.match(name)
    return bool(found) and found[2] == "reminder"


def without(milestones) -> list:
    """The milestones that are no live event's: what a launch as a whole waits for next."""
    return [m for m in milestones if event_of(m.name) is None]


def next_reminder(id: int, names: Iterable[str]) -> str:
    """What an event's next reminder milestone is called, after those that are there."""
    turns = [int(found[3] or 1) for name in names if (found := _NAME.match(name)) and is_reminder(name) and int(found[1]) == id]
    return f"event_{id}_reminder" + (f"-{max(turns) + 1}" if turns else "")


def along(milestones, name: str, due: datetime, now: datetime) -> dict[str, datetime]:
    """The dues that go with a beginning that is moved: its reminder, while it has not opened, stays as far ahead."""
    id = event_of(name)
    moved = next((m for m in milestones if m.name == name), None)
    if id is None or moved is None or is_reminder(name):
        return {}
    mine = (m for m in milestones if is_reminder(m.name) and event_of(m.name) == id and m.reached_at is None)
    return {m.name: max(now, due - (moved.due - m.due)) for m in mine if m.due > now}


def end(begins: datetime | None, minutes: int, ended_at: datetime | None = None) -> datetime | None:
    """When an event ends: after its minutes, or when the team ended it before that."""
    if begins is None:
        return None
    planned = begins + timedelta(minutes=minutes)
    return planned if ended_at is None else min(planned, max(ended_at, begins))


def stage(begins: datetime | None, ends: datetime | None, now: datetime) -> Stage:
    """At exactly its beginning an event is on, at exactly its end it is over."""
    if begins is None or now < begins:
        return Stage.BEFORE
    return Stage.LIVE if now < ends else Stage.OVER


def next_change(spans: Iterable[tuple[datetime | None, datetime | None]], now: datetime) -> datetime | None:
    """The first beginning or end to come, of these (beginning, end) pairs."""
    return min((moment for span in spans for moment in span if moment is not None and moment > now), default=None)


def link_fault(link: str) -> str | None:
    """What is wrong with the address of a stream, in words that follow "The link"; None when it will do."""
    try:
        url = urlsplit(link)
        web = url.scheme == "https" and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        web = False
    if not web or any(c.isspace() or c in "<>\"\\" for c in link):
        return "must be an address that begins with https://"
    if "@" in url.netloc:
        return "must not hold a name or a password"
    return None if len(link) <= LINK else f"must have at most {LINK} characters"
