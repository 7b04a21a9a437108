"""Seeing ahead: whom a campaign's pages can be seen as, and at which moments. An address holds the names of both.

A standing is what somebody is to a campaign; `stranger`, `member`, `tier-<tier>`, `place-<tier>`, `buyer`.
A moment is `now`, a milestone's name (at its opening), `before-<milestone>` (a second earlier), or typed: the minute on
the campaign's clocks, `2026-12-12T18:00`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from launchpad.rules.openings import HEAD_START, Moved, is_head_start, opening, openings, with_dues

MEMBER = "member"
BEFORE = "before-"
EARLIER = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class Standing:
    """Somebody as a campaign sees them. `tier` is empty for a stranger, who has proven no address."""

    name: str
    label: str
    tier: str = ""
    member: bool = False
    place: bool = False
    buyer: bool = False


STRANGER = Standing("stranger", "A stranger")
BUYER = Standing("buyer", "A buyer", MEMBER, buyer=True)


def standings(tiers: Mapping[str, str], milestones: Iterable) -> list[Standing]:
    """Everybody a campaign makes a difference between, in the order of closeness."""
    own = {m.name.removeprefix(HEAD_START) for m in milestones if is_head_start(m)}
    others = sorted(({*tiers} | own) - {MEMBER})
    called = {tier: tiers.get(tier) or tier.replace("_", " ").title() for tier in (MEMBER, *others)}
    return [
        STRANGER,
        Standing(MEMBER, called[MEMBER], MEMBER, member=True),
        *(Standing(f"tier-{tier}", called[tier], tier, member=True) for tier in others),
        *(
            Standing(f"place-{tier}", f"A confirmed place, {called[tier]}", tier, member=True, place=True)
            for tier in (MEMBER, *others)
        ),
        BUYER,
    ]


def as_planned(milestones: Iterable) -> list[Moved]:
    """The timetable as if every go that is still waited for were given in time: else nothing after it could be seen."""
    copies = with_dues(milestones, {})
    return [replace(m, went_at=m.due) if m.waits and m.went_at is None else m for m in copies]


def moments(milestones: Iterable) -> list[tuple[str, datetime]]:
    """The names of milestones that open, in order, each with its moment."""
    return [(m.name, opens) for m, opens in openings(as_planned(milestones)) if opens is not None]


def moment_of(name: str, milestones: Iterable, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment that a name stands for; None when it is none. Of an hour that comes twice, the first one."""
    if name == "now":
        return now
    early = name.startswith(BEFORE)
    found = opening(as_planned(milestones), name.removeprefix(BEFORE))
    if found is not None:
        return found - EARLIER if early else found
    return typed(name, zone)


def typed(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment of `2026-12-12T18:00` on the clocks of a zone; None when it is none, or lies in no year of ours."""
    if len(text) > 26 or "T" not in text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
