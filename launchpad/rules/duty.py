"""The hours of launch day in which somebody of the team should be there, and which of them nobody covers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
LIVE = timedelta(hours=3)  # after the doors somebody is there so long at least, else until midnight
LONGEST = timedelta(days=4)  # of hours that are looked at


def live_hours(
    doors: datetime | None, zone: ZoneInfo, events: Iterable[tuple[datetime, datetime]] = ()
) -> list[datetime]:
    """The hours in which somebody should be there: from the doors until midnight there, three at least, and while
    something takes place live. Each by its beginning, counted from the doors; in order."""
    if doors is None:
        return []
    local = doors.astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(doors.tzinfo)
    ends = max(midnight, doors + LIVE)
    found = set(_hours(doors, doors, ends))
    for begins, over in events:
        found |= set(_hours(doors + (begins - doors) // HOUR * HOUR, begins, over))
    return sorted(found)


def uncovered(hours: Iterable[datetime], duties: Iterable[tuple[datetime, datetime]]) -> list[datetime]:
    """The hours in which nobody is there for a moment at least; who is there for all of an hour in turns covers it."""
    duties = sorted(duties)
    return [hour for hour in hours if not _covered(hour, hour + HOUR, duties)]


def _covered(begins: datetime, ends: datetime, duties: list[tuple[datetime, datetime]]) -> bool:
    for since, until in duties:
        if since <= begins < until:
            begins = until
        if begins >= ends:
            return True
    return False


def _hours(first: datetime, begins: datetime, ends: datetime) -> Iterable[datetime]:
    hour = first
    while hour < ends and hour - first < LONGEST:
        if hour + HOUR > begins:
            yield hour
        hour += HOUR
