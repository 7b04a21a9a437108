"""When people act: most of them soon after an opening, fewer and fewer after, and hardly anybody at night."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

NIGHT = range(0, 7)  # hours of local time
AWAKE = 0.15  # the share of those who act at night all the same


def burst(random: Random, start: datetime, end: datetime, mean: float, zone: str) -> datetime:
    """A moment from `start` to before `end`; on average at that share of the time between. Draws the same number of
    chances whatever the moments are."""
    long = max(end - start, timedelta(microseconds=1))
    drawn, wakes, late = random.expovariate(1 / mean), random.random(), random.random()
    at = start + long * (drawn % 0.98)
    return _by_day(at, late, zone, end) if wakes > AWAKE else at


def after(random: Random, at: datetime, mean: timedelta) -> datetime:
    """Some time later, at most four times the mean."""
    return at + min(mean * random.expovariate(1), mean * 4)


def before(at: datetime, by: timedelta) -> datetime:
    return at - by


def _by_day(at: datetime, late: float, zone: str, end: datetime) -> datetime:
    """The morning after, for what falls into the night; as it is when that would be too late."""
    local = at.astimezone(ZoneInfo(zone))
    if local.hour not in NIGHT:
        return at
    minutes = (NIGHT.stop - local.hour) * 60 - local.minute + late * 150
    morning = at + timedelta(minutes=minutes)
    return morning if morning < end else at
