"""The order of the line. It decides with passes only; with access `all` the page says that it decides nothing."""

from collections.abc import Iterable
from hashlib import sha256

RULES = ("first_come", "points", "draw")


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
        return (sha256(f"{seed}:{place.id}".encode()).hexdigest(), place.id)
    raise ValueError(f"no such rule: {rule}")


def position(place, places: Iterable, rule: str = "first_come", seed: str = "") -> int | None:
    """Their number in the line, from 1; None when they are not in it."""
    ids = [p.id for p in line(places, rule, seed)]
    return ids.index(place.id) + 1 if place.id in ids else None
