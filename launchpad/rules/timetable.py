"""The timetable: which phase a campaign is in, what opens next, and what time it is for the campaign.

The front door of everything about moments: how openings follow from rows is in `openings`, what the team may change
in `by_hand` and `reopening`.

    opens(i) = never, if it waits for a go that was not given; else the latest of due(i), went_at(i), opens(i-1)
    phase    = that of the last milestone with a phase whose opens <= now
"""

from datetime import datetime

from launchpad.rules.by_hand import go, hours_before_launch, move, open_now, release, wait
from launchpad.rules.expected import awaited, expected, expected_tier, next_expected
from launchpad.rules.openings import HEAD_START, in_chain, in_order, is_head_start, opening, openings, turn, with_dues
from launchpad.rules.phases import Phase
from launchpad.rules.reopening import last_opening, reopen, sale_ends, with_turn

__all__ = [
    "awaited",
    "expected",
    "expected_tier",
    "go",
    "head_start_tiers",
    "hours_before_launch",
    "in_chain",
    "in_order",
    "is_head_start",
    "last_opening",
    "move",
    "next_expected",
    "next_opening",
    "now",
    "open_and_unreached",
    "open_now",
    "opening",
    "openings",
    "phase",
    "release",
    "reopen",
    "sale_ends",
    "tier_opening",
    "turn",
    "wait",
    "with_dues",
    "with_turn",
]


def phase(milestones, now: datetime) -> Phase:
    """The phase at that moment: draft before the first opening; at exactly an opening its phase has begun."""
    opens = {id(m): moment for m, moment in openings(milestones)}
    current = Phase.DRAFT
    for milestone in in_order(milestones):
        moment = opens[id(milestone)]
        if milestone.phase and moment is not None and moment <= now:
            current = Phase(milestone.phase)
    return current


def next_opening(milestones, now: datetime) -> tuple[object, datetime] | None:
    """The first (milestone, moment) still to come, or None when nothing more will open by itself."""
    return next(((m, opens) for m, opens in openings(milestones) if opens is not None and opens > now), None)


def open_and_unreached(milestones, now: datetime) -> list:
    """The milestones whose work is due: open, and not recorded as reached. In the order in which to reach them."""
    return [m for m, opens in openings(milestones) if opens is not None and opens <= now and m.reached_at is None]


def now(real: datetime, held_at=None, latest_reached=None, mapping=None) -> datetime:
    """The campaign's own time at a real moment.

    Mapped for a rehearsal, standing still at `held_at` while the campaign is held, never before the latest milestone
    reached (a clock stepped back must not close a door that has opened). `held_at` and `latest_reached` are campaign
    time.
    """
    moment = held_at if held_at is not None else mapping.campaign(real) if mapping is not None else real
    return moment if latest_reached is None else max(moment, latest_reached)


def head_start_tiers(milestones) -> list[str]:
    """The tiers with a head start of their own, the earliest first."""
    return [m.name.removeprefix(HEAD_START) for m in in_order(milestones) if is_head_start(m)]


def tier_opening(milestones, tier: str | None) -> datetime | None:
    """When a tier's head start opens. A tier without its own takes `member`'s; None for none, or while it waits."""
    by_name = {m.name: opens for m, opens in openings(milestones) if is_head_start(m)}
    own = f"{HEAD_START}{tier}"
    return by_name[own] if own in by_name else by_name.get(f"{HEAD_START}member")
