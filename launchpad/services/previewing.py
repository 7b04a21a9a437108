"""Seeing a campaign's pages as somebody else, at another moment, with nothing written.

While a `Preview` is shown, the campaign's clock stands at its moment, and its person is somebody made up: a row that
no session ever holds. What such a person has (a place) is made up with them. Everything else is read as it is now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm.attributes import set_committed_value

from launchpad.database import reading_only
from launchpad.models import Campaign, Person, Place
from launchpad.rules import previews, timetable
from launchpad.rules.previews import Standing

NOBODY = 0  # an id that no row has: whatever is asked about this person finds nothing
NAME = "Alex Example"


@dataclass(frozen=True)
class Preview:
    """What is seen: by whom, when (campaign time), and `note`: what of the standing cannot be yet."""

    standing: Standing
    moment: datetime
    person: Person | None
    place: Place | None
    roles: frozenset[str]
    note: str = ""


_shown: ContextVar[Preview | None] = ContextVar("preview", default=None)


def shown() -> Preview | None:
    """The preview that is being made; None in everyday life."""
    return _shown.get()


def seen_as(person: Person | None) -> Preview | None:
    """The preview, when this is the person made up for it."""
    preview = _shown.get()
    return preview if preview is not None and person is not None and person is preview.person else None


@contextmanager
def showing(preview: Preview) -> Iterator[None]:
    """Show it to whatever is asked inside. The database refuses every write meanwhile."""
    token = _shown.set(preview)
    try:
        with reading_only():
            yield
    finally:
        _shown.reset(token)


def make(campaign: Campaign, standing: Standing, moment: datetime) -> Preview:
    """Make somebody up. What nobody can be at that moment (a place before the waitlist) is left out, with a note."""
    milestones = previews.as_planned(campaign.milestones)
    note, place_at, sale_at = "", timetable.opening(milestones, "waitlist"), _sale(milestones)
    has_place, bought = standing.place, standing.buyer
    if has_place and (place_at is None or moment < place_at):
        has_place, note = False, "Nobody has a place before the waitlist opens."
    if bought and (sale_at is None or moment < sale_at):
        bought, note = False, "Nobody has bought before the doors open."
    person = _person(standing, moment) if standing.member or bought else None
    place = _place(campaign, person, milestones, moment) if has_place else None
    roles = {"stranger"}
    for role, holds in (("member", standing.member), ("place", place is not None), ("buyer", bought)):
        if holds:
            roles.add(role)
    return Preview(standing, moment, person, place, frozenset(roles), note)


def look(campaign: Campaign) -> None:
    """Let a campaign that was just read stand at the moment of the preview; its row stays as it is.

    A hold, stopped sales and a paused waitlist of today say nothing about another moment, so they are left out, and so is
    a go not given.
    """
    preview = _shown.get()
    if preview is None:
        return
    campaign.seen_at = preview.moment
    for column in ("held_at", "sales_stopped_at", "joins_paused_at"):
        set_committed_value(campaign, column, None)
    for milestone in campaign.milestones:
        if milestone.waits and milestone.went_at is None:
            set_committed_value(milestone, "went_at", milestone.due)


def _sale(milestones) -> datetime | None:
    """When the first units can be bought: with the first head start, else at the launch."""
    opens = [
        moment for m, moment in timetable.openings(milestones)
        if moment is not None and (timetable.is_head_start(m) or m.name == "launch")
    ]  # fmt: skip
    return min(opens, default=None)


def _person(standing: Standing, moment: datetime) -> Person:
    long_ago = moment - timedelta(days=365)
    return Person(
        id=NOBODY, email="alex@example.com", name=NAME, tier=standing.tier, confirmed_at=long_ago,
        member_at=long_ago if standing.member else None, member_source="", session_key="preview", created_at=long_ago,
    )  # fmt: skip


def _place(campaign: Campaign, person: Person, milestones, moment: datetime) -> Place:
    """A place asked for before the head start of its tier, as nearly all are; with passes, one that has a pass."""
    opens = timetable.tier_opening(milestones, person.tier)
    asked = moment if opens is None or moment < opens else opens - previews.EARLIER
    place = Place(
        id=NOBODY, campaign_id=campaign.id, person_id=NOBODY, name=NAME, quantity=1, marketing=False, source="", ref="",
        asked_at=asked, submitted_at=asked, confirmed_at=asked, person=person,
    )  # fmt: skip
    if campaign.access == "passes" and opens is not None and opens <= moment:
        place.pass_from = opens
        place.pass_until = opens + timedelta(hours=campaign.waitlist.get("pass_hours") or 24)
    return place
