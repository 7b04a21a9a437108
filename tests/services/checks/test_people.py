"""Doctor's look at people: each fault is seen, and a site in order has none."""

from datetime import timedelta

import pytest

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Letter, Person, SignIn
from launchpad.services import sign_in
from launchpad.services.checks import people
from tests.make import NOON


@pytest.fixture
def person(given, watch):
    return given.person(member=True)


def letter(person, kind, **values):
    with writing() as session:
        row = Letter(kind=kind, trigger=f"{kind}:1", marketing=False, at=NOON, state="sent", person_id=person.id)
        for name, value in {"sent_at": NOON, "claimed_at": NOON, **values}.items():
            setattr(row, name, value)
        session.add(row)


def test_a_site_in_order(person):
    with writing():
        sign_in.link_for(db.session.get(Person, person.id))
    letter(person, "order")
    assert people.faults() == []


def test_signing_out_everywhere_is_no_fault(person, watch):
    from launchpad.services.people import sign_out_everywhere

    with writing():
        sign_in.link_for(db.session.get(Person, person.id))
    watch.step(days=3)
    with writing():
        sign_out_everywhere(db.session.get(Person, person.id))
    assert people.faults() == []


def test_a_token_that_is_no_hash(person):
    with writing() as session:
        session.add(SignIn(person_id=person.id, token_hash="plain", expires_at=clock.now()))
    assert len(people.faults()) == 1


def test_more_than_a_confirmation_to_an_unconfirmed_address(given, watch):
    stranger = given.person()
    letter(stranger, "confirm")
    assert people.faults() == []
    letter(stranger, "place")
    assert people.faults() == [f"person {stranger.id} has confirmed no address and got more than a confirmation"]


@pytest.mark.parametrize("after, faults", [(-1, 0), (10, 0), (60, 1)])
def test_a_letter_about_a_launch_after_unsubscribing(given, watch, after, faults):
    gone = given.person(member=True, unsubscribed_at=NOON)
    letter(gone, "recap", marketing=True, claimed_at=NOON + timedelta(seconds=after))
    assert len(people.faults()) == faults


def test_somebody_erased_who_still_has_a_name(given, watch):
    gone = given.person(email="erased-1", name="", erased_at=NOON)
    assert people.faults() == []
    with writing() as session:
        session.get(Person, gone.id).name = "Ana"
    assert len(people.faults()) == 1
