"""When milestones open, and the phase that follows."""

from datetime import timedelta

from hypothesis import given

from launchpad.rules import timetable
from launchpad.rules.phases import ORDER, Phase
from launchpad.rules.rehearsal import Mapping
from tests.rules.timetables import LAUNCH, TICK, ZERO, any_timetable, moments, plain, turn

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def names(rows):
    return [m.name for m in rows]


def test_the_chain_is_the_plans_order_whatever_the_rows_order():
    assert names(timetable.in_order(reversed(plain()))) == [
        "preview", "waitlist", "head_start_founder", "head_start_member", "launch", "recap", "archive",
    ]  # fmt: skip


def test_a_campaign_is_a_draft_until_its_preview_opens():
    assert timetable.phase(plain(), ZERO - TICK) is Phase.DRAFT
    assert timetable.phase(plain(), ZERO) is Phase.PREVIEW
    assert timetable.phase([], ZERO) is Phase.DRAFT


def test_each_phase_begins_at_exactly_its_moment():
    rows = plain()
    for milestone in rows:
        if milestone.phase:
            assert timetable.phase(rows, milestone.due) == milestone.phase
            assert timetable.phase(rows, milestone.due - TICK).is_before(milestone.phase)


def test_a_head_start_changes_no_phase():
    assert timetable.phase(plain(), LAUNCH - 24 * HOUR) is Phase.WAITLIST


def test_what_waits_never_opens_and_holds_up_what_follows():
    rows = plain(launch=dict(waits=True))
    assert timetable.phase(rows, LAUNCH + 300 * DAY) is Phase.WAITLIST
    assert timetable.opening(rows, "launch") is None
    assert timetable.opening(rows, "archive") is None
    assert timetable.opening(rows, "head_start_member") == LAUNCH - 24 * HOUR


def test_a_go_opens_at_the_due_when_early_and_at_once_when_late():
    early = plain(launch=dict(waits=True, went_at=LAUNCH - DAY))
    late = plain(launch=dict(waits=True, went_at=LAUNCH + HOUR))
    assert timetable.opening(early, "launch") == LAUNCH
    assert timetable.opening(late, "launch") == LAUNCH + HOUR


def test_none_opens_before_the_one_before_it():
    rows = plain(launch=dict(waits=True, went_at=LAUNCH + 3 * DAY))
    assert timetable.opening(rows, "recap") == LAUNCH + 3 * DAY


def test_a_poll_closes_though_the_campaign_waits_for_its_go():
    rows = plain(preview=dict(waits=True))
    assert timetable.opening(rows, "poll_1_closes") == ZERO + 3 * DAY
    assert names(timetable.open_and_unreached(rows, ZERO + 3 * DAY)) == ["poll_1_closes"]
    assert timetable.open_and_unreached(rows, ZERO + 3 * DAY - TICK) == []


def test_milestones_in_one_moment_are_reached_in_the_plans_order():
    late = ZERO + 20 * DAY
    rows = plain(preview=dict(waits=True, went_at=late))
    assert names(timetable.open_and_unreached(rows, late)) == [
        "poll_1_closes", "preview", "waitlist", "head_start_founder", "head_start_member", "launch", "recap",
    ]  # fmt: skip


def test_what_was_reached_is_not_reached_again():
    rows = plain(preview=dict(reached_at=ZERO))
    assert timetable.open_and_unreached(rows, ZERO) == []


def test_the_next_opening_is_strictly_ahead():
    milestone, moment = timetable.next_opening(plain(), ZERO)
    assert (milestone.name, moment) == ("poll_1_closes", ZERO + 3 * DAY)
    assert timetable.next_opening(plain(), ZERO - TICK)[0].name == "preview"
    assert timetable.next_opening(plain(), LAUNCH + 19 * DAY) is None


def test_a_reopened_launch_comes_after_the_recap_and_the_archive_waits_for_its_recap():
    rows = plain(recap=dict(reached_at=LAUNCH + 2 * DAY))
    rows += [turn("launch-2", LAUNCH + 3 * DAY, "launch"), turn("recap-2", LAUNCH + 4 * DAY, "recap")]
    assert names(timetable.in_order(rows))[-4:] == ["recap", "launch-2", "recap-2", "archive"]
    assert timetable.phase(rows, LAUNCH + 3 * DAY) is Phase.LAUNCH
    assert timetable.phase(rows, LAUNCH + 4 * DAY) is Phase.RECAP
    assert timetable.phase(rows, LAUNCH + 19 * DAY) is Phase.ARCHIVED


def test_an_archive_that_was_reached_stays_before_a_reopened_turn():
    rows = plain(archive=dict(reached_at=LAUNCH + 19 * DAY)) + [turn("launch-2", LAUNCH + 20 * DAY, "launch")]
    rows += [turn("recap-2", LAUNCH + 21 * DAY, "recap"), turn("archive-2", LAUNCH + 22 * DAY, "archived")]
    assert timetable.phase(rows, LAUNCH + 19 * DAY) is Phase.ARCHIVED
    assert timetable.phase(rows, LAUNCH + 20 * DAY) is Phase.LAUNCH


def test_a_tier_without_a_head_start_takes_the_members():
    assert timetable.head_start_tiers(plain()) == ["founder", "member"]
    assert timetable.tier_opening(plain(), "founder") == LAUNCH - 48 * HOUR
    assert timetable.tier_opening(plain(), "friend") == LAUNCH - 24 * HOUR
    assert timetable.tier_opening(plain(), None) == LAUNCH - 24 * HOUR


def test_a_tier_that_waits_does_not_take_the_members():
    rows = plain(head_start_founder=dict(waits=True))
    assert timetable.tier_opening(rows, "founder") is None


def test_a_tier_whose_name_ends_in_a_number_is_no_second_turn():
    rows = [*plain(), turn("head_start_wave-2", LAUNCH - 30 * HOUR, hours=30)]
    assert timetable.head_start_tiers(rows) == ["founder", "wave-2", "member"]


def test_now_is_real_time_stands_while_held_and_never_falls_behind_what_was_reached():
    assert timetable.now(ZERO) == ZERO
    assert timetable.now(ZERO + DAY, held_at=ZERO) == ZERO
    assert timetable.now(ZERO, latest_reached=ZERO + HOUR) == ZERO + HOUR
    assert timetable.now(ZERO + 2 * HOUR, latest_reached=ZERO + HOUR) == ZERO + 2 * HOUR
    mapping = Mapping(ZERO, LAUNCH, 3600)
    assert timetable.now(ZERO + timedelta(seconds=2), mapping=mapping) == LAUNCH + 2 * HOUR
    assert timetable.now(ZERO + timedelta(seconds=2), held_at=LAUNCH, mapping=mapping) == LAUNCH


@given(any_timetable(), moments, moments)
def test_the_phase_never_goes_back(rows, one, other):
    early, late = sorted((one, other))
    assert ORDER.index(timetable.phase(rows, early)) <= ORDER.index(timetable.phase(rows, late))


@given(any_timetable())
def test_openings_rise_along_the_chain_and_are_never_before_the_due(rows):
    opens = {m.name: moment for m, moment in timetable.openings(rows)}
    assert len(opens) == len(rows)
    before = None
    stopped = False
    for milestone in timetable.in_order(rows):
        moment = opens[milestone.name]
        stopped = stopped or moment is None
        assert not stopped or moment is None
        if moment is not None:
            assert moment >= milestone.due
            assert before is None or moment >= before
            before = moment


@given(any_timetable(), moments)
def test_what_is_due_is_exactly_what_has_opened(rows, now):
    due = timetable.open_and_unreached(rows, now)
    ahead = timetable.next_opening(rows, now)
    for milestone, moment in timetable.openings(rows):
        assert (milestone in due) == (moment is not None and moment <= now)
        if moment is not None and moment > now:
            assert ahead is not None and ahead[1] <= moment
