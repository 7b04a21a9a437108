"""Where moments stand on a line that shows weeks and hours at once. Pure geometry: moments in, positions out.

A line true to scale would give three weeks of preview all the room and the hours of launch day none. So each gap
between two moments gets some room of its own, and the rest of the line is shared by length. Within a gap the scale is
true; `knots` say where it changes, so that whoever drags a moment can be told what a position means.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_TICKS = 400  # days looked at for lines on the axis


@dataclass(frozen=True)
class Scale:
    """A rising line through (moment, position), in whatever unit its maker chose."""

    knots: tuple[tuple[datetime, float], ...]

    @property
    def start(self) -> datetime:
        return self.knots[0][0]

    @property
    def end(self) -> datetime:
        return self.knots[-1][0]

    def holds(self, moment: datetime) -> bool:
        """True when the moment lies on the line."""
        return self.start <= moment <= self.end

    def at(self, moment: datetime) -> float:
        """The position of a moment; of one beyond the line, the nearer end."""
        moments = [knot for knot, _ in self.knots]
        after = bisect_right(moments, moment)
        if after == 0:
            return self.knots[0][1]
        if after == len(moments):
            return self.knots[-1][1]
        (left, low), (right, high) = self.knots[after - 1], self.knots[after]
        return low + (high - low) * ((moment - left) / (right - left))


def scale(moments: Sequence[datetime], room: Sequence[float], spare: float) -> Scale:
    """A line through these moments, in order: the gap behind the nth gets room[n], and of `spare` its share by length."""
    whole = moments[-1] - moments[0]
    knots, position = [(moments[0], 0.0)], 0.0
    for left, right, own in zip(moments, moments[1:], room, strict=False):
        position += own + (spare * ((right - left) / whole) if whole else 0.0)
        knots.append((right, position))
    return Scale(tuple(knots))


def apart(moments: Iterable[datetime], least: timedelta) -> list[datetime]:
    """The moments in order, without those that are closer than so much to the one before."""
    kept: list[datetime] = []
    for moment in sorted(moments):
        if not kept or moment - kept[-1] >= least:
            kept.append(moment)
    return kept


def lanes(labels: Sequence[tuple[float, float]]) -> list[int]:
    """The lane of each label (where it begins, how wide it is), lane 0 next to the line.

    A label that would run into the next ones goes below all of them, so that no line from the spine to a label
    crosses another label.
    """
    order = sorted(range(len(labels)), key=lambda n: (labels[n][0], n), reverse=True)
    found = [0] * len(labels)
    for place, n in enumerate(order):
        begins, wide = labels[n]
        met = [found[other] for other in order[:place] if labels[other][0] < begins + wide]
        found[n] = 1 + max(met) if met else 0
    return found


def ticks(line: Scale, zone: ZoneInfo, least: float) -> list[tuple[datetime, bool]]:
    """Where days begin in a zone, and on short lines quarters of days: (moment, is a day), no two closer than `least`."""
    days = _local(line, zone, [0])
    hours = _local(line, zone, [6, 12, 18]) if line.end - line.start <= timedelta(days=6) else []
    kept: list[tuple[float, datetime, bool]] = []
    for whole_day, moments in ((True, days), (False, hours)):
        for moment in moments:
            at = line.at(moment)
            if all(abs(at - other) >= least for other, _, _ in kept):
                kept.append((at, moment, whole_day))
    return [(moment, whole_day) for _, moment, whole_day in sorted(kept)]


def _local(line: Scale, zone: ZoneInfo, hours: list[int]) -> list[datetime]:
    day, last, found = line.start.astimezone(zone).date(), line.end.astimezone(zone).date(), []
    step = timedelta(days=1 + (last - day).days // MOST_TICKS)
    while day <= last:
        for hour in hours:
            moment = datetime.combine(day, time(hour), zone).astimezone(UTC)
            if line.holds(moment):
                found.append(moment)
        day += step
    return found
