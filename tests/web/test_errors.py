"""What people read when the database is away, or a door in front of the application fails: a page, whoever they are."""

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from launchpad.services import campaigns, joining, leftovers


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_while_the_database_is_away_everybody_reads_so(lamp, given, visitor, app, monkeypatch, fault, signed_in):
    member = visitor(given.person(member=True) if signed_in else None)

    def away(*_):
        raise fault("", {}, Exception("the server is gone"), connection_invalidated=True)

    monkeypatch.setattr(campaigns, "by_slug", away)
    monkeypatch.setattr(app.login_manager, "_user_callback", away)
    for headers, words in (({}, "<h1>We are catching our breath</h1>"), ({"HX-Request": "true"}, 'role="alert"')):
        answer = member.get("/lamp/thread/1", headers=headers)
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "2" and words in answer.text
    assert member.get("/lamp/state.json").json["error"] == "We are catching our breath"


def test_the_door_in_front_of_the_checkout_says_so_too(lamp, given, visitor, watch, kept, monkeypatch):
    watch.set(lamp.milestone("launch").due)

    def away(*_):
        raise OperationalError("", {}, Exception("the server is gone"))

    fields, guest = {"sku": "OAK", "quantity": "1", "key": "k", "email": "ana@example.com"}, visitor()
    guest.get("/lamp/buy")
    monkeypatch.setattr(leftovers, "look", away)
    answer = guest.post("/lamp/buy", fields)
    assert answer.status_code == 503 and "We are catching our breath" in answer.text
    assert answer.headers["Retry-After"] == "2" and "Content-Security-Policy" in answer.headers


def test_a_fault_of_ours_at_a_door_is_a_page_too(lamp, visitor, monkeypatch):
    def broken(*_):
        raise RuntimeError("this was never thought of")

    guest = visitor()
    guest.get("/lamp/waitlist")
    monkeypatch.setattr(joining, "join_all", broken)
    answer = guest.post("/lamp/waitlist", {"email": "ana@example.com"})
    assert answer.status_code == 500 and "<h1>" in answer.text and "never thought" not in answer.text
