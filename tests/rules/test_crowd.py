"""The crowd that is thought up: who there is, what they want, when."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from jobs import acts
from launchpad.rules import crowd, crowd_hours
from launchpad.rules.crowd import Ballot, Stage, cast

DAY = timedelta(days=1)
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
OPENS = {
    "preview": START, "waitlist": START + 4 * DAY, "head_start_founder": START + 9 * DAY,
    "head_start_member": START + 10 * DAY, "launch": START + 11 * DAY, "recap": START + 13 * DAY,
    "archive": START + 30 * DAY,
}  # fmt: skip
POLLS = (Ballot(7, "single", 3, 1, 1), Ballot(8, "multiple", 4, 1, 2), Ballot(9, "rating", 5, 1, 1))
STAGE = Stage("Europe/Lisbon", OPENS, POLLS, ("OAK", "ASH"), ("founder", "member"), (3, 4), 2)


def acts_of(actors):
    return [act for actor in actors for act in actor.acts]


def test_the_same_seed_is_the_same_crowd_and_another_is_not():
    assert cast(5, 60, STAGE) == cast(5, 60, STAGE)
    assert cast(5, 60, STAGE) != cast(6, 60, STAGE)


def test_an_actor_does_not_depend_on_how_many_others_there_are():
    assert cast(5, 200, STAGE)[:31] == cast(5, 30, STAGE)


def test_nobody_is_nobody_not_even_a_host():
    assert cast(5, 0, STAGE) == []


def test_a_moved_timetable_moves_the_acts_and_keeps_their_keys():
    later = {name: at + 3 * DAY if name != "preview" else at for name, at in OPENS.items()}
    moved = Stage("Europe/Lisbon", later, POLLS, ("OAK", "ASH"), ("founder", "member"), (3, 4), 2)
    before, after = cast(5, 60, STAGE), cast(5, 60, moved)
    assert {act.key for act in acts_of(before)} == {act.key for act in acts_of(after)}
    assert {a.key: a.what for a in acts_of(before)} == {a.key: a.what for a in acts_of(after)}
    assert before != after


def test_keys_are_unique_and_short_enough_for_every_form():
    keys = [act.key for act in acts_of(cast(5, 500, STAGE))]
    assert len(keys) == len(set(keys)) and max(map(len, keys)) <= 64


def test_every_act_can_be_played_and_every_kind_is_in_a_crowd():
    kinds = {act.kind for act in acts_of(cast(1, 200, STAGE))}
    assert kinds == acts.KINDS


def test_a_crowd_of_twelve_has_everyone_in_it():
    found = Counter(actor.persona for actor in cast(1, 12, STAGE))
    assert set(found) == {*crowd.PERSONAS, "host"}
    assert {actor.tier for actor in cast(1, 12, STAGE)} == {"founder", "member"}


@pytest.mark.parametrize("seed", range(5))
def test_acts_lie_between_the_day_before_and_the_archive_and_in_order(seed):
    for actor in cast(seed, 100, STAGE):
        moments = [act.at for act in actor.acts]
        assert moments == sorted(moments)
        assert all(START - timedelta(hours=1) < at < OPENS["archive"] for at in moments)


def test_some_try_too_early_some_twice_some_never_pay_some_never_confirm_some_do_not_agree():
    actors = cast(2, 400, STAGE)
    every = acts_of(actors)
    assert any(a.kind == "buy" and a.at < OPENS["head_start_founder"] for a in every)
    assert any(a.kind == "guest" and a.at < OPENS["launch"] for a in every)
    assert any(a.what.get("twice") for a in every) and any(a.what.get("pays") is False for a in every)
    assert any(a.kind == "story" and not a.what["agrees"] for a in every)
    waiters = [actor for actor in actors if actor.persona == "waiter"]
    confirming = [actor for actor in waiters if any(a.kind == "confirm" for a in actor.acts)]
    assert len(waiters) / 2 < len(confirming) < len(waiters)


def test_what_is_left_begins_with_the_moment_that_was_reached():
    actors = cast(2, 50, STAGE)
    left = acts_of(crowd.remaining(actors, OPENS["launch"]))
    assert left and min(act.at for act in left) >= OPENS["launch"]
    assert crowd.remaining(actors, None) == actors


def test_most_come_soon_after_an_opening_and_few_at_night():
    random, end = Random(1), START + 10 * DAY
    found = [crowd_hours.burst(random, START, end, 0.2, "Europe/Lisbon") for _ in range(3000)]
    assert all(START <= at < end for at in found)
    assert sum(at < START + 2 * DAY for at in found) > 2 * sum(START + 4 * DAY <= at < START + 6 * DAY for at in found)
    asleep = sum(at.astimezone(ZoneInfo("Europe/Lisbon")).hour in crowd_hours.NIGHT for at in found)
    assert 0 < asleep < 3000 * 7 / 24 / 2


def test_a_burst_without_room_is_at_its_opening():
    at = crowd_hours.burst(Random(1), START, START, 0.2, "Europe/Lisbon")
    assert at - START < timedelta(milliseconds=1)
