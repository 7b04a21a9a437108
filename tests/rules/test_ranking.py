"""The order of the line."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from launchpad.rules.ranking import line, position
from tests.rules.timetables import TICK, ZERO


@dataclass
class Place:
    id: int
    submitted_at: datetime = ZERO
    confirmed_at: datetime | None = ZERO
    left_at: datetime | None = None
    points: int = 0


def ids(*args, **more):
    return [p.id for p in line(*args, **more)]


def test_first_come_is_by_the_first_submit_and_then_by_id():
    late, early, same = Place(1, ZERO + TICK), Place(2), Place(3)
    assert ids([late, same, early]) == [2, 3, 1]


def test_who_confirms_late_does_not_fall_behind():
    slow, quick = Place(1, confirmed_at=ZERO + 9 * TICK), Place(2, ZERO + TICK, confirmed_at=ZERO + 2 * TICK)
    assert ids([quick, slow]) == [1, 2]


def test_only_confirmed_places_that_stayed_are_in_line():
    unconfirmed, gone, here = Place(1, confirmed_at=None), Place(2, left_at=ZERO), Place(3)
    places = [unconfirmed, gone, here]
    assert ids(places) == [3]
    assert position(here, places) == 1
    assert position(gone, places) is None


def test_points_come_first_and_a_tie_is_first_come():
    assert ids([Place(1), Place(2, points=5), Place(3, points=5)], rule="points") == [2, 3, 1]


def test_a_draw_is_fixed_by_its_seed_and_not_by_time():
    places = [Place(n) for n in range(30)]
    assert ids(places, rule="draw", seed="a") == ids(places[::-1], rule="draw", seed="a")
    assert ids(places, rule="draw", seed="a") != ids(places, rule="draw", seed="b")
    assert sorted(ids(places, rule="draw", seed="a")) == list(range(30))


def test_an_unknown_rule_is_a_mistake_of_ours():
    with pytest.raises(ValueError):
        line([Place(1)], rule="luck")
