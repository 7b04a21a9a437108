"""Becoming a member through the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from launchpad.database import db, writing
from launchpad.models import Joining, Letter, Person, Staff
from launchpad.services import invites, membership, membership_requests, people
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


@pytest.mark.parametrize("field", ["email", "name", "code", "about", "marketing", "next", "campaign"])
@pytest.mark.parametrize("value", ["\0", "x" * 5000, "😀" * 300, ["a", "b"], "\ud800".encode("utf-8", "surrogatepass")])
def test_no_input_gives_a_500(visitor, watch, field, value):
    fields = {"email": "ada@example.com", "name": "Ada", field: value}
    assert visitor().post("/membership", fields).status_code < 500


@pytest.mark.parametrize(
    "path", ["/membership?campaign=%00", "/membership/confirm/%00", "/membership?code=%00&next=%00"]
)
def test_no_address_gives_a_500(visitor, watch, path):
    assert visitor().get(path).status_code < 500


def test_where_the_team_looks_at_each_request_it_is_said_first_and_where_it_stands_after(given, visitor, watch):
    given.campaign("lamp", membership="request")
    words = visitor().get("/membership?campaign=lamp").get_data(as_text=True)
    assert "The team looks at each request" in words and 'name="about"' in words
    someone = visitor()
    fields = {"email": "ada@example.com", "name": "Ada", "campaign": "lamp", "about": "I light rooms."}
    answer = someone.post("/membership", fields, seen="/membership?campaign=lamp")
    assert "the team gets your request" in someone.get(answer.location).get_data(as_text=True)
    address = f"/membership/confirm/{membership.token_of(newest())}"
    someone = visitor()
    assert "hands your request to the team" in someone.get(address).get_data(as_text=True)
    answer = someone.post(address)
    assert (answer.status_code, answer.location) == (303, "/membership?campaign=lamp")
    given.campaign("coming", preview=watch.now + timedelta(days=9))
    for path in (answer.location, "/me", "/lamp/", "/lamp/ideas", "/coming/"):
        assert "The team looks at your request" in someone.get(path).get_data(as_text=True)
    assert "I light rooms." in someone.get("/membership").get_data(as_text=True)
    assert 'name="email"' in someone.get("/membership?invited=1").get_data(as_text=True), "a code is a door still"
    with writing():
        membership_requests.decide("declined", [newest().id], None, "No room")
    assert "looks at your request" in someone.get("/membership").get_data(as_text=True), "it may be taken back yet"
    watch.step(minutes=10)
    words = someone.get("/membership").get_data(as_text=True)
    assert "did not take you in" in words and "No room" in words and 'name="email"' in words


def test_a_line_of_more_than_500_characters_is_refused_with_the_form(given, visitor, watch):
    given.campaign(membership="request")
    answer = visitor().post("/membership", {"email": "ada@example.com", "about": "x" * 501})
    assert answer.status_code == 422 and "At most 500 characters" in answer.get_data(as_text=True)
    assert visitor().post("/membership", {"email": "ada@example.com", "about": "x\r\n" * 250}).status_code == 303
    assert len(newest().about) == 499, "a new line counts once"


def requests_of(*emails: str) -> list[int]:
    ids = []
    for email in emails:
        with writing():
            membership.ask(email, about=f"I am {email}")
        with writing():
            ids.append(membership.confirm(membership.token_of(newest())).id)
    return ids


def test_the_team_lets_in_declines_and_takes_back(given, visitor, watch):
    given.campaign("lamp", membership="request")
    ada, ben, cleo = requests_of("ada@example.com", "ben@example.com", "cleo@example.com")
    team = visitor(given.person(role="editor"))
    words = team.get("/team/members").get_data(as_text=True)
    assert words.index("I am ada@") < words.index("I am ben@") < words.index("I am cleo@")
    answer = team.post("/team/members", {"verb": "decline", "request": str(ben), "reason": "No room"})
    assert (answer.status_code, answer.location) == (303, "/team/members?state=declined")
    words = team.get(answer.location).get_data(as_text=True)
    assert "ben@example.com" in words and "No room" in words and f"/team/members/{ben}/undo" in words
    assert team.post(f"/team/members/{ben}/undo", seen=answer.location).status_code == 303
    assert team.post("/team/members", {"verb": "admit", "all": "1"}).status_code == 303
    members = [people.find(f"{name}@example.com").is_member for name in ("ada", "ben", "cleo")]
    assert members == [True] * 3
    assert "Nobody waits" in team.get("/team/members").get_data(as_text=True)
    answer = team.post("/team/members", {"verb": "decline", "request": str(ada)})
    assert answer.status_code == 422 and people.find("ada@example.com").is_member
    watch.step(minutes=10)
    with writing():
        db.session.execute(update(Letter).values(state="sent"))
    answer = team.post(f"/team/members/{ada}/undo")
    assert answer.status_code == 422 and people.find("ada@example.com").is_member


@pytest.mark.parametrize("role, status", [(None, 403), ("analyst", 403), ("moderator", 403), ("editor", 200)])
def test_who_may_let_members_in(given, visitor, watch, role, status):
    given.campaign(membership="request")
    requests_of("ada@example.com")
    someone = visitor(given.person(role=role, member=True))
    assert someone.get("/team/members").status_code == status
    if status == 403:
        answer = someone.post("/team/members", {"verb": "admit", "all": "1"}, seen="/me")
        assert answer.status_code == 403 and not people.find("ada@example.com").is_member


def test_a_key_to_one_campaign_lets_nobody_into_the_site(given, visitor, watch):
    campaign = given.campaign("lamp", membership="request")
    editor = given.person(member=True)
    with writing():
        db.session.add(Staff(person_id=editor.id, campaign_id=campaign.id, role="editor"))
        membership.ask("ada@example.com", campaign=campaign)
    with writing():
        membership.confirm(membership.token_of(newest()))
    someone = visitor(editor)
    assert someone.get("/team/members").status_code == 403
    words = someone.get("/team/lamp/").get_data(as_text=True)
    assert "1 request to become a member" in words and "/team/members" not in words
    words = visitor(given.person(role="owner")).get("/team/lamp/").get_data(as_text=True)
    assert 'href="/team/members?campaign=lamp"' in words


@pytest.mark.parametrize(
    "fields",
    [{}, {"verb": "admit"}, {"verb": "x", "all": "1"}, {"verb": "admit", "request": ["\0", "9" * 30, "-1", "1e3", "😀"]},
     {"verb": "admit", "request": "1", "reason": "x" * 251}, {"verb": "decline", "request": "77", "campaign": "\0"}],
)  # fmt: skip
def test_bad_decisions_are_refused_with_the_form(given, visitor, watch, fields):
    answer = visitor(given.person(role="owner")).post("/team/members", fields, seen="/team/members")
    assert answer.status_code == 422 and "notice-danger" in answer.get_data(as_text=True)
