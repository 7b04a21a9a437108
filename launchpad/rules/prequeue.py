"""The queue before the doors open for everyone: who enters when. A pure function of the rows, the clock and the rate.

Who comes in the last minutes before the opening is drawn: being early by a second or by ten minutes is the same. Who
comes after it stands behind them, in order of arrival. Off unless the team wants it; a head start is never in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

MINUTES, MOST_MINUTES = 15, 120  # how long before the opening one may come into the draw
RATE, MOST_RATE = 100, 100_000  # people let in a minute, the first of them at the opening itself


@dataclass(frozen=True)
class Queue:
    """How a campaign's queue is set: `minutes` before the launch it begins, `rate` people a minute enter."""

    on: bool = False
    minutes: int = MINUTES
    rate: int = RATE


def read(kept: dict | None) -> Queue:
    """What a campaign keeps; off without anything."""
    kept = kept or {}
    return Queue(bool(kept.get("on")), int(kept.get("minutes") or MINUTES), int(kept.get("rate") or RATE))


def begins(queue: Queue, launch: datetime | None) -> datetime | None:
    """From when on one may wait; None while it is off, or nobody knows when the launch is."""
    return launch - timedelta(minutes=queue.minutes) if queue.on and launch is not None else None


def let_in(queue: Queue, launch: datetime, now: datetime) -> int:
    """How many have been let in by that moment: a minute's worth at the opening, then steadily; nobody before it."""
    if now < launch:
        return 0
    return queue.rate + int(queue.rate * (now - launch) / timedelta(minutes=1))


def enters_at(queue: Queue, launch: datetime, number: int) -> datetime:
    """When somebody with that number in the order, from 1, is let in."""
    return launch + timedelta(minutes=1) * max(0, number - queue.rate) / queue.rate


def minutes_left(enters: datetime, now: datetime) -> int:
    """Whole minutes still to wait, rounded up."""
    return max(0, ceil((enters - now) / timedelta(minutes=1)))
