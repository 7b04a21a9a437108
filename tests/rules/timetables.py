"""Timetables for the tests of the rules: a plain one by day and hour, and a strategy for any."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from launchpad.rules.openings import Moved

ZERO = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LAUNCH = ZERO + timedelta(days=11)


def turn(name, due, phase=None, **more) -> Moved:
    return Moved(name, name, phase, due, **more)


def plain(**changes) -> list[Moved]:
    """Preview on day 0, waitlist 4, head starts 48 and 24 h before the launch on day 11, recap 13, archive 30."""
    rows = {
        "preview": dict(due=ZERO, phase="preview"),
        "waitlist": dict(due=ZERO + timedelta(days=4), phase="waitlist"),
        "head_start_founder": dict(due=LAUNCH - timedelta(hours=48), hours=48),
        "head_start_member": dict(due=LAUNCH - timedelta(hours=24), hours=24),
        "launch": dict(due=LAUNCH, phase="launch"),
        "recap": dict(due=LAUNCH + timedelta(days=2), phase="recap"),
        "archive": dict(due=LAUNCH + timedelta(days=19), phase="archived"),
        "poll_1_closes": dict(due=ZERO + timedelta(days=3)),
    }
    return [turn(name, **{**row, **changes.get(name, {})}) for name, row in rows.items()]


moments = st.integers(-40 * 24 * 60, 60 * 24 * 60).map(lambda minutes: ZERO + timedelta(minutes=minutes))


@st.composite
def any_timetable(draw) -> list[Moved]:
    """Any rows at all: dues in any order, milestones that wait, gos given or not."""
    rows = plain()
    found = []
    for row in rows:
        found.append(
            turn(
                row.name,
                draw(moments),
                row.phase,
                hours=row.hours,
                waits=draw(st.booleans()),
                went_at=draw(st.none() | moments),
            )
        )
    return draw(st.permutations(found))
