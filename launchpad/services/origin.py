"""Where an order comes from, read from rows and frozen on it."""

from datetime import UTC, datetime
from typing import Any

from launchpad.models import Campaign, Order, Person, Place
from launchpad.rules import attribution, timetable
from launchpad.services import referrals

_BEFORE = datetime.min.replace(tzinfo=UTC)


def frozen(
    campaign: Campaign, person: Person, place: Place | None, at: datetime, last: dict | None = None, first: dict | None = None
) -> dict[str, Any]:
    """The columns of an order made at that campaign moment that say where it came from.

    `last` is the touch that brought the buyer to the checkout, `first` what is known of their first one besides what
    their place has kept. Whoever sells through another channel knows neither: then both stay unknown.
    """
    last = attribution.touch(last or {})
    first = _first(person, place, first)
    return {
        "source": of_order(campaign, person, place, last.get("ref", ""), at),
        "source_note": last.get("source", ""),
        "came_by": None if first is None else first.get("source", ""),
        "touch": {"last": last} | ({} if first is None else {"first": first}),
        "matched": person.confirmed_at is not None,
    }


def again(campaign: Campaign, order: Order, person: Person, place: Place | None) -> bool:
    """Count an order of an address that was nobody's anew, now that it is this person's; False when it was somebody's.

    It happens once, by the rule as of the moment of the order, and the order's own touch stays.
    """
    known = order.source in ("member", "joined") if order.matched is None else order.matched
    if known:
        return False
    touch = order.touch or {}
    columns = frozen(campaign, person, place, order.at, touch.get("last"), touch.get("first"))
    order.source, order.came_by = columns["source"], columns["came_by"]
    order.touch, order.matched = columns["touch"], True
    return True


def _first(person: Person, place: Place | None, first: dict | None) -> dict[str, str] | None:
    """The first touch, from the place, from the session, or from the invite code that made a member of them."""
    if place is not None:
        return attribution.touch(place.touch or {}) | ({"source": place.source} if place.source else {})
    if first is not None:
        return attribution.touch(first)
    return {"source": person.member_source[:100]} if person.member_source.startswith("invite:") else None


def of_order(campaign: Campaign, person: Person, place: Place | None, ref: str, at: datetime) -> str:
    """One of `attribution.SOURCES` for an order made at that campaign moment."""
    referred_by = place.referred_by if place else None
    if referred_by is None and (referrer := referrals.person_of(ref)) is not None and referrer.id != person.id:
        referred_by = referrer.id if referrer.is_member else None
    return attribution.source(
        _member_at(campaign, person),
        timetable.opening(campaign.milestones, "preview"),
        place.confirmed_at if place else None,
        referred_by,
        at,
    )


def _member_at(campaign: Campaign, person: Person) -> datetime | None:
    """When they became a member, in this campaign's time.

    A rehearsal plays at a time of its own: whoever did not become a member in it had been one before it.
    """
    if person.member_at is None or not person.is_member:
        return None
    if campaign.rehearsal is not None and person.joined_in != campaign.id:
        return _BEFORE
    return person.member_at
