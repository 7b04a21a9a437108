"""Lines about purchases: one each while they are few, one for all that come fast; and the quarters of a goal."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs import upkeep
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Order, Person, Place, PurchaseLine
from launchpad.rules.purchases import shared
from launchpad.services import erasure, sale_lines
from tests.races import at_once


@pytest.fixture
def campaign(given, watch):
    campaign = given.campaign("lamp", stock=100)
    watch.set(campaign.milestone("launch").due)
    return campaign.id


@pytest.fixture
def buys(given, campaign, watch):
    """Somebody buys and agreed to say so; the clock goes on by so many seconds first."""

    def buy(name: str, after: int = 1) -> int:
        watch.step(seconds=after)
        order = given.order(db.session.get_one(Campaign, campaign), given.person(name=name))
        with writing() as session:
            sale_lines.announce(session.get_one(Campaign, campaign), session.get_one(Order, order.id))
        return order.id

    return buy


def lines(state: str = "shown") -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Entry.text).filter_by(kind="purchase", state=state).order_by(Entry.id)))


def test_more_than_three_a_minute_share_one_line_that_is_reworded_and_not_added(campaign, buys):
    for name in ("Ana", "Ben", "Cleo", "Dora"):
        buys(name)
    assert len(lines()) == 4 and lines()[3].startswith("Dora joined with")
    for name in ("Eve", "Finn"):
        buys(name, after=2)
    assert len(lines()) == 4 and lines()[3].startswith("Dora joined with")  # at most a change every few seconds
    upkeep.sweep()
    assert lines()[3] == "3 people joined within a minute, among them Finn and Eve"
    buys("Gil", after=5)
    assert len(lines()) == 4 and lines()[3] == "4 people joined within a minute, among them Gil and Finn"
    upkeep.sweep()
    told = select(func.count()).select_from(Event).where(Event.kind == "edit")
    assert db.session.scalar(told) == 2  # not one for each, and none for nothing
    buys("Hana", after=120)  # it is quiet again
    assert lines()[4].startswith("Hana joined with")


@pytest.mark.parametrize("guarded", [True, False])
def test_five_who_buy_in_one_second_are_each_in_one_line(app, database, given, campaign, monkeypatch, guarded):
    """The negative control: without the lock each of them sees a quiet thread, and there are five lines."""
    if not guarded and database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    here = db.session.get_one(Campaign, campaign)
    orders = [given.order(here, given.person(name=f"Buyer {n}")).id for n in range(5)]
    if not guarded:
        meet = threading.Barrier(5)
        monkeypatch.setattr(sale_lines, "lock", lambda _: None)
        many = sale_lines._many
        monkeypatch.setattr(sale_lines, "_many", lambda campaign: (many(campaign), meet.wait(20))[0])

    def announce(id: int) -> None:
        with writing() as session:
            sale_lines.announce(session.get_one(Campaign, campaign), session.get_one(Order, id))

    assert at_once(app, [lambda id=id: announce(id) for id in orders]) == [None] * 5
    upkeep.sweep()
    told = [text for text in lines() if text.startswith("2 people joined within a minute")]
    assert (len(lines()), len(told)) == ((4, 1) if guarded else (5, 0))
    assert sorted(db.session.scalars(select(PurchaseLine.order_id).filter_by(told=True))) == orders


def test_an_order_given_back_and_a_person_erased_leave_a_shared_line(campaign, buys):
    orders = {name: buys(name) for name in ("Ana", "Ben", "Cleo", "Dora", "Eve", "Finn")}
    upkeep.sweep()
    with writing() as session:
        erasure.erase(session.get_one(Person, session.get_one(Order, orders["Finn"]).person_id))
    assert lines()[3] == "3 people joined within a minute, among them Eve and Dora"
    with writing() as session:
        sale_lines.unsay(session.get_one(Campaign, campaign), session.get_one(Order, orders["Eve"]))
        sale_lines.unsay(session.get_one(Campaign, campaign), session.get_one(Order, orders["Ana"]))
    assert lines()[2] == "2 people joined within a minute, among them Dora" and lines("hidden") == [""]
    with writing() as session:
        for name in ("Dora", "Finn"):
            sale_lines.unsay(session.get_one(Campaign, campaign), session.get_one(Order, orders[name]))
    assert len(lines()) == 2 and lines("hidden") == ["", ""]


def test_each_quarter_of_the_goal_is_said_once_and_never_a_lower_one_after_it(given, campaign, watch):
    here = db.session.get_one(Campaign, campaign)
    people = [given.person(name=f"P{n}") for n in range(8)]
    for person in people:
        given.place(here, person)
    with writing() as session:
        session.get_one(Campaign, campaign).target = {"measure": "waitlist_to_buyer", "measure_goal": 0.5}
        assert session.scalar(select(func.count()).select_from(Place).where(Place.confirmed_at.is_not(None))) == 8
    said = select(Entry.text).where(Entry.fact.startswith("goal_")).order_by(Entry.id)
    for number, expected in ((0, 1), (1, 2), (2, 3), (3, 4), (4, 4)):
        given.order(db.session.get_one(Campaign, campaign), db.session.get_one(Person, people[number].id))
        upkeep.sweep()
        upkeep.sweep()
        db.session.rollback()
        assert len(db.session.scalars(said).all()) == expected
    assert db.session.scalars(said).all()[1] == "Half of our goal: 2 of the 8 people who waited have bought."
    assert db.session.scalars(said).all()[3].startswith("Our goal is reached: 4 of the 8")


def test_the_words_of_a_shared_line_say_how_long_it_took():
    assert shared(1200, [], timedelta(minutes=3, seconds=1)) == "1,200 people joined within 4 minutes"
