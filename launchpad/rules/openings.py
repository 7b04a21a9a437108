"""When each milestone opens.

A milestone is anything with `id, name, phase, due, waits, went_at, reached_at`. Moments are aware and in UTC; `None`
in place of an opening means never.

    opens(i) = never, if it waits for a go that was not given; else the latest of due(i), went_at(i), opens(i-1)

**The chain.** Milestones with a phase, and head starts, hold each other up: none opens before the one before it.
Their order is the plan's (preview, waitlist, head starts by due, launch, recap, archive), never the order of their
dues, so that a due moved by hand cannot reorder a campaign. Reopened turns (`launch-2`, `recap-2`) come after the
first ones, by their number. A turn need not have an archive of its own: an archive ends all turns up to the next one
that has (a launch day reopened from its recap keeps the archive it had; reopened after it, it gets `archive-2`).

**Loose milestones** (`poll_1_closes`, and whatever has neither a phase nor a head start) hang on no other: they open
at the latest of due and went_at. A campaign that waits for its go still closes its polls.
"""

import re
from dataclasses import dataclass
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
    ends = sorted(turn(m) for m in chain if m.phase == Phase.ARCHIVED)
    return sorted(chain, key=lambda m: _rank(m, ends, last_turn))


def openings(milestones) -> list[tuple[object, datetime | None]]:
    """Each milestone with the moment it opens, by that moment, then by plan order; those that never open come last."""
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


@dataclass(frozen=True)
class Moved:
    """A milestone as it would be with another due: for looking before anything is written."""

    id: object
    name: str
    phase: str | None
    due: datetime
    waits: bool = False
    went_at: datetime | None = None
    reached_at: datetime | None = None
    hours: int | None = None
    letters: bool = True


def copied(milestone, **changes) -> Moved:
    """A copy of a milestone with some values changed; the row stays as it is."""
    values = {
        "id": milestone.id, "name": milestone.name, "phase": milestone.phase, "due": milestone.due,
        "waits": milestone.waits, "went_at": milestone.went_at, "reached_at": milestone.reached_at,
        "hours": getattr(milestone, "hours", None), "letters": getattr(milestone, "letters", True),
    }  # fmt: skip
    return Moved(**values | changes)


def with_dues(milestones, dues: dict[str, datetime]) -> list[Moved]:
    """Copies of the milestones with these dues by name in place of theirs; the rows themselves stay as they are."""
    return [copied(m, due=dues.get(m.name, m.due)) for m in milestones]


def _opens_alone(milestone) -> datetime | None:
    if milestone.waits and milestone.went_at is None:
        return None
    return milestone.due if milestone.went_at is None else max(milestone.due, milestone.went_at)


def _rank(milestone, ends: list[int], last_turn: int) -> tuple:
    if is_head_start(milestone):
        return (1, Phase.WAITLIST.rank + 0.5, milestone.due, milestone.name)
    phase_of = Phase(milestone.phase)
    number = turn(milestone)
    if phase_of is Phase.ARCHIVED:
        number = next((later - 1 for later in ends if later > number), last_turn)
    return (number, phase_of.rank, milestone.due, milestone.name)
