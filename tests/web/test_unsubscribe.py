"""One click out of the letters about launches."""

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Consent, Person
from launchpad.services import consents, unsubscribing


@pytest.fixture
def person(given, watch):
    row = given.person(member=True)
    with writing() as session:
        consents.agree_to_marketing(session.get(Person, row.id), "form")
    return row


def wants(id: int) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Person.id).where(Person.id == id, consents.wants_marketing())) is not None


def test_a_get_changes_nothing_and_a_bare_post_acts_once(app, person, visitor):
    id, address = person.id, f"/unsubscribe/{unsubscribing.token_of(person)}"
    assert visitor().get(address).status_code == 200
    assert wants(id)
    mail_program = app.test_client()
    for _ in range(2):
        answer = mail_program.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert not wants(id)
    assert db.session.scalar(select(func.count()).select_from(Consent).where(Consent.given.is_(False))) == 1


def test_agreeing_again_starts_them_again(person, visitor):
    id = person.id
    with writing() as session:
        assert unsubscribing.unsubscribe(session.get(Person, id))
    assert not wants(id)
    with writing() as session:
        assert consents.agree_to_marketing(session.get(Person, id), "profile")
    assert wants(id)


def test_somebody_who_never_agreed_can_say_no_as_well(given, watch):
    id = given.person().id
    with writing() as session:
        assert unsubscribing.unsubscribe(session.get(Person, id))
    assert db.session.get(Person, id).unsubscribed_at == watch.now


@pytest.mark.parametrize("token", ["x", "1.x", "1.", "99999999999999.x", "%00", "%F0%9F%98%80.a", "1." + "a" * 3000])
def test_a_made_up_token_is_unknown(person, visitor, token):
    someone = visitor()
    assert someone.get(f"/unsubscribe/{token}").status_code == 404
    assert someone.post(f"/unsubscribe/{token}").status_code == 404


def test_the_token_of_one_is_not_the_token_of_another(given, person, visitor, watch):
    other = given.person()
    mark = unsubscribing.token_of(person).partition(".")[2]
    assert unsubscribing.person_of(f"{other.id}.{mark}") is None
