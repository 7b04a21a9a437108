"""Doctor's look at orders, on both sides of each opening."""

from datetime import timedelta

import pytest

from launchpad.database import writing
from launchpad.models import Order
from launchpad.services.checks import orders

SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign(given, watch):
    return given.campaign()


def test_at_the_launch_and_not_before(campaign, given):
    launch = campaign.milestone("launch").due
    given.order(campaign, given.person(), at=launch)
    assert orders.faults() == []
    early = given.order(campaign, given.person(), at=launch - SECOND)
    assert orders.faults() == [f"order {early.id} was made before it could be"]


def test_in_the_head_start_of_the_tier_with_a_place_from_before(campaign, given):
    opens = campaign.milestone("head_start_member").due
    mine, late, none = given.person(), given.person(), given.person()
    given.place(campaign, mine, at=opens - SECOND)
    given.place(campaign, late, at=opens)
    given.order(campaign, mine, at=opens, head_start=True)
    assert orders.faults() == []
    found = [given.order(campaign, one, at=opens + 5 * SECOND, head_start=True).id for one in (late, none)]
    assert [fault.split()[1] for fault in orders.faults()] == [str(id) for id in found]
    founder = given.person(tier="founder")
    given.place(campaign, founder, at=opens - timedelta(days=3))
    given.order(campaign, founder, at=campaign.milestone("head_start_founder").due, head_start=True)
    assert len(orders.faults()) == 2


def test_a_place_left_and_asked_for_anew_since_says_nothing(campaign, given):
    opens = campaign.milestone("head_start_member").due
    person = given.person()
    given.order(campaign, person, at=opens, head_start=True)
    given.place(campaign, person, at=opens + timedelta(hours=1))
    assert orders.faults() == []


def test_confirmed_at_no_moment(campaign, given):
    order = given.order(campaign, given.person())
    with writing() as session:
        session.get(Order, order.id).confirmed_at = None
    assert orders.faults() == [f"order {order.id} is confirmed, at no moment"]
