"""Signing in through the pages."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Person, SignIn
from launchpad.services import people, sign_in
from launchpad.web import pace
from launchpad.web.paths import ours
from tests.waiting import instead_of_sleep


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(pace, "FLOOR", 0)


def newest() -> SignIn:
    return db.session.scalar(select(SignIn).order_by(SignIn.id.desc()).limit(1))


def signed_in(someone) -> str | None:
    with someone.client.session_transaction() as session:
        return session.get("_user_id")


def test_from_address_to_session_by_the_link(given, visitor, watch):
    id = given.person("ada@example.com", member=True).id
    someone = visitor()
    answer = someone.post("/sign-in", {"email": "ada@example.com", "next": "/lamp/"}, seen="/sign-in?next=/lamp/")
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    address = f"/sign-in/{sign_in.token_of(newest())}"
    other_browser = visitor()
    assert "Sign in" in other_browser.get(address).get_data(as_text=True)
    assert signed_in(other_browser) is None, "a GET never signs in"
    answer = other_browser.post(address)
    assert (answer.status_code, answer.location) == (303, "/lamp/")
    assert signed_in(other_browser).startswith(f"{id}:")
    assert other_browser.post(address, seen="/sign-in").status_code == 410
    assert visitor().get(address).status_code == 410


def test_from_address_to_session_by_the_code(given, visitor, watch):
    given.person("ada@example.com", member=True)
    someone = visitor()
    someone.post("/sign-in", {"email": "ada@example.com"})
    assert "ada@example.com" in someone.get("/sign-in/code").get_data(as_text=True), "the address is still known"
    code = sign_in.code_of(newest())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert someone.post("/sign-in/code", {"email": "ada@example.com", "code": wrong}).status_code == 422
    answer = someone.post("/sign-in/code", {"email": "ada@example.com", "code": code})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert signed_in(someone)


def test_a_wrong_code_is_counted(given, visitor, watch):
    given.person("ada@example.com", member=True)
    someone = visitor()
    someone.post("/sign-in", {"email": "ada@example.com"})
    code = sign_in.code_of(newest())
    for _ in range(5):
        someone.post("/sign-in/code", {"email": "ada@example.com", "code": "abcdef"})
    assert someone.post("/sign-in/code", {"email": "ada@example.com", "code": code}).status_code == 422
    assert signed_in(someone) is None


def test_known_and_unknown_addresses_get_the_same_answers(given, visitor, watch):
    given.person("ada@example.com", member=True)
    pages = []
    for email in ("ada@example.com", "bob@example.com"):
        someone = visitor()
        asked = someone.post("/sign-in", {"email": email})
        shown = someone.get("/sign-in/code").get_data(as_text=True).replace(email, "…").replace(someone.token, "…")
        wrong = someone.post("/sign-in/code", {"email": email, "code": "x"})
        words = wrong.get_data(as_text=True).replace(email, "…").replace(someone.token, "…")
        pages.append((asked.status_code, asked.location, sorted(asked.headers.keys()), shown, wrong.status_code, words))
    assert pages[0] == pages[1]


def test_the_answers_keep_an_even_pace(given, visitor, watch, monkeypatch):
    waited = []
    monkeypatch.setattr(pace, "FLOOR", 1000)
    instead_of_sleep(monkeypatch, waited.append)
    for email in ("ada@example.com", "bob@example.com"):
        visitor().post("/sign-in", {"email": email})
    assert len(waited) == 2 and min(waited) > 900


def test_signing_out_ends_the_session(given, visitor, watch):
    someone = visitor(given.person(member=True))
    answer = someone.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert signed_in(someone) is None


def test_signing_out_everywhere_ends_other_browsers(given, visitor, watch):
    person = given.person(member=True)
    someone = visitor(person)
    assert "Sign in" not in someone.get("/").get_data(as_text=True).split("<main")[0]
    with writing() as session:
        people.sign_out_everywhere(session.get(Person, person.id))
    assert "Sign in" in someone.get("/").get_data(as_text=True).split("<main")[0]


def test_the_form_of_a_session_is_not_taken_from_another(given, visitor, watch):
    ada, ben = visitor(given.person(member=True)), visitor(given.person(member=True))
    ada.get("/sign-in")
    ben.get("/sign-in")
    ben.page = ada.page
    assert ben.post("/sign-out").status_code == 400


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a" * 500 + "@example.com", "a\0b@example.com", "😀@example.com", "a@b@c.de"]
)
def test_a_bad_address_is_refused_with_the_form(visitor, watch, email):
    answer = visitor().post("/sign-in", {"email": email})
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert 'name="email"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("field", ["email", "next", "code"])
@pytest.mark.parametrize("value", ["\0", "x" * 5000, "😀" * 300, ["a", "b"], "\ud800".encode("utf-8", "surrogatepass")])
def test_no_input_gives_a_500(given, visitor, watch, field, value):
    given.person("ada@example.com", member=True)
    fields = {"email": "ada@example.com", "next": "/", "code": "123456", field: value}
    assert visitor().post("/sign-in", fields).status_code < 500
    assert visitor().post("/sign-in/code", fields).status_code < 500


@pytest.mark.parametrize(
    "path", ["/sign-in/%00", "/sign-in/%F0%9F%98%80", "/sign-in/" + "a" * 3000, "/sign-in?next=%00"]
)
def test_no_address_gives_a_500(visitor, watch, path):
    assert visitor().get(path).status_code < 500


@pytest.mark.parametrize("path", ["/", "/lamp/", "/lamp/place?x=1#y", "/me"])
def test_a_path_of_ours_is_kept(path):
    assert ours(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "lamp",
        "/a\nb",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/" + "a" * 300,
        "http:///x",
        "//[",  # which is no address at all
        "https://[x",
    ],
)
def test_anything_else_is_not(path):
    assert ours(path, "/home") == "/home"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_form_that_comes_from_no_address_at_all_is_refused_like_one_from_another_site(app, visitor, header):
    browser = visitor()
    browser.get("/sign-in")
    form = {"email": "ana@example.com", "csrf_token": browser.token}
    for odd in ("http://[", "//\u2100.example.com", "null"):
        assert browser.client.post("/sign-in", data=form, headers={header: odd.encode().decode("latin-1")}).status_code == 400


@pytest.mark.parametrize("place", ["/sign-in", "/sign-in/abc", "/membership/confirm/abc", "/lamp/buy", "/me/another-address/abc"])
def test_a_page_for_one_person_is_kept_by_nobody_and_its_address_told_to_no_other_site(given, visitor, watch, place):
    given.campaign("lamp")
    headers = visitor().get(place).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin", "with none at all a form's origin would be null, and be refused"
