"""Live events in the browser: who sees them when, the line over every page, the reminder, the calendar."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, LiveEvent, Reminder
from launchpad.rules.plan import EventPlan
from launchpad.services import event_acts, timetable
from launchpad.services.letter_texts import compose
from launchpad.web import pace

MICRO = timedelta(microseconds=1)
LINK = "https://stream.example.com/lamp"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """The even pace of answers is another test's."""
    monkeypatch.setattr(pace, "FLOOR", 0)


@pytest.fixture
def event(campaign):
    at = campaign.milestone("launch").due + timedelta(hours=1)
    with writing():
        return event_acts.make(campaign, None, EventPlan("Unboxing", at, 30, LINK, "Marta", "Bring *questions*."))


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def events_of(answer) -> list:
    return list(icalendar.Calendar.from_ical(answer.get_data()).walk("VEVENT"))


def last_letter(kind: str) -> str:
    db.session.rollback()
    return compose(db.session.scalar(select(Letter).filter_by(kind=kind).order_by(Letter.id.desc()).limit(1))).text


def test_members_see_it_in_the_preview_and_everyone_from_the_waitlist_on(campaign, event, given, visitor, watch):
    member = given.person(member=True)
    path, waitlist = f"/lamp/events/{event.id}", campaign.milestone("waitlist").due
    watch.set(waitlist - MICRO)
    assert visitor().get(path).status_code == 403 and visitor(member).get(path).status_code == 200
    assert "Unboxing" not in text_of(visitor().get("/lamp/calendar.ics")) + text_of(visitor().get("/"))
    assert "Unboxing" in text_of(visitor(member).get("/lamp/"))
    watch.set(waitlist)
    for page in (path, "/lamp/events", "/lamp/", "/lamp/thread", "/lamp/calendar.ics"):
        assert "Unboxing" in text_of(visitor().get(page)), page
    assert visitor().get("/lamp/events/999").status_code == 404


def test_the_line_stands_over_every_page_from_its_beginning_until_its_end(campaign, event, given, visitor, watch):
    person = given.person(member=True)
    given.place(campaign, person)
    order = given.order(campaign, person)
    ends = event.at + timedelta(minutes=30)
    for moment, on in ((event.at - MICRO, False), (event.at, True), (ends - MICRO, True), (ends, False)):
        watch.set(moment)
        mine = visitor(person)
        for page in ("/lamp/", "/lamp/place", "/lamp/thread", "/lamp/buy", f"/lamp/orders/{order.number}", "/lamp/stories"):
            said = text_of(mine.get(page))
            assert ("Live now." in said) is on, (page, moment)
        assert visitor().get("/lamp/state.json").json["events"][0]["live"] is on
    assert "Over" in text_of(visitor().get(f"/lamp/events/{event.id}"))


def test_no_cached_state_outlives_a_beginning_or_an_end(campaign, event, visitor, watch):
    for change in (event.at, event.at + timedelta(minutes=30)):
        for ahead, kept in ((timedelta(seconds=1), "no-cache"), (timedelta(seconds=2), "max-age=1")):
            watch.set(change - ahead)
            assert visitor().get("/lamp/state.json").headers["Cache-Control"] == kept


def test_whoever_is_signed_in_is_reminded_by_one_tap_and_stops_by_another(campaign, event, given, visitor):
    mine = visitor(given.person(member=True))
    path = f"/lamp/events/{event.id}"
    answer = mine.post(f"{path}/remind", {"next": "/lamp/"}, seen=path)
    assert answer.status_code == 303 and answer.location == "/lamp/"
    assert "15 minutes before" in text_of(mine.get("/lamp/"))
    assert mine.post(f"{path}/unremind", {"next": "//elsewhere.example.com"}, seen=path).location == path
    assert "Remind me" in text_of(mine.get(path))
    assert db.session.scalar(select(Reminder.stopped_at)) is not None


def test_anyone_else_confirms_the_address_first_and_stops_with_one_click(campaign, event, visitor, watch):
    path, stranger = f"/lamp/events/{event.id}", visitor()
    for address in ("", "nobody", "a" * 300):
        answer = stranger.post(f"{path}/remind", {"email": address}, seen=path)
        assert answer.status_code == 422 and 'name="email"' in text_of(answer)
    asked = stranger.post(f"{path}/remind", {"email": "ann@example.com"}, seen=path)
    assert asked.status_code == 303 and "ann@" not in text_of(stranger.get(asked.location))
    confirm = re.search(r"/lamp/events/confirm/\S+", last_letter("reminder_confirm"))[0]
    assert stranger.get(confirm).status_code == 200 and db.session.scalar(select(Reminder.confirmed_at)) is None
    db.session.rollback()
    assert "We remind you" in text_of(stranger.post(confirm, seen=confirm))
    assert stranger.get(confirm).status_code == 410 and stranger.get("/lamp/events/confirm/x").status_code == 410
    watch.set(event.at - timedelta(minutes=15))
    for _ in range(20):
        with writing():
            if timetable.reach_next(campaign.id) is None:
                break
    stop = re.search(r"/lamp/events/stop/\S+", last_letter("reminder"))[0]
    assert visitor().get(stop).status_code == 200
    for _ in range(2):
        assert visitor().client.post(stop).status_code == 200  # no cookie, no form of ours
    db.session.rollback()
    assert db.session.scalar(select(Reminder.stopped_at)) is not None
    assert visitor().get("/lamp/events/stop/x").status_code == 404


def test_a_calendar_knows_every_public_moment_and_follows_what_changes(campaign, event, given, visitor):
    before = {entry["uid"]: entry for entry in events_of(visitor().get("/lamp/calendar.ics"))}
    names = {uid.split("-lamp@")[0] for uid in before}
    assert names == {"preview", "waitlist", "launch", f"event-{event.id}"}
    with writing():
        event_acts.cancel(db.session.get_one(Campaign, campaign.id), None, db.session.get_one(LiveEvent, event.id), 1)
    after = {entry["uid"]: entry for entry in events_of(visitor().get("/lamp/calendar.ics"))}
    assert after.keys() == before.keys()
    mine = next(uid for uid in after if uid.startswith("event-"))
    assert before[mine]["status"] == "CONFIRMED" and after[mine]["status"] == "CANCELLED"
    assert after[mine]["sequence"] > before[mine]["sequence"]
    [alone] = events_of(visitor().get(f"/lamp/events/{event.id}.ics"))
    assert alone["uid"] == mine and "cancelled" in text_of(visitor().get(f"/lamp/events/{event.id}"))


def test_a_calendar_is_right_across_a_change_of_the_clocks(given, watch, visitor):
    """Lisbon leaves summer time on 25 October 2026 at 2:00: an event of 90 minutes from 1:30 ends at 2:00 by the clocks."""
    begins = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    campaign = given.campaign("lamp", preview=begins - timedelta(days=11))
    watch.set(begins - timedelta(days=6))
    with writing():
        event_acts.make(campaign, None, EventPlan("Night watch", begins, 90))
    entry = next(e for e in events_of(visitor().get("/lamp/calendar.ics")) if "Night" in e["summary"])
    assert entry["dtstart"].dt == begins and entry["dtend"].dt - entry["dtstart"].dt == timedelta(minutes=90)
    page = text_of(visitor().get("/lamp/events"))
    assert "01:30" in page and "WEST" in page


FORM = {"title": "Questions", "at": "2026-12-12T21:00", "minutes": "45", "host": "Jonas", "link": LINK, "text": "Ask."}


def test_the_team_plans_moves_and_calls_off_in_the_control_room(campaign, given, visitor):
    owner = visitor(given.person(role="owner"))
    assert owner.post("/team/lamp/events", FORM, seen="/team/lamp/events").status_code == 303
    event = db.session.scalar(select(LiveEvent))
    assert event.at.astimezone(campaign.zone).hour == 21 and event.host == "Jonas"
    path, begins = f"/team/lamp/events/{event.id}", event.at
    db.session.rollback()
    moved = FORM | {"at": "2026-12-12T22:00", "version": "1"}
    assert owner.post(path, moved, seen=path).status_code == 303
    assert db.session.scalar(select(LiveEvent.at)) == begins + timedelta(hours=1)
    db.session.rollback()
    again = owner.post(path, moved | {"title": "Else"}, seen=path)
    assert again.status_code == 422 and again.headers["X-Refusal"] == "changed"
    assert owner.post(f"{path}/cancel", {"version": "2"}, seen=path).status_code == 303
    assert "Cancelled" in text_of(owner.get("/team/lamp/events")) and "Cancelled" in text_of(owner.get(path))
    assert visitor(given.person(role="moderator")).post("/team/lamp/events", FORM, seen="/team/lamp/events").status_code == 403


@pytest.mark.parametrize("wrong", [
    {"title": ""}, {"title": "x" * 121}, {"at": ""}, {"at": "2026-11-01T10:00"}, {"at": "2190-01-01T00:00"},
    {"at": "9999-12-31T23:59"}, {"minutes": "0"}, {"minutes": "1441"}, {"minutes": "²"}, {"link": "http://stream.example.com"},
    {"link": "javascript:alert(1)"},
    {"host": "x" * 121}, {"text": "x" * 5001},
])  # fmt: skip
def test_a_wrong_form_comes_back_with_what_was_typed(campaign, given, visitor, wrong):
    owner = visitor(given.person(role="owner"))
    answer = owner.post("/team/lamp/events", FORM | wrong, seen="/team/lamp/events")
    assert answer.status_code == 422 and "Jonas" in text_of(answer) or "host" in wrong and answer.status_code == 422
    assert db.session.scalar(select(LiveEvent.id)) is None
