"""My own page."""

import json

import pytest
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Consent, Person
from launchpad.services import consents


def wants(id: int) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Person.id).where(Person.id == id, consents.wants_marketing())) is not None


@pytest.mark.parametrize("path", ["/me", "/me/export.json", "/me/erase"])
def test_strangers_are_asked_to_sign_in(visitor, watch, path):
    answer = visitor().get(path)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/me")


def test_whoever_signed_in_has_a_page_member_or_not(given, visitor, watch):
    for values in ({}, {"member": True}, {"role": "owner"}):
        person = given.person(**values)
        email = person.email
        answer = visitor(person).get("/me")
        assert answer.status_code == 200 and email in answer.get_data(as_text=True)
        assert "no-store" in answer.headers["Cache-Control"]


def test_it_lists_what_i_did(given, visitor, watch):
    campaign, person = given.campaign("lamp", name="Aurora Lamp"), given.person(member=True)
    given.place(campaign, person)
    number = given.order(campaign, person).number
    words = visitor(person).get("/me").get_data(as_text=True)
    assert "Aurora Lamp" in words and number in words and "/lamp/place" in words


def test_letters_are_switched_on_and_off(given, visitor, watch):
    person = given.person(member=True)
    id, someone = person.id, visitor(person)
    for fields, expected in (({"marketing": "1"}, True), ({}, False), ({"marketing": "1"}, True)):
        assert someone.post("/me/letters", fields, seen="/me").status_code == 303
        assert wants(id) is expected
    assert [row.given for row in db.session.scalars(select(Consent).order_by(Consent.id))] == [True, False, True]


def test_the_name_is_mine_to_change(given, visitor, watch):
    person = given.person(member=True)
    id, someone = person.id, visitor(person)
    assert someone.post("/me", {"name": "  Ada   L. "}, seen="/me").status_code == 303
    assert db.session.get(Person, id).name == "Ada L."
    assert someone.post("/me", {"name": "x" * 61}, seen="/me").status_code == 422


def test_the_copy_is_json_and_private(given, visitor, watch):
    answer = visitor(given.person("ada@example.com", member=True)).get("/me/export.json")
    assert json.loads(answer.data)["person"]["email"] == "ada@example.com"
    assert "no-store" in answer.headers["Cache-Control"]


def test_erasing_needs_the_box_and_ends_the_session(given, visitor, watch):
    person = given.person("ada@example.com", member=True)
    id, someone = person.id, visitor(person)
    assert someone.post("/me/erase", {}, seen="/me/erase").status_code == 422
    assert db.session.get(Person, id).erased_at is None
    answer = someone.post("/me/erase", {"sure": "1"})
    assert (answer.status_code, answer.location) == (303, "/me/erased")
    db.session.rollback()
    assert db.session.get(Person, id).email == f"erased-{id}"
    assert someone.get("/me/erased").status_code == 200
    assert someone.get("/me").status_code == 303


def test_signing_out_everywhere_ends_all_browsers(given, visitor, watch):
    person = given.person(member=True)
    first, second = visitor(person), visitor(person)
    assert first.post("/me/sign-out-everywhere", seen="/me").status_code == 303
    assert second.get("/me").status_code == 303


@pytest.mark.parametrize("value", ["\0", "x" * 5000, "😀" * 300, ["a", "b"]])
def test_no_input_gives_a_500(given, visitor, watch, value):
    someone = visitor(given.person(member=True))
    assert someone.post("/me", {"name": value}, seen="/me").status_code < 500
    assert someone.post("/me/letters", {"marketing": value}, seen="/me").status_code < 500
