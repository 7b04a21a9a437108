"""Polls: open, counted, shown."""

import pytest

from launchpad.rules.polls import check_choices, is_open, may_see_results
from launchpad.rules.refusals import Refusal
from tests.rules.timetables import LAUNCH, TICK, ZERO


def test_a_poll_is_open_from_its_opening_until_before_its_closing():
    assert not is_open(ZERO - TICK, ZERO, LAUNCH)
    assert is_open(ZERO, ZERO, LAUNCH)
    assert is_open(LAUNCH - TICK, ZERO, LAUNCH)
    assert not is_open(LAUNCH, ZERO, LAUNCH)


def test_a_poll_without_a_closing_is_open_until_the_team_ends_it():
    assert is_open(LAUNCH, ZERO, None)
    assert not is_open(LAUNCH, ZERO, None, ended_at=LAUNCH)
    assert not is_open(LAUNCH, None, None)


@pytest.mark.parametrize(
    ("results", "seen"),  # before a vote, after it, closed without, closed after
    [("always", "1111"), ("after_vote", "0111"), ("on_close", "0011"), ("team", "0000")],
)
def test_results_are_seen_by_their_rule(results, seen):
    cases = [(False, False), (True, False), (False, True), (True, True)]
    assert "".join(str(int(may_see_results(results, voted, closed))) for voted, closed in cases) == seen
    assert all(may_see_results(results, voted, closed, team=True) for voted, closed in cases)


def refused(*args) -> str:
    with pytest.raises(Refusal) as caught:
        check_choices(*args)
    assert caught.value.field == "choice"
    return caught.value.reason


def test_a_single_vote_is_one_choice():
    assert check_choices("single", [2], [1, 2, 3]) == [2]
    assert check_choices("single", [2, 2], [1, 2, 3]) == [2]
    assert refused("single", [], [1, 2]) == "choices"
    assert refused("single", [1, 2], [1, 2]) == "choices"
    assert refused("single", [9], [1, 2]) == "unknown_choice"


def test_a_multiple_vote_keeps_its_bounds():
    options = [1, 2, 3, 4]
    assert refused("multiple", [1], options, 2, 3) == "choices"
    assert check_choices("multiple", [3, 1], options, 2, 3) == [3, 1]
    assert check_choices("multiple", [3, 1, 2], options, 2, 3) == [3, 1, 2]
    assert refused("multiple", options, options, 2, 3) == "choices"
    assert check_choices("multiple", options, options) == options
    assert refused("multiple", [], options, 0, 3) == "choices"


def test_a_rating_is_one_number_from_one_to_five():
    assert check_choices("rating", [5], []) == [5]
    assert check_choices("rating", [1], []) == [1]
    assert refused("rating", [0], []) == "unknown_choice"
    assert refused("rating", [6], []) == "unknown_choice"
