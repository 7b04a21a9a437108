"""When things are to open while the timetable waits for a go: what a countdown shows, and when it has to stop.

A milestone that waits opens at the team's button, not at its due. Until the due its countdown runs; from then on there
is no moment to count to, for it and for all that comes after it. What may be bought or written never follows from here.
"""

from datetime import datetime

from launchpad.rules.openings import copied, in_order, is_head_start, openings


def expected(milestones, name: str, now: datetime) -> datetime | None:
    """When that milestone opens, if every go still to be given comes in time; None while one is overdue."""
    milestones = list(milestones)
    late = awaited(milestones, now)
    if late is not None:
        chain = in_order(milestones)
        if name in {m.name for m in chain[chain.index(late) :]}:
            return None
    hoped = [copied(m, waits=m.waits and m.went_at is not None) for m in milestones]
    return next((opens for m, opens in openings(hoped) if m.name == name), None)


def awaited(milestones, now: datetime):
    """The first milestone whose due has passed and that waits for its go; None when nobody waits for the team."""
    milestones = list(milestones)
    opens = {id(m): moment for m, moment in openings(milestones)}
    for milestone in in_order(milestones):
        if opens[id(milestone)] is None:
            waits = milestone.waits and milestone.went_at is None
            return milestone if waits and milestone.due <= now else None
    return None


def next_expected(milestones, now: datetime) -> tuple[object, datetime] | None:
    """The first (milestone, moment) to come, gos counted on; None when nothing is, or the next one is overdue."""
    milestones = list(milestones)
    coming = [(m, at) for m in milestones if (at := expected(milestones, m.name, now)) is not None and at > now]
    order = {m.name: place for place, m in enumerate(in_order(milestones))}
    return min(coming, key=lambda pair: (pair[1], order.get(pair[0].name, len(order))), default=None)


def expected_tier(milestones, tier: str | None, now: datetime) -> datetime | None:
    """When a tier's head start opens, as `expected`. A tier without its own takes `member`'s."""
    names = {m.name for m in milestones if is_head_start(m)}
    own = f"head_start_{tier}"
    return expected(milestones, own if own in names else "head_start_member", now)
