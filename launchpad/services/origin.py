"""Where an order comes from, read from rows and frozen on it."""

from datetime import UTC, datetime

from launchpad.models import Campaign, Person, Place
from launchpad.rules import attribution, timetable
from launchpad.services import referrals

_BEFORE = datetime.min.replace(tzinfo=UTC)


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
