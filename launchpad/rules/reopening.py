"""Opening the doors again once a launch day is over: new milestones after the old ones, nothing is un-reached.

A turn is one time around: `launch`, `recap`; then `launch-2`, `recap-2`, and `archive-2` when the first archive has
opened. All moments are campaign time.
"""

from datetime import datetime

from launchpad.rules.by_hand import LAST_YEAR
from launchpad.rules.openings import Moved, copied, in_order, openings, turn
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal


def reopen(milestones, recap_at: datetime, archive_at: datetime, now: datetime, letters: bool = False) -> list[Moved]:
    """The rows of another turn, by the moments of its recap and archive; its doors open now. Raises Refusal.

    A milestone of the list that is on the timetable already is the archive, at its new due; the others are new. All
    head starts have had their hours by then: they end with the first launch, which cannot be reopened before its recap.
    `letters` says whether the new turn writes to people.
    """
    chain = in_order(milestones)
    opens = {m.name: moment for m, moment in openings(milestones)}
    is_open = {m.name: opens[m.name] is not None and opens[m.name] <= now for m in chain}
    ended = [m for m in chain if m.phase == Phase.RECAP and is_open[m.name]]
    last = max(map(turn, chain), default=1)
    if not any(turn(m) == last for m in ended):
        raise Refusal("not_over", "Launch day is not over. To make it longer, move the recap.")
    for moment, name in ((recap_at, "recap"), (archive_at, "archive")):
        if moment.year > LAST_YEAR:
            raise Refusal("too_far", f"Choose a moment before the year {LAST_YEAR + 1}.", name)
    if recap_at <= now:
        raise Refusal("past", "That moment has passed. Choose one that is still to come.", "recap")
    if archive_at <= recap_at:
        raise Refusal("order", "The archive has to come after the recap.", "archive")
    number = last + 1
    made = [
        _new(f"launch-{number}", Phase.LAUNCH, now, letters),
        _new(f"recap-{number}", Phase.RECAP, recap_at, letters),
    ]
    coming = next((m for m in chain if m.phase == Phase.ARCHIVED and not is_open[m.name]), None)
    if coming is None:
        return [*made, _new(f"archive-{number}", Phase.ARCHIVED, archive_at, letters)]
    return [*made, copied(coming, due=archive_at)]


def _new(name: str, phase: Phase, due: datetime, letters: bool) -> Moved:
    return Moved(None, name, phase.value, due, letters=letters)


def with_turn(milestones, turn_rows: list[Moved]) -> list[Moved]:
    """The timetable as it would be with the rows that `reopen` gave."""
    instead = {m.name: m for m in turn_rows}
    kept = [instead.pop(m.name, None) or copied(m) for m in milestones]
    return kept + list(instead.values())


def last_opening(milestones, phase: Phase) -> datetime | None:
    """When a phase begins for the last time: a reopened turn's, if there is one. None for never."""
    found = [m for m in in_order(milestones) if m.phase == phase]
    opens = {m.name: moment for m, moment in openings(milestones)}
    return opens[found[-1].name] if found else None


def sale_ends(milestones, now: datetime) -> datetime | None:
    """When the sale that is seen at `now` ends, or has ended: at the archive after the last launch that has opened."""
    opens = {m.name: moment for m, moment in openings(milestones)}
    ends, opened = None, False
    for milestone in reversed(in_order(milestones)):
        moment = opens[milestone.name]
        if milestone.phase == Phase.ARCHIVED:
            ends = moment
        elif milestone.phase == Phase.LAUNCH and moment is not None and moment <= now:
            opened = True
            break
    if opened:
        return ends
    first = next((m for m in in_order(milestones) if m.phase == Phase.ARCHIVED), None)
    return opens[first.name] if first else None
