"""Where an order comes from."""

from datetime import timedelta

from launchpad.rules.attribution import source
from tests.rules.timetables import LAUNCH, TICK, ZERO


def test_a_member_before_the_preview_is_a_member():
    assert source(ZERO - TICK, ZERO) == "member"
    assert source(ZERO, ZERO) == "joined"
    assert source(ZERO, None) == "member"


def test_who_joined_during_the_campaign_joined_though_somebody_referred_them():
    assert source(ZERO + TICK, ZERO, referred_by=7) == "joined"
    assert source(None, ZERO, joined_at=LAUNCH, referred_by=7) == "joined"


def test_a_member_who_also_joined_the_waitlist_stays_a_member():
    assert source(ZERO - TICK, ZERO, joined_at=LAUNCH) == "member"


def test_what_comes_after_the_order_changes_nothing():
    assert source(LAUNCH, ZERO, ordered_at=LAUNCH) == "joined"
    assert source(LAUNCH + TICK, ZERO, ordered_at=LAUNCH) == "cold"
    assert source(LAUNCH + TICK, ZERO, referred_by=7, ordered_at=LAUNCH) == "referred"
    assert source(LAUNCH, LAUNCH + timedelta(days=9), ordered_at=LAUNCH - TICK) == "cold"


def test_referred_and_cold():
    assert source(None, ZERO, referred_by=7) == "referred"
    assert source(None, ZERO) == "cold"
