"""Opening the doors again: new turns after the old ones."""

from datetime import timedelta

import pytest

from launchpad.rules import timetable
from launchpad.rules.openings import copied
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from tests.rules.timetables import LAUNCH, TICK, plain

DAY = timedelta(days=1)
RECAP, ARCHIVE = LAUNCH + 2 * DAY, LAUNCH + 19 * DAY


def reopened(rows, now, days=1, more=2):
    made = timetable.reopen(rows, now + days * DAY, now + (days + more) * DAY, now)
    return timetable.with_turn(rows, made)


def names(rows) -> list[str]:
    return [m.name for m in timetable.in_order(rows) if m.phase]


def test_from_the_recap_the_archive_there_is_waits_for_the_new_recap():
    now = RECAP
    rows = reopened(plain(), now, days=30, more=1)
    assert names(rows)[-4:] == ["recap", "launch-2", "recap-2", "archive"]
    phases = [timetable.phase(rows, at) for at in (now - TICK, now, now + 30 * DAY - TICK, now + 30 * DAY)]
    assert phases == [Phase.LAUNCH, Phase.LAUNCH, Phase.LAUNCH, Phase.RECAP]
    assert timetable.opening(rows, "archive") == timetable.sale_ends(rows, now) == now + 31 * DAY


def test_from_the_archive_there_is_another_archive_and_what_was_reached_stays():
    now = ARCHIVE + 5 * DAY
    rows = reopened(plain(), now)
    assert names(rows)[-5:] == ["recap", "archive", "launch-2", "recap-2", "archive-2"]
    assert timetable.opening(rows, "archive") == ARCHIVE
    for at, phase in ((ARCHIVE, Phase.ARCHIVED), (now - TICK, Phase.ARCHIVED), (now, Phase.LAUNCH)):
        assert timetable.phase(rows, at) == phase
    assert timetable.sale_ends(rows, now - TICK) == ARCHIVE
    assert timetable.sale_ends(rows, now) == now + 3 * DAY


def test_an_archive_that_is_open_and_not_reached_yet_counts_as_open():
    assert timetable.opening(reopened(plain(), ARCHIVE), "archive") == ARCHIVE


def test_again_and_again():
    rows = reopened(plain(), RECAP, days=1, more=1)
    rows = reopened(rows, RECAP + 2 * DAY)
    rows = reopened(rows, RECAP + 5 * DAY)
    assert names(rows)[3:] == [
        "recap", "launch-2", "recap-2", "archive", "launch-3", "recap-3", "archive-3", "launch-4", "recap-4", "archive-4",
    ]  # fmt: skip
    assert timetable.last_opening(rows, Phase.RECAP) == RECAP + 6 * DAY


@pytest.mark.parametrize(
    "now, recap, archive, reason",
    [
        (LAUNCH, 1, 2, "not_over"),
        (RECAP - TICK, 1, 2, "not_over"),
        (RECAP, 0, 2, "past"),
        (RECAP, 1, 1, "order"),
        (RECAP, 1, 365 * 200, "too_far"),
    ],
)
def test_what_cannot_be_reopened(now, recap, archive, reason):
    with pytest.raises(Refusal) as refusal:
        timetable.reopen(plain(), now + recap * DAY, now + archive * DAY, now)
    assert refusal.value.reason == reason


def test_a_launch_day_open_again_is_not_opened_twice():
    rows = reopened(plain(), RECAP)
    with pytest.raises(Refusal):
        reopened(rows, RECAP + DAY - TICK)
    assert reopened(rows, RECAP + DAY)


def test_a_turn_is_moved_and_ended_early_like_the_first():
    rows = reopened(plain(), RECAP, days=4)
    assert timetable.move(rows, "recap-2", RECAP + 5 * DAY, RECAP) == {"recap-2": RECAP + 5 * DAY}
    assert timetable.open_now(rows, "recap-2", RECAP + DAY) == {"recap-2": RECAP + DAY}
    with pytest.raises(Refusal):
        timetable.move(rows, "archive", RECAP + 4 * DAY, RECAP)


def test_a_milestone_waits_only_before_it_opens_and_a_due_one_is_given_its_go():
    rows = plain()
    timetable.wait(rows, "launch", True, LAUNCH - TICK)
    waiting = [copied(m, waits=m.name == "launch") for m in rows]
    timetable.wait(waiting, "launch", False, LAUNCH - TICK)
    for timetable_rows, name, waits, now, reason in (
        (rows, "launch", True, LAUNCH, "already_open"),
        (rows, "launch", False, LAUNCH - TICK, "waits"),
        (waiting, "launch", True, LAUNCH - TICK, "waits"),
        (waiting, "launch", False, LAUNCH, "due"),
        (rows, "poll_1_closes", True, LAUNCH - 20 * DAY, "loose"),
    ):
        with pytest.raises(Refusal) as refusal:
            timetable.wait(timetable_rows, name, waits, now)
        assert refusal.value.reason == reason
