"""The order of the line. It decides with passes only; with access `all` the page says that it decides nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

RULES = ("first_come", "points", "draw")

# What earns points, and how many unless the campaign's file says otherwise. Each vote, idea, friend and story counts once.
SOURCES = {"vote": 1, "idea": 2, "referral": 5, "referral_bought": 10, "story": 3}
MOST_POINTS = 2**31 - 1

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_LOT = 24  # digits of the lot: two of a million places share them once in 10**17 draws, and then the id decides


def line(places: Iterable, rule: str = "first_come", seed: str = "") -> list:
    """The confirmed places that have not left, in the order of the line.

    A place has `id, submitted_at, confirmed_at, left_at`, and for the rule `points` also `points`. The place is held
    from the first submit and counted once confirmed: who confirms late does not fall behind. Two submits in one
    moment keep the order of their ids. `draw` is a lottery that anyone can compute again from its seed.
    """
    counted = [p for p in places if p.confirmed_at is not None and p.left_at is None]
    return sorted(counted, key=lambda p: sort_key(p, rule, seed))


def sort_key(place, rule: str = "first_come", seed: str = "") -> tuple:
    """What the line is sorted by, the first person first. An unknown rule is a ValueError."""
    if rule == "first_come":
        return (place.submitted_at, place.id)
    if rule == "points":
        return (-place.points, place.submitted_at, place.id)
    if rule == "draw":
        return (lot(seed, place.id), place.id)
    raise ValueError(f"no such rule: {rule}")


def rank(place, rule: str = "first_come", seed: str = "") -> str:
    """`sort_key` as one text that sorts alike, of small hexadecimal digits: every database orders those the same way.

    All ranks of a rule have one length. An unknown rule is a ValueError.
    """
    first_come = f"{(place.submitted_at - _ZERO) // timedelta(microseconds=1):015x}{place.id:08x}"
    if rule == "first_come":
        return first_come
    if rule == "points":
        return f"{MOST_POINTS - min(max(place.points, 0), MOST_POINTS):08x}{first_come}"
    if rule == "draw":
        return f"{lot(seed, place.id)}{place.id:08x}"
    raise ValueError(f"no such rule: {rule}")


def lot(seed: str, place_id: int) -> str:
    """What a place drew: the smallest comes first. Part of the SHA-256 of `seed:id`, in hexadecimal."""
    return sha256(f"{seed}:{place_id}".encode()).hexdigest()[:_LOT]


def seal(seed: str) -> str:
    """What is published of a seed before the draw: it binds, and tells nothing."""
    return sha256(seed.encode()).hexdigest()


def position(place, places: Iterable, rule: str = "first_come", seed: str = "") -> int | None:
    """Their number in the line, from 1; None when they are not in it."""
    ids = [p.id for p in line(places, rule, seed)]
    return ids.index(place.id) + 1 if place.id in ids else None
