"""The gate of buying, on both sides of each boundary."""

from datetime import timedelta

import pytest

from launchpad.rules.head_start import is_public, may_buy, refusal
from launchpad.rules.refusals import Refusal
from tests.rules.timetables import LAUNCH, TICK

OPENS = LAUNCH - timedelta(hours=24)
EARLY = OPENS - timedelta(days=3)


def why(now, opens=OPENS, launch=LAUNCH, submitted=EARLY, confirmed=EARLY, left=10, **more) -> str | None:
    no = refusal(now, opens, launch, submitted, confirmed, left, **more)
    return no and no.reason


def test_nobody_buys_before_their_tier_opens():
    assert why(OPENS - TICK) == "not_open"
    assert why(OPENS) is None


def test_a_head_start_that_never_opens_lets_nobody_in():
    assert why(LAUNCH - TICK, opens=None) == "not_open"
    assert why(LAUNCH, opens=None) is None


def test_the_place_was_submitted_before_the_tier_opened():
    assert why(OPENS, submitted=OPENS - TICK, confirmed=OPENS) is None
    assert why(OPENS + TICK, submitted=OPENS, confirmed=OPENS) == "too_late"
    assert why(OPENS, submitted=None, confirmed=None) == "no_place"


def test_the_place_is_confirmed_by_the_time_of_buying():
    late = OPENS + timedelta(hours=5)
    assert why(late, confirmed=late) is None
    assert why(late, confirmed=late + TICK) == "unconfirmed"
    assert why(late, confirmed=None) == "unconfirmed"


def test_anyone_buys_from_the_launch_on():
    assert why(LAUNCH - TICK, submitted=None) == "no_place"
    assert why(LAUNCH, submitted=None, confirmed=None) is None
    assert not is_public(LAUNCH, None) and not is_public(LAUNCH - TICK, LAUNCH) and is_public(LAUNCH, LAUNCH)


def test_a_launch_that_waits_is_not_public():
    assert why(LAUNCH, launch=None, submitted=None) == "no_place"


def test_the_sale_ends_with_the_archive():
    end = LAUNCH + timedelta(days=19)
    assert why(end - TICK, archive_opening=end) is None
    assert why(end, archive_opening=end) == "ended"


def test_stopped_sales_are_stopped_for_all():
    assert why(LAUNCH, stopped=True) == "stopped"
    assert why(OPENS, stopped=True) == "stopped"


def test_the_last_unit_is_sold_once():
    assert why(LAUNCH, left=1) is None
    assert why(LAUNCH, left=0) == "sold_out"
    assert why(LAUNCH, left=2, quantity=2) is None
    assert why(LAUNCH, left=2, quantity=3) == "sold_out"


def test_the_limit_per_person():
    assert why(LAUNCH, allowance=2, quantity=2) is None
    assert why(LAUNCH, allowance=2, quantity=3) == "limit"
    assert why(LAUNCH, allowance=0) == "limit"
    messages = [refusal(LAUNCH, OPENS, LAUNCH, None, None, 9, quantity=3, allowance=n).message for n in (0, 1)]
    assert messages == ["You have reached the limit per person.", "You may take 1 more at most."]


def test_with_passes_a_live_pass_is_needed_instead_of_a_place():
    live = dict(access="passes", pass_from=OPENS, pass_until=OPENS + timedelta(hours=20))
    assert why(OPENS, submitted=None, **live) is None
    assert why(OPENS + timedelta(hours=20) - TICK, **live) is None
    assert why(OPENS + timedelta(hours=20), **live) == "pass_ended"
    assert why(OPENS, access="passes") == "no_pass"
    assert why(OPENS, **{**live, "pass_from": OPENS + TICK}) == "no_pass"
    assert why(LAUNCH, **live) is None


def test_may_buy_raises_what_refusal_tells():
    assert may_buy(OPENS, OPENS, LAUNCH, EARLY, EARLY, 1) is None
    with pytest.raises(Refusal) as caught:
        may_buy(OPENS + TICK, OPENS, LAUNCH, OPENS, OPENS, 1)
    assert caught.value.message == "The head start has begun; we will write when doors open."
    assert caught.value.status == 422
