"""A friend who buys is credited through whichever channel, with a place or without, and no longer once it went back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Person, Place, Referral
from launchpad.services import brought_buyers, buying, joining, people, referrals, refunds, sharing, waitlist
from tests.services.test_referring import points
from tests.services.test_stores import SHOP, tell
from tests.store_payloads import shopify, shopify_refund

REWARDS = {"rewards": [{"at": 1, "gives": "A sticker set"}], "leaderboard": True}


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", rule="points", referrals=REWARDS)
    watch.set(campaign.milestone("launch").due + timedelta(hours=1))
    return campaign


@pytest.fixture
def ana(given, lamp):
    person = given.person("ana@post.lamp", member=True, name="Ana")
    given.place(lamp, person)
    return person


def row() -> Referral:
    db.session.expire_all()
    return db.session.scalars(select(Referral)).one()


def settle() -> int:
    with writing():
        return brought_buyers.settle()


def buy(lamp, ref, email="ben@post.lamp", key="k") -> Order:
    with writing() as session:
        campaign, ben = session.get(Campaign, lamp.id), people.find_or_make(email)
        order = buying.buy(campaign, ben, "OAK", 1, key, buying.guest(email), ref=ref)
        return buying.pay(order)


def test_a_friend_who_never_stood_in_line_counts_by_their_order_and_no_longer_when_it_goes_back(lamp, ana):
    order = buy(lamp, referrals.code_of(ana))
    assert order.source == "referred"
    assert settle() > 0 and settle() == 0, "once"
    assert row().state == "counted" and points(lamp, ana) == 15
    assert sharing.of(lamp, ana).bought == 1
    with writing():
        refunds.take_back(db.session.merge(order))
    assert settle() > 0 and settle() == 0
    assert row().state == "reversed" and points(lamp, ana) == 0
    buy(lamp, referrals.code_of(ana), key="again")
    settle()
    assert row().state == "counted" and points(lamp, ana) == 15


def test_nobody_brings_themselves_nor_whoever_came_without_a_link(lamp, ana):
    buy(lamp, referrals.code_of(ana), "ana@post.lamp")
    buy(lamp, "", "cy@post.lamp")
    assert settle() == 0
    assert db.session.scalars(select(Referral)).all() == []


def test_a_friend_who_buys_in_the_store_is_credited_and_what_the_store_pays_back_takes_it_back(given, watch):
    campaign = given.campaign("lamp", rule="points", referrals=REWARDS, store=SHOP)
    ana = given.person("ana@post.lamp", member=True)
    given.place(campaign, ana)
    watch.set(campaign.milestone("waitlist").due)
    with writing():
        joined = joining.join(campaign, "ben@post.lamp", ref=referrals.code_of(ana))
    with writing():
        waitlist.confirm(db.session.get(Place, joined.id))
    launch = campaign.milestone("launch").due
    watch.set(launch + timedelta(hours=1))
    order = shopify(1001, launch + timedelta(minutes=5), 1, email="ben@post.lamp")
    tell("shopify", "orders/paid", order)
    assert db.session.scalar(select(Person.email).join(Order, Order.person_id == Person.id)) == "ben@post.lamp"
    settle()
    assert row().bought_at is not None and points(campaign, ana) == 15
    tell("shopify", "refunds/create", shopify_refund(order, 5, 1))
    settle()
    assert row().bought_at is None and points(campaign, ana) == 5, "they still stand in line"
