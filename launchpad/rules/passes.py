"""Passes: how long one lasts, how many there may be, and when none is worth giving any more.

The rule that pages print: every live pass has its units. The units that live passes may still take, and those that are
taken already, are together never more than there are for the head start; so a wave may be smaller than asked for.
"""

from datetime import datetime, timedelta

# A pass that would have less than this of campaign time until the doors open for everyone helps nobody.
LEAST = timedelta(hours=1)
LIST = "list"  # in place of a tier: passes for what came back after everything was sold
RETURNED = ("expired", "declined", "revoked", "left")  # ends after which a pass goes to the next in line
AGAIN = timedelta(minutes=10)  # real time between two letters with the same pass


def until(given: datetime, hours: int | None) -> datetime:
    """When a pass ends by itself: its hours of elapsed time after it was given, 24 unless the campaign says more."""
    return given + timedelta(hours=hours or 24)


def shown_end(until: datetime, launch: datetime | None, tier: str = "") -> datetime:
    """The end that people are told: that of the pass, or the launch before it, from which on nobody needs one.

    Only what is told is cut: when the launch is put off, the pass has its whole hours after all.
    """
    return until if launch is None or tier == LIST else min(until, launch)


def worth(now: datetime, launch: datetime | None) -> bool:
    """True while a pass given now would last at least `LEAST` until the doors open for everyone."""
    return launch is None or now + LEAST <= launch


def portions(room: int, most: int, per_person: int) -> list[int]:
    """For how many units each new pass is: at most `most` passes, each for what one person may buy, none without its unit."""
    found = []
    while room > 0 and len(found) < most:
        found.append(min(per_person, room))
        room -= found[-1]
    return found


def room(lefts: list[tuple[int, int | None]], promised: int, promised_under_cap: int) -> int:
    """Units for which passes may still be given.

    `lefts`: of each variant what is left for the head start, and what is left under the tier's own cap (None: it has
    none). `promised`: units that live passes may still take, all tiers; `promised_under_cap`: of those that share this cap.
    """
    everybody = sum(max(0, left) for left, _ in lefts) - promised
    own = sum(max(0, left if cap is None else min(left, cap)) for left, cap in lefts) - promised_under_cap
    capped = any(cap is not None for _, cap in lefts)
    return max(0, min(everybody, own) if capped else everybody)
