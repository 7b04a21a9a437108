"""A stranger's join is answered before the application is asked, and nobody can tell: the same answer, the same place."""

import re

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Place
from launchpad.services import pausing, referrals
from launchpad.web import limits

HERE = "/lamp/waitlist"
ASKED = {"name": " Ana\t", "sku": "OAK", "quantity": "2", "marketing": "1", "source": "letter", "utm_source": "radio"}
ASKED |= {"utm_medium": "spot", "landing": "/lamp/", "referrer": "friends.example.com"}


@pytest.fixture
def dispatched(app, monkeypatch):
    """How many requests came as far as the application."""
    seen, dispatch = [], app.full_dispatch_request
    monkeypatch.setattr(app, "full_dispatch_request", lambda *args: seen.append(1) or dispatch(*args))
    return seen


@pytest.fixture
def form(lamp, visitor, dispatched):
    """Sends a stranger's form: `form(email=…)`, to another address with `to=`."""
    browser = visitor()
    browser.get(HERE)
    fields = {"csrf_token": browser.token, "email": "ana@example.com"}
    dispatched.clear()
    return lambda to=HERE, base=None, **more: browser.client.post(to, data={**fields, **more}, environ_base=base or {})


def bare(answer) -> tuple:
    text = f"{sorted(answer.headers.items())} {answer.get_data(as_text=True)}"
    return answer.status_code, re.sub(r"key=[\w-]{70}", "key=", text)


def held(email) -> dict:
    db.session.rollback()
    place = db.session.scalar(select(Place).join(Place.person).filter_by(email=email))
    return {c.key: getattr(place, c.key) for c in Place.__table__.c if c.key not in ("id", "person_id", "asked_at", "code")}


def test_the_door_and_the_application_answer_alike_and_hold_the_same_place(given, form, dispatched):
    ref = referrals.code_of(given.person(member=True))
    db.session.commit()
    at_the_door = form(ref=ref, **ASKED)
    assert dispatched == []
    inside = form(f"{HERE}?so", email="ben@example.com", ref=ref, **ASKED)
    assert dispatched == [1] and bare(at_the_door) == bare(inside) and inside.status_code == 303
    assert held("ana@example.com") == held("ben@example.com")
    assert held("ana@example.com")["referred_by"] and held("ana@example.com")["touch"]["source"] == "radio"


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"email": ""}, 422, "Please enter your e-mail address."),
        ({"email": "ana@"}, 422, "domain"),
        ({"sku": "NONE"}, 422, "There is no such variant."),
        ({"quantity": "1001"}, 422, "Choose how many, as a number."),
        ({"quantity": "x"}, 422, "Not a valid integer value."),
        ({"name": "a" * 121}, 422, "at most 120 characters"),
        ({"csrf_token": "x"}, 400, "no longer valid"),
    ],
)
def test_who_is_refused_hears_why_from_the_application(form, dispatched, fields, status, says):
    answer = form(**fields)
    assert (answer.status_code, dispatched) == (status, [1]) and says in answer.get_data(as_text=True)
    assert db.session.scalar(select(Place)) is None


def test_a_pause_the_end_and_a_campaign_that_is_not_there_are_told_by_the_application(lamp, form, watch, dispatched):
    with writing() as session:
        pausing.pause(session.get(Campaign, lamp.id), None, "Back on Monday.")
    answer = form()
    assert answer.status_code == 422 and b"Back on Monday." in answer.data
    watch.set(lamp.milestone("recap").due)
    assert form().status_code == 403 and form("/nowhere/waitlist").status_code == 404
    assert dispatched == [1, 1, 1] and db.session.scalar(select(Place)) is None


def test_what_a_machine_fills_in_goes_to_the_application(form, dispatched):
    assert form(website="x").status_code == 303 and dispatched == [1]
    assert db.session.scalar(select(Place)) is None


def test_who_is_somebody_goes_to_the_application(lamp, given, visitor, dispatched):
    ana = visitor(given.person("ana@example.com", member=True))
    ana.get(HERE)
    dispatched.clear()
    assert ana.post(HERE, {"email": "ana@example.com"}).status_code == 303 and dispatched == [1]
    assert held("ana@example.com")["confirmed_at"] is not None


def test_the_door_counts_as_the_application_does(form, monkeypatch, dispatched):
    counted = []
    monkeypatch.setattr(limits, "within", lambda *words: counted.append(words) or False)
    assert form(base={"REMOTE_ADDR": "81.2.3.4"}).status_code == 303 and dispatched == [1]
    assert counted == [(limits.JOINS, "81.2.3.4", "waitlist.join")], "who is one too many is told so by the application"


def test_who_was_counted_at_the_door_is_not_counted_again(app, form, monkeypatch):
    heard, dispatch = [], app.full_dispatch_request
    monkeypatch.setattr(app, "full_dispatch_request", lambda *args: heard.append(limits.counted()) or dispatch(*args))
    assert form(sku="NONE").status_code == 422 and form(email="").status_code == 422
    assert heard == [True, False], "counted once each: at the door, and by the application what the door did not read"
