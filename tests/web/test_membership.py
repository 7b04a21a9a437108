"""Becoming a member through the pages."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Joining, Person
from launchpad.services import invites, membership, people
from launchpad.web import pace
from launchpad.web.limits import ACTOR, actor_signature


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(pace, "FLOOR", 0)


def newest() -> Joining:
    return db.session.scalar(select(Joining).order_by(Joining.id.desc()).limit(1))


def signed_in(someone) -> str | None:
    with someone.client.session_transaction() as session:
        return session.get("_user_id")


def test_from_form_to_member(given, visitor, watch):
    name = given.campaign("lamp").name
    someone = visitor()
    fields = {"email": "ada@example.com", "name": "Ada", "marketing": "1", "campaign": "lamp"}
    answer = someone.post("/membership", fields, seen="/membership?campaign=lamp")
    assert (answer.status_code, answer.location) == (303, "/membership/sent?campaign=lamp")
    assert name in someone.get(answer.location).get_data(as_text=True)
    address = f"/membership/confirm/{membership.token_of(newest())}"
    other = visitor()
    assert other.get(address).status_code == 200
    assert not people.find("ada@example.com").is_member and signed_in(other) is None, "a GET changes nothing"
    answer = other.post(address)
    assert (answer.status_code, answer.location) == (303, "/lamp/")
    assert people.find("ada@example.com").is_member and signed_in(other)
    assert visitor().get(address).status_code == 410
    assert visitor().post(address).status_code == 410


def test_known_and_unknown_addresses_get_the_same_answer(given, visitor, watch):
    given.person("ada@example.com", member=True)
    pages = []
    for email in ("ada@example.com", "bob@example.com"):
        someone = visitor()
        answer = someone.post("/membership", {"email": email})
        pages.append((answer.status_code, answer.location, sorted(answer.headers.keys())))
    assert pages[0] == pages[1]


def test_invited_members_need_their_code(given, visitor, watch):
    given.campaign("lamp", membership="invite")
    with writing():
        invites.make_invite("LAMP")
    someone = visitor()
    answer = someone.post("/membership", {"email": "ada@example.com", "campaign": "lamp"})
    assert answer.status_code == 422 and "invite code" in answer.get_data(as_text=True)
    assert (
        someone.post("/membership", {"email": "ada@example.com", "campaign": "lamp", "code": "lamp"}).status_code == 303
    )


def test_a_machine_that_fills_everything_is_told_the_same_and_makes_nobody(visitor, watch):
    answer = visitor().post("/membership", {"email": "ada@example.com", "website": "https://spam.example"})
    assert answer.status_code == 303
    assert people.find("ada@example.com") is None


def test_a_played_person_belongs_to_their_rehearsal(app, given, visitor, watch):
    real, rehearsed = given.campaign("real", membership="invite"), given.campaign("played", rehearsal=True)
    watch.step(days=1)
    for number, (id, expected) in enumerate([(rehearsed.id, rehearsed.id), (real.id, None)]):
        crowd = {ACTOR: actor_signature(app.config["SECRET_KEY"], f"{id}:{number}")}
        visitor().post("/membership", {"email": f"p{number}@example.com", "code": ""}, headers=crowd)
        person = db.session.scalar(select(Person).where(Person.email == f"p{number}@example.com"))
        assert (person.played_in if person else None) == expected


def test_a_member_is_told_that_they_are_one(given, visitor, watch):
    words = visitor(given.person(member=True)).get("/membership").get_data(as_text=True)
    assert "You are a member" in words and 'name="email"' not in words


@pytest.mark.parametrize("field", ["email", "name", "code", "marketing", "next", "campaign"])
@pytest.mark.parametrize("value", ["\0", "x" * 5000, "😀" * 300, ["a", "b"], "\ud800".encode("utf-8", "surrogatepass")])
def test_no_input_gives_a_500(visitor, watch, field, value):
    fields = {"email": "ada@example.com", "name": "Ada", field: value}
    assert visitor().post("/membership", fields).status_code < 500


@pytest.mark.parametrize(
    "path", ["/membership?campaign=%00", "/membership/confirm/%00", "/membership?code=%00&next=%00"]
)
def test_no_address_gives_a_500(visitor, watch, path):
    assert visitor().get(path).status_code < 500
