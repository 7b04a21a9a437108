"""The rehearsal's clock."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from launchpad.rules.rehearsal import Mapping, first_mapping, hold_length
from tests.rules.timetables import LAUNCH, TICK, ZERO


def test_a_day_passes_in_forty_three_seconds_at_two_thousand():
    mapping = Mapping(ZERO, LAUNCH, 2000)
    assert mapping.campaign(ZERO) == LAUNCH
    assert mapping.campaign(ZERO + timedelta(seconds=43.2)) == LAUNCH + timedelta(days=1)
    assert mapping.real(LAUNCH + timedelta(days=1)) == ZERO + timedelta(seconds=43.2)


def test_a_paused_clock_stands_and_has_no_real_moments():
    mapping = Mapping(ZERO, LAUNCH, 0)
    assert mapping.paused
    assert mapping.campaign(ZERO + timedelta(days=9)) == LAUNCH
    assert mapping.real(LAUNCH + TICK) is None


def test_a_pause_and_a_new_speed_make_no_jump():
    mapping = Mapping(ZERO, LAUNCH, 2000)
    later = ZERO + timedelta(seconds=7)
    assert mapping.at_speed(0, later).campaign(later + timedelta(days=1)) == mapping.campaign(later)
    assert mapping.at_speed(50, later).campaign(later) == mapping.campaign(later)


def test_the_clock_starts_one_campaign_hour_before_the_first_milestone():
    assert first_mapping(ZERO, LAUNCH, 3600).campaign(LAUNCH + timedelta(seconds=1)) == ZERO


def test_a_clock_run_past_the_calendar_stops_at_its_end():
    assert Mapping(ZERO, LAUNCH, 100_000).campaign(ZERO + timedelta(days=40 * 365)).year == 9999
    assert Mapping(ZERO, LAUNCH, 100_000).campaign(ZERO - timedelta(days=40 * 365)).year == 1


@given(
    st.integers(1, 100_000) | st.floats(0.02, 100_000),  # thirty years at 0.01 would begin before the calendar does
    st.integers(-10**15, 10**15).map(lambda ticks: ZERO + ticks * TICK),
)
def test_a_campaign_moment_maps_to_the_first_real_one_that_is_not_early(speed, moment):
    mapping = Mapping(ZERO, LAUNCH, speed)
    real = mapping.real(moment)
    assert mapping.campaign(real) >= moment
    assert mapping.campaign(real - TICK) < moment


def test_a_hold_lasts_its_minutes_in_a_real_campaign():
    assert hold_length(10) == timedelta(minutes=10)
    assert hold_length(10, crowd=True) == timedelta(minutes=10)


def test_a_hold_in_a_rehearsal_is_the_longer_of_its_campaign_time_and_two_minutes():
    assert hold_length(10, 2000) == timedelta(minutes=2)
    assert hold_length(10, 5) == timedelta(minutes=2)
    assert hold_length(10, 4) == timedelta(minutes=2.5)
    assert hold_length(10, 2000, crowd=True) == timedelta(seconds=20)
    assert hold_length(10, 20, crowd=True) == timedelta(seconds=30)
    assert hold_length(10, 0) == timedelta(minutes=2)
