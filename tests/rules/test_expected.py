"""What a countdown shows while the timetable waits for a go, on both sides of the due."""

from datetime import timedelta

from launchpad.rules import timetable
from tests.rules.timetables import LAUNCH, TICK, ZERO, plain

HOUR = timedelta(hours=1)


def test_what_waits_counts_down_to_its_due_and_then_to_nothing():
    rows = plain(launch=dict(waits=True))
    assert timetable.opening(rows, "launch") is None
    assert timetable.expected(rows, "launch", LAUNCH - TICK) == LAUNCH
    assert timetable.awaited(rows, LAUNCH - TICK) is None
    assert timetable.next_expected(rows, LAUNCH - TICK)[0].name == "launch"
    assert timetable.expected(rows, "launch", LAUNCH) is timetable.expected(rows, "recap", LAUNCH) is None
    assert timetable.awaited(rows, LAUNCH).name == "launch"
    assert timetable.next_expected(rows, LAUNCH) is None
    assert timetable.expected(rows, "waitlist", LAUNCH) == ZERO + timedelta(days=4), "what has opened keeps its moment"


def test_a_go_given_brings_the_moments_back():
    rows = plain(launch=dict(waits=True, went_at=LAUNCH + HOUR))
    assert timetable.awaited(rows, LAUNCH + HOUR) is None
    assert timetable.expected(rows, "launch", LAUNCH + HOUR) == LAUNCH + HOUR
    assert timetable.expected(rows, "recap", LAUNCH + HOUR) == LAUNCH + timedelta(days=2)


def test_a_head_start_that_is_overdue_takes_the_doors_clock_away_and_the_polls_stays():
    rows = plain(head_start_member=dict(waits=True))
    late = LAUNCH - 24 * HOUR
    assert timetable.expected_tier(rows, "friend", late - TICK) == late
    assert timetable.expected_tier(rows, "friend", late) is timetable.expected(rows, "launch", late) is None
    assert timetable.expected_tier(rows, "founder", late) == LAUNCH - 48 * HOUR
    assert timetable.expected(rows, "poll_1_closes", late) == ZERO + timedelta(days=3)


def test_where_nothing_waits_it_is_the_opening():
    for row, opens in timetable.openings(plain()):
        assert timetable.expected(plain(), row.name, ZERO) == opens
