"""Keys as people read and write them: a role in words, where it fits, until when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from launchpad.models import Campaign, Person, Staff
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, standing, team
from launchpad.web.filters import local, zone_name
from launchpad.web.permit import me
from launchpad.web.team.field_values import written
from launchpad.web.team.frame import said

ROLES = {
    "owner": "Owner: everything, keys and money too",
    "editor": "Editor: content, timetable, polls, letters, recap",
    "moderator": "Moderator: thread, stories, ideas, the brake",
    "host": "Host for a day: speaks and hides in the thread",
    "analyst": "Analyst: reads numbers and audit",
}


@dataclass(frozen=True)
class Key:
    """One key of one person: `until` in words, `typed` as its field has it, `over` once it fits no more."""

    row: Staff
    person: Person
    campaign: Campaign | None
    until: str
    typed: str
    zone: str
    over: bool
    mine: bool


def listed(campaign: Campaign | None = None) -> list[Key]:
    """Every key, or those to one campaign alone."""
    return [_key(*row) for row in team.every(campaign)]


def _key(row: Staff, person: Person, campaign: Campaign | None) -> Key:
    zone, mine = _zone(campaign), me()
    over = standing.ended(row.role, row.until, campaign)
    return Key(
        row, person, campaign, _until(row, campaign), written(row.until, str(zone)), str(zone), over,
        mine is not None and person.id == mine.id,
    )  # fmt: skip


def _until(row: Staff, campaign: Campaign | None) -> str:
    zone = _zone(campaign)
    if row.until is not None:
        return f"until {local(row.until, zone)} {zone_name(row.until, zone)}"
    if row.role != "host":
        return ""
    over = standing.host_until(campaign) if campaign else None
    if over is None:
        return "until the end of launch day"
    return f"until the end of launch day, {local(over, zone)} {zone_name(over, zone)}"


def reaches() -> list[tuple[str, str]]:
    """Where a key may fit, for choosing from."""
    return [("", "Every campaign"), *((c.slug, c.name) for c in campaigns.every())]


def reach() -> Campaign | None:
    """The campaign that the form names; None for every one. Raises Refusal."""
    slug = said("campaign", 80)
    campaign = campaigns.by_slug(slug) if slug else None
    if slug and campaign is None:
        raise Refusal("campaign", "There is no such campaign any more. Choose again.", "campaign")
    return campaign


def role() -> str:
    """The role that the form names. Raises Refusal."""
    chosen = said("role", 20)
    if chosen not in team.ROLES:
        raise Refusal("role", "Choose one of the roles.", "role")
    return chosen


def until(campaign: Campaign | None, before: datetime | None = None) -> datetime | None:
    """The end that the form names, on the clocks of the campaign, else in UTC; None for none. Raises Refusal.

    A form that says what it was made from keeps that moment to the second.
    """
    text, zone = said("until", 40), _zone(campaign)
    if not text:
        return None
    if before is not None and text == written(before, str(zone)):
        return before
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("until", "Choose a day and a time, or leave it empty.", "until") from None


def _zone(campaign: Campaign | None) -> ZoneInfo:
    return campaign.zone if campaign else ZoneInfo("UTC")
