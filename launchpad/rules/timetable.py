"""When each turn of a campaign opens, and therefore which phase it is in.

A milestone is anything with `id, name, phase, due, waits, went_at, reached_at`. Moments are aware and in UTC; `None` in place of an
opening means never.

    opens(i) = never, if it waits for a go that was not given; else the latest of due(i), went_at(i), opens(i-1)
    phase    = that of the last milestone with a phase whose opens <= now

**The chain.** Milestones with a phase, and head starts, hold each other up: none opens before the one before it. Their order is the plan's
(preview, waitlist, head starts by due, launch, recap, archive), never the order of their dues, so that a due moved by hand cannot
reorder a campaign. Reopened turns (`launch-2`, `recap-2`) come after the first ones, by their number; an archive that was not reached
yet waits for the last turn.

**Loose milestones** (`poll_1_closes`, and whatever has neither a phase nor a head start) hang on no other: they open at the latest of due and
went_at. A campaign that waits for its go still closes its polls.
"""

import re
from datetime import UTC, datetime

from launchpad.rules.phases import OPENED_BY, Phase

HEAD_START = "head_start_"
_TURN = re.compile(rf"({'|'.join(OPENED_BY)})-([1-9]\d{{0,5}})\Z")
_FAR = datetime.max.replace(tzinfo=UTC)


def is_head_start(milestone) -> bool:
    """True for the opening of one tier's head start."""
    return milestone.name.startswith(HEAD_START)


def in_chain(milestone) -> bool:
    """True when the milestone waits for the one before it; see the chain, above."""
    return bool(milestone.phase) or is_head_start(milestone)


def turn(milestone) -> int:
    """Which time around: 1 for `launch`, 2 for `launch-2`."""
    found = _TURN.match(milestone.name)
    return int(found[2]) if found else 1


def in_order(milestones) -> list:
    """The chain, in plan order. Loose milestones are not in it."""
    chain = [m for m in milestones if in_chain(m)]
    last_turn = max(map(turn, chain), default=1)
    return sorted(chain, key=lambda m: _rank(m, last_turn))


def openings(milestones) -> list[tuple[object, datetime | None]]:
    """Each milestone with the moment it opens (None = never), by that moment, then by plan order; the never-opening come last."""
    milestones = list(milestones)
    found = []
    before = None
    for place, milestone in enumerate(in_order(milestones)):
        alone = _opens_alone(milestone)
        if place == 0:
            before = alone
        else:
            before = None if alone is None or before is None else max(alone, before)
        found.append((milestone, before))
    loose = sorted((m for m in milestones if not in_chain(m)), key=lambda m: (m.due, m.name))
    found += [(m, _opens_alone(m)) for m in loose]
    return sorted(found, key=lambda pair: (pair[1] is None, pair[1] or _FAR))


def opening(milestones, name: str) -> datetime | None:
    """When the milestone of that name opens; None for never, and for a name that is not on the timetable."""
    return next((opens for m, opens in openings(milestones) if m.name == name), None)


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

    Mapped for a rehearsal, standing still at `held_at` while the campaign is held, never before the latest milestone reached (a clock
    stepped back must not close a door that has opened). `held_at` and `latest_reached` are campaign time.
    """
    moment = held_at if held_at is not None else mapping.campaign(real) if mapping is not None else real
    return moment if latest_reached is None else max(moment, latest_reached)


def head_start_tiers(milestones) -> list[str]:
    """The tiers with a head start of their own, the earliest first."""
    return [m.name.removeprefix(HEAD_START) for m in in_order(milestones) if is_head_start(m)]


def tier_opening(milestones, tier: str | None) -> datetime | None:
    """When the head start of a tier opens. A tier without its own takes `member`'s; None when there is none, or while it waits."""
    by_name = {m.name: opens for m, opens in openings(milestones) if is_head_start(m)}
    own = f"{HEAD_START}{tier}"
    return by_name[own] if own in by_name else by_name.get(f"{HEAD_START}member")


def _opens_alone(milestone) -> datetime | None:
    if milestone.waits and milestone.went_at is None:
        return None
    return milestone.due if milestone.went_at is None else max(milestone.due, milestone.went_at)


def _rank(milestone, last_turn: int) -> tuple:
    if is_head_start(milestone):
        return (1, Phase.WAITLIST.rank + 0.5, milestone.due, milestone.name)
    phase_of = Phase(milestone.phase)
    number = turn(milestone)
    if phase_of is Phase.ARCHIVED and milestone.reached_at is None:
        number = last_turn
    return (number, phase_of.rank, milestone.due, milestone.name)
