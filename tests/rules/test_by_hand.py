"""What the team may change on a timetable by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given

from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from tests.rules.timetables import LAUNCH, TICK, ZERO, any_timetable, moments, plain

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def refused(act, *args) -> str:
    with pytest.raises(Refusal) as caught:
        act(*args)
    assert caught.value.message.endswith(".")
    return caught.value.reason


def test_what_is_open_cannot_be_moved():
    assert refused(timetable.move, plain(), "preview", ZERO + DAY, ZERO) == "already_open"
    assert timetable.move(plain(), "preview", ZERO + DAY, ZERO - TICK) == {"preview": ZERO + DAY}


def test_the_past_cannot_be_chosen():
    now = ZERO + DAY
    assert refused(timetable.move, plain(), "poll_1_closes", now - TICK, now) == "past"
    assert timetable.move(plain(), "poll_1_closes", now, now) == {"poll_1_closes": now}


def test_a_moment_past_all_calendars_is_refused():
    assert refused(timetable.move, plain(), "archive", datetime(9999, 12, 31, tzinfo=UTC), ZERO) == "too_far"


def test_an_unknown_milestone_is_not_found():
    with pytest.raises(Refusal) as caught:
        timetable.move(plain(), "lunch", LAUNCH, ZERO)
    assert caught.value.status == 404


def test_phases_keep_their_order():
    rows = plain()
    waitlist = ZERO + 4 * DAY
    founders = LAUNCH - 48 * HOUR
    assert refused(timetable.move, rows, "waitlist", founders, ZERO) == "order"
    assert timetable.move(rows, "waitlist", founders - TICK, ZERO) == {"waitlist": founders - TICK}
    assert refused(timetable.move, rows, "recap", LAUNCH, ZERO) == "order"
    assert refused(timetable.move, rows, "preview", waitlist, ZERO - DAY) == "order"


def test_head_starts_follow_the_launch_and_keep_their_hours():
    assert timetable.move(plain(), "launch", LAUNCH + DAY, ZERO) == {
        "launch": LAUNCH + DAY,
        "head_start_founder": LAUNCH + DAY - 48 * HOUR,
        "head_start_member": LAUNCH + DAY - 24 * HOUR,
    }


def test_a_head_start_that_has_opened_stays_and_only_grows():
    now = LAUNCH - 48 * HOUR
    assert timetable.move(plain(), "launch", LAUNCH + DAY, now) == {
        "launch": LAUNCH + DAY,
        "head_start_member": LAUNCH,
    }


def test_an_open_head_start_gets_its_printed_hours():
    now = LAUNCH - 48 * HOUR
    assert refused(timetable.move, plain(), "launch", LAUNCH - TICK, now) == "promise"
    longer = plain(launch=dict(due=LAUNCH + DAY))
    assert timetable.move(longer, "launch", LAUNCH, now)["launch"] == LAUNCH


def test_a_launch_cannot_come_so_soon_that_a_head_start_would_have_begun():
    now = LAUNCH - 5 * DAY
    assert refused(timetable.move, plain(), "launch", now + 48 * HOUR - TICK, now) == "promise"
    assert timetable.move(plain(), "launch", now + 48 * HOUR, now)["head_start_founder"] == now


def test_a_head_start_moves_by_whole_hours_within_its_window():
    rows = plain()
    for hours, fits in ((23, False), (24, True), (36.5, False), (47, True), (48, True), (49, False)):
        due = LAUNCH - hours * HOUR
        if fits:
            assert timetable.move(rows, "head_start_founder", due, ZERO) == {"head_start_founder": due}
            assert timetable.hours_before_launch(rows, due) == hours
        else:
            assert refused(timetable.move, rows, "head_start_founder", due, ZERO) == "head_start"


def test_opening_now_asks_for_what_comes_before():
    now = ZERO + DAY
    assert timetable.open_now(plain(), "waitlist", now) == {"waitlist": now}
    assert refused(timetable.open_now, plain(), "launch", now) == "order"
    assert refused(timetable.open_now, plain(), "preview", now) == "already_open"


def test_a_head_start_opens_early_only_within_its_window():
    assert refused(timetable.open_now, plain(), "head_start_founder", LAUNCH - 48 * HOUR - TICK) == "head_start"
    late = plain(head_start_founder=dict(waits=True), head_start_member=dict(waits=True))
    assert refused(timetable.open_now, late, "head_start_founder", LAUNCH - 48 * HOUR + TICK) == "promise"
    assert timetable.open_now(late, "head_start_founder", LAUNCH - 48 * HOUR)


def test_the_launch_opens_now_only_after_every_printed_hour():
    rows = plain(launch=dict(due=LAUNCH + DAY))
    assert refused(timetable.open_now, rows, "launch", LAUNCH - TICK) == "promise"
    assert timetable.open_now(rows, "launch", LAUNCH) == {"launch": LAUNCH}


def test_a_launch_day_ends_early():
    now = LAUNCH + HOUR
    rows = plain()
    after = timetable.with_dues(rows, timetable.open_now(rows, "recap", now))
    assert timetable.phase(after, now) == "recap"


def test_a_go_is_for_what_waits():
    rows = plain(launch=dict(waits=True))
    assert timetable.go(rows, "launch", LAUNCH + HOUR) == {}
    assert refused(timetable.go, rows, "recap", LAUNCH + HOUR) == "not_waiting"
    assert refused(timetable.go, rows, "launch", LAUNCH + 2 * DAY) == "order"


def test_a_late_go_cannot_shorten_a_head_start():
    rows = plain(head_start_member=dict(waits=True))
    assert timetable.go(rows, "head_start_member", LAUNCH - 24 * HOUR) == {}
    assert refused(timetable.go, rows, "head_start_member", LAUNCH - 24 * HOUR + TICK) == "promise"


def test_a_release_keeps_the_dues_or_shifts_all_that_had_not_opened():
    held, now = ZERO + 5 * DAY, ZERO + 6 * DAY
    assert timetable.release(plain(), held, now, shift=False) == {}
    shifted = timetable.release(plain(), held, now, shift=True)
    assert shifted == {
        m.name: m.due + DAY for m in plain() if m.name not in ("preview", "waitlist", "poll_1_closes")
    }
    assert timetable.release(plain(), held, held, shift=True) == {}


def test_a_release_cannot_shorten_a_head_start():
    held = LAUNCH - 3 * DAY
    assert timetable.release(plain(), held, LAUNCH - 48 * HOUR, shift=False) == {}
    assert refused(timetable.release, plain(), held, LAUNCH - 48 * HOUR + TICK, False) == "promise"
    assert timetable.release(plain(), held, LAUNCH - 47 * HOUR, shift=True)["launch"] == LAUNCH + 25 * HOUR


@given(any_timetable(), moments, moments)
def test_a_move_never_reorders_nor_touches_what_is_open(rows, due, now):
    opens = {m.name: moment for m, moment in timetable.openings(rows)}
    moved = 0
    for row in rows:
        try:
            dues = timetable.move(rows, row.name, due, now)
        except Refusal:
            continue
        moved += 1
        after = timetable.with_dues(rows, dues)
        assert [m.name for m in timetable.in_order(after) if m.phase] == [
            m.name for m in timetable.in_order(rows) if m.phase
        ]
        then = {m.name: moment for m, moment in timetable.openings(after)}
        for name, moment in opens.items():
            if moment is not None and moment <= now:
                assert then[name] == moment and name not in dues
        assert timetable.phase(after, now - TICK) == timetable.phase(rows, now - TICK)
    assume(moved)


@given(moments, moments, moments)
def test_a_moved_plan_is_still_a_plan(one, other, now):
    rows = plain()
    for name, due in (("launch", one), ("waitlist", other)):
        try:
            rows = timetable.with_dues(rows, timetable.move(rows, name, due, now))
        except Refusal:
            continue
    chain = timetable.in_order(rows)
    assert all(a.due <= b.due for a, b in zip(chain, chain[1:], strict=False))
    launch = next(m for m in rows if m.name == "launch")
    for head in (m for m in rows if m.hours):
        assert launch.due - head.due >= timedelta(hours=head.hours)
