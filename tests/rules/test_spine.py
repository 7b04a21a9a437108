"""The line of the timeline: true within a gap, readable over weeks and hours, labels that do not run into each other."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from launchpad.rules import spine

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_hours_have_room_beside_weeks_and_the_scale_is_true_within_a_gap():
    moments = [START, START + 21 * DAY, START + 21 * DAY + HOUR, START + 22 * DAY]
    line = spine.scale(moments, [20, 20, 20], 40)
    at = [line.at(moment) for moment in moments]
    assert at[0] == 0 and round(at[-1], 6) == 100
    assert all(right - left >= 20 for left, right in pairwise(at))
    assert line.at(START + 10.5 * DAY) == (at[0] + at[1]) / 2
    assert line.at(START - DAY) == 0 and line.at(START + 99 * DAY) == line.at(moments[-1])


def test_moments_at_the_same_time_have_lines_of_their_own():
    line = spine.scale([START, START, START + HOUR], [50, 50], 0)
    assert [position for _, position in line.knots] == [0, 50, 100]


def test_no_line_from_the_spine_crosses_a_label():
    labels = [(0, 12), (5, 12), (9, 12), (30, 12), (31, 3)]
    lanes = spine.lanes(labels)
    for n, (begins, _) in enumerate(labels):
        for other, (left, wide) in enumerate(labels):
            if other != n and left <= begins < left + wide:
                assert lanes[n] < lanes[other], "the leader of a label would pass through another"
    assert lanes[3] == 1 and lanes[4] == 0


def test_days_begin_at_midnight_of_the_zone_on_both_sides_of_a_change_of_clocks():
    lisbon = ZoneInfo("Europe/Lisbon")
    line = spine.scale([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)], [100], 0)
    days = [at for at, day in spine.ticks(line, lisbon, 1) if day]
    assert days == [datetime(2026, 3, 28, 0, tzinfo=UTC), datetime(2026, 3, 29, 0, tzinfo=UTC),
                    datetime(2026, 3, 29, 23, tzinfo=UTC), datetime(2026, 3, 30, 23, tzinfo=UTC)]  # fmt: skip
    assert len(spine.ticks(line, lisbon, 40)) <= 3


def test_a_century_has_no_more_ticks_than_fit():
    line = spine.scale([START, START + 40_000 * DAY], [100], 0)
    assert 1 < len(spine.ticks(line, ZoneInfo("UTC"), 6)) < 18
