"""The rehearsal's clock: campaign time as a function of real time, and the real length of a hold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

_TICK = timedelta(microseconds=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)

HOLD_FLOOR = timedelta(minutes=2)
CROWD_HOLD_FLOOR = timedelta(seconds=20)
HEAD_ROOM = timedelta(hours=1)


@dataclass(frozen=True)
class Mapping:
    """campaign time = campaign_0 + (real - real_0) * speed. Speed 0 is a pause: campaign time stands at campaign_0."""

    real_0: datetime
    campaign_0: datetime
    speed: float

    @property
    def paused(self) -> bool:
        return self.speed == 0

    def campaign(self, real: datetime) -> datetime:
        """The campaign moment at a real one, cut to the microsecond; the calendar's ends are its bounds."""
        return _after(self.campaign_0, floor(Fraction((real - self.real_0) // _TICK) * Fraction(self.speed)))

    def real(self, campaign: datetime) -> datetime | None:
        """The first real moment at which it is that campaign moment, never early; None while paused."""
        if self.paused:
            return None
        return _after(self.real_0, ceil(Fraction((campaign - self.campaign_0) // _TICK) / Fraction(self.speed)))

    def at_speed(self, speed: float, real: datetime) -> "Mapping":
        """The same clock going on at another speed (0 pauses) from this real moment, without a jump."""
        return Mapping(real, self.campaign(real), speed)


def first_mapping(first_due: datetime, real: datetime, speed: float) -> Mapping:
    """The clock of a rehearsal that starts now: one campaign hour before its first milestone."""
    return Mapping(real, first_due - HEAD_ROOM, speed)


def hold_length(minutes: float, speed: float | None = None, crowd: bool = False) -> timedelta:
    """How long a checkout's hold lasts, in real time.

    A real campaign (speed None): its minutes. A rehearsal: the longer of its campaign minutes and two real minutes,
    20 seconds for the simulated crowd; while paused, just those, because campaign minutes would never pass.
    """
    if speed is None:
        return timedelta(minutes=minutes)
    least = CROWD_HOLD_FLOOR if crowd else HOLD_FLOOR
    return max(least, timedelta(minutes=minutes) / speed) if speed else least


def _after(start: datetime, ticks: int) -> datetime:
    try:
        return start + timedelta(microseconds=ticks)
    except OverflowError:
        return _LAST if ticks > 0 else _FIRST
