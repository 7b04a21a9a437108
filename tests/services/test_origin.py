"""Where an order comes from, frozen on it."""

from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign, Place
from launchpad.services import buying, origin, referrals


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due)
    return campaign


def source(campaign, person, place=None, ref=""):
    return origin.of_order(campaign, person, place, ref, campaign.moment)


def test_a_member_from_before_the_preview_and_one_from_its_very_moment(lamp, given):
    preview = lamp.milestone("preview").due
    before = given.person(member_at=preview - timedelta(microseconds=1), confirmed_at=preview)
    at = given.person(member_at=preview, confirmed_at=preview)
    assert (source(lamp, before), source(lamp, at)) == ("member", "joined")


def test_a_confirmed_place_is_joining_and_a_held_one_is_not(lamp, given):
    ana, ben = given.person(), given.person()
    assert source(lamp, ana, given.place(lamp, ana)) == "joined"
    assert source(lamp, ben, given.place(lamp, ben, confirmed=False)) == "cold"


def test_a_members_link_and_a_strangers(lamp, given):
    member, stranger, buyer = given.person(member=True), given.person(), given.person()
    assert source(lamp, buyer, ref=referrals.code_of(member)) == "referred"
    assert source(lamp, buyer, ref=referrals.code_of(stranger)) == "cold"
    assert source(lamp, stranger, ref=referrals.code_of(stranger)) == "cold"
    assert source(lamp, buyer) == "cold"


def test_in_a_rehearsal_whoever_did_not_join_in_it_had_been_a_member_before(given, watch):
    campaign = given.campaign("play", rehearsal=True)
    with writing():
        campaign.rehearsal.campaign_0 = campaign.milestone("launch").due
    real = given.person(member_at=watch.now + timedelta(days=400), confirmed_at=watch.now)
    joined = given.person(member_at=campaign.milestone("waitlist").due, confirmed_at=watch.now, joined_in=campaign.id)
    assert (source(campaign, real), source(campaign, joined)) == ("member", "joined")


def test_what_is_done_later_changes_no_order_of_the_past(lamp, given, watch):
    ana = given.person()
    with writing():
        order = buying.buy(lamp, ana, "OAK", 1, "k", buying.guest(ana.email))
    assert order.source == "cold"
    with writing() as session:
        place = Place(
            campaign_id=lamp.id, person_id=ana.id, submitted_at=watch.now, asked_at=watch.now, confirmed_at=watch.now
        )
        session.add(place)
    with writing():
        again = buying.buy(db.session.get(Campaign, lamp.id), ana, "OAK", 1, "k2", buying.guest(ana.email))
    assert (order.source, again.source) == ("cold", "joined")
