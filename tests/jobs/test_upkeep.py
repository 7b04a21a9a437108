"""What is done every so often."""

from datetime import timedelta

from sqlalchemy import select

from jobs import upkeep
from launchpad.database import db, writing
from launchpad.models import Letter, Order, SignIn, Variant
from launchpad.services import sign_in
from tests.make import NOON


def test_the_sweep_frees_the_units_of_a_hold_that_is_over_and_not_before(given, watch):
    campaign = given.campaign()
    order = given.order(campaign, given.person(), state="held", at=NOON)
    watch.set(NOON + timedelta(minutes=10) - timedelta(microseconds=1))
    upkeep.sweep()
    assert db.session.scalar(select(Variant.taken)) == 1
    db.session.rollback()
    watch.set(NOON + timedelta(minutes=10))
    upkeep.sweep()
    assert db.session.scalar(select(Variant.taken)) == 0
    assert db.session.get(Order, order.id).state == "ended"


def test_old_links_go_after_a_day_but_never_the_newest_id(given, watch):
    person = given.person(member=True)
    for _ in range(2):
        with writing():
            sign_in.ask(person.email)
    watch.step(days=1, minutes=15, microseconds=-1)
    upkeep.tidy()
    assert len(db.session.scalars(select(SignIn.id)).all()) == 2
    db.session.rollback()
    watch.step(microseconds=2)
    upkeep.tidy()
    assert db.session.scalars(select(SignIn.id)).all() == [2]


def test_a_link_asked_for_after_the_tidying_has_a_letter_of_its_own(given, watch):
    """A letter is written once for an id: so no id may come twice."""
    person = given.person(member=True)
    for _ in range(3):
        with writing():
            sign_in.ask(person.email)
        watch.step(days=2)
        upkeep.tidy()
    assert len(db.session.scalars(select(Letter.trigger).filter_by(kind="sign_in")).all()) == 3
