"""Testimonials: what one may say, and when the clock lets those be heard that have a minute.

A minute is counted from the doors, so that a launch that is moved, held or opened again takes them along. By the clock
they are heard on launch day only, and never two within a minute: what a hold or a stop kept back comes one by one.
"""

from datetime import datetime, timedelta

from launchpad.rules import posts

LONGEST = 600  # characters
NAME = 60
LATEST = 7 * 24 * 60  # minutes after the doors
APART = timedelta(minutes=1)  # of campaign time, between two that the clock lets be heard


def fault(text: str) -> str | None:
    """One sentence about what is wrong with the words, or None."""
    if not posts.visible(text):
        return "Write what you would tell a friend about it."
    if len(text) > LONGEST:
        return f"That is {len(text):,} characters long; {LONGEST} is the most."
    if posts.links(text):
        return "Say it without links."
    return None


def name_fault(name: str) -> str | None:
    """One sentence about what is wrong with the name that is shown, or None."""
    if not posts.visible(name):
        return "Say under which name it may be shown."
    if len(name) > NAME:
        return f"A name has at most {NAME} characters here."
    return "A name is not an address." if "@" in name or posts.links(name) else None


def spread(count: int, first: int, last: int) -> list[int]:
    """Minutes for so many, evenly from the first to the last, both included."""
    if count < 2:
        return [first] * count
    return [first + round((last - first) * n / (count - 1)) for n in range(count)]


def moment(doors: datetime | None, minutes: int | None) -> datetime | None:
    """When one is heard by the clock; None for on cue, and while the launch waits for a go."""
    return None if doors is None or minutes is None else doors + timedelta(minutes=minutes)


def may_follow(last: datetime | None, now: datetime, pace: int) -> bool:
    """Whether the next may be heard after one at `last`. A rehearsal whose clock runs faster than we look does not wait."""
    return last is None or pace > 60 or now >= last + APART
