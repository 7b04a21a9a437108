"""Strangers who buy together get what each would have got alone, and who gets nothing leaves nothing behind."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func, select, true, update

from launchpad.database import db, writing
from launchpad.models import Allowance, Campaign, Consent, Hold, Order, Person, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, guests, people, stock
from launchpad.services.checks import stock as checks
from launchpad.services.guests import Held, Instead
from tests import races
from tests.services.test_stores import SHOP


@pytest.fixture
def lamp(given, watch):
    """The id of a launched campaign with ten units."""
    campaign = given.campaign("lamp", stock=10)
    watch.set(campaign.milestone("launch").due + timedelta(hours=1))
    return campaign.id


def wish(name, quantity=1, key="k", sku="OAK", **more):
    return guests.Wish(f"{name}@example.com", name.title(), sku, quantity, key, **more)


def together(campaign_id, *wishes):
    with writing() as session:
        return guests.hold_all(session.get(Campaign, campaign_id), list(wishes))


def alone(campaign_id, name, quantity=1, key="k", announce=False, touch=None):
    with writing() as session:
        campaign, person = session.get(Campaign, campaign_id), people.find_or_make(f"{name}@example.com", name.title())
        owner = buying.guest(person.email)
        return buying.buy(campaign, person, "OAK", quantity, key, owner, announce, touch=touch or {}).id


def counts():
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (Person, Order, Hold, Allowance, Consent))


def columns(order_id):
    """Everything of an order and what came with it, but what tells one order from another."""
    order = db.session.get(Order, order_id)
    own = {"id", "number", "person_id", "owner", "body", "order_id", "session_key", "email", "name", "created_at"}
    said = db.session.scalars(select(Consent).filter_by(person_id=order.person_id)).all()
    counted = db.session.get(Allowance, (order.campaign_id, order.person_id))
    rows = [order, order.hold, order.person, counted]
    return [{c.name: getattr(row, c.name) for c in row.__table__.columns if c.name not in own} for row in rows] + [
        (one.purpose, one.given, one.wording) for one in said
    ]


def test_each_gets_the_rows_that_they_would_have_got_alone(lamp):
    touch = {"ref": "x", "source": "news", "utm_medium": "mail"}
    ids = [alone(lamp, "ana", 2, "k", True, touch), alone(lamp, "ben")]
    held = together(lamp, wish("cy", 2, announce=True, touch=touch), wish("dora"))
    assert all(isinstance(one, Held) and "token=" in one.path for one in held)
    assert [columns(id) for id in ids] == [columns(one.id) for one in held]
    assert {db.session.get(Order, one.id).person.name for one in held} == {"Cy", "Dora"}
    assert checks.faults() == [] and db.session.scalar(select(Variant.taken)) == 6


def test_who_asked_first_is_served_first_and_who_gets_nothing_leaves_nothing_behind(lamp):
    together(lamp, *(wish(f"early{n}", 2) for n in range(4)))  # two are left
    before = counts()
    said = together(lamp, wish("ana"), wish("ben", 2), wish("cy"), wish("dora"), wish("eva", 2))
    assert [isinstance(one, Held) for one in said] == [True, False, True, False, False]
    assert counts() == (*(n + 2 for n in before[:4]), before[4])
    assert together(lamp, wish("ben", 2), wish("fay")) == [Instead.GONE, Instead.GONE]
    assert db.session.scalar(select(Variant.taken)) == 10 and checks.faults() == []


def test_what_is_odd_is_heard_alone_and_the_others_are_served(lamp, given):
    first = alone(lamp, "ana")
    given.person("old@example.com", merged_into=given.person("new@example.com").id)
    alone(lamp, "ben", 2)  # as many as one person may
    before = counts()
    odd = [wish("ana"), wish("old"), wish("ben", key="other"), wish("eva", 9), wish("fay", sku="NONE"), wish("gus", 0)]
    assert together(lamp, *odd) == [Instead.ALONE] * 6 and counts() == before
    said = together(lamp, wish("cy"), wish("ana"), wish("cy", key="again"), wish("dora"))
    assert [isinstance(one, Held) for one in said] == [True, False, False, True]
    assert counts()[1] == before[1] + 2 and checks.faults() == []
    assert db.session.get(Order, first).quantity == 1


@pytest.mark.parametrize("shut", ["early", "stopped", "a store of its own", "a queue"])
def test_a_door_that_is_shut_or_elsewhere_is_so_for_all_of_them(lamp, watch, shut):
    launch = db.session.get(Campaign, lamp).milestone("launch").due
    if shut == "early":
        watch.set(launch - timedelta(minutes=1))
    else:
        more = {"stopped": {"sales_stopped_at": launch}, "a store of its own": {"store": SHOP}}
        with writing() as session:
            session.execute(update(Campaign).values(more.get(shut, {"prequeue": {"on": True, "minutes": 15, "rate": 2}})))
    before = counts()
    assert together(lamp, wish("ana"), wish("ben")) == [Instead.ALONE] * 2 and counts() == before


def crowd(lamp):
    """Groups of six who buy together, and as many again who buy alone, for ten units: what each of them got."""
    groups = [lambda n=n: together(lamp, *(wish(f"g{n}p{p}") for p in range(6))) for n in range(6)]
    return [groups.pop() if n % 3 == 0 else lambda n=n: alone(lamp, f"a{n}") for n in range(18)]


def test_groups_and_single_buyers_at_once_take_what_there_is_and_not_one_more(app, lamp):
    said = races.at_once(app, crowd(lamp))
    faults = [one for one in said if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert faults == []
    held = sum(isinstance(one, Held) for group in said if isinstance(group, list) for one in group)
    single = sum(isinstance(one, int) for one in said)
    assert held + single == db.session.scalar(select(Variant.taken)) == 10
    assert checks.faults() == []


def test_without_the_condition_the_check_of_the_database_stops_the_same_race(app, lamp, monkeypatch):
    units, variant = bindparam("units"), bindparam("variant")
    taking = update(Variant.__table__).where(Variant.id == variant).values(taken=Variant.taken + units)
    monkeypatch.setattr(stock, "_TAKING", taking)
    monkeypatch.setattr(stock, "_below", lambda quantity, public: true())
    said = races.at_once(app, crowd(lamp))
    faults = Counter(type(one).__name__ for one in said if isinstance(one, Exception))
    assert faults["IntegrityError"] > 0, "the race is real"
    db.session.rollback()
    assert db.session.scalar(select(Variant.taken)) <= 10
