"""The timetable in calendars: a file, and a private address that dies with its person's role."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, LiveEvent, Milestone, Person, Staff
from launchpad.services import by_hand, team

# The launch is in winter time of 2027's spring; its recap, an event and the archive after the clocks went forward.
PREVIEW = datetime(2027, 3, 16, 18, 0, tzinfo=UTC)


@pytest.fixture
def campaign(given) -> Campaign:
    row = given.campaign("lamp", preview=PREVIEW, name="Aurora; Lamp, “Æ”", timezone="Europe/Lisbon")
    with writing() as session:
        session.add(LiveEvent(campaign_id=row.id, title="Unboxing", at=PREVIEW + timedelta(days=12), minutes=45))
    return row


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person("owner@example.com", role="owner"))


def read(answer) -> dict:
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.get_data())
    assert not calendar.errors
    return {str(event["uid"]).split("@")[0]: event for event in calendar.walk("VEVENT")}


def address(owner) -> str:
    owner.get("/team/lamp/calendar")
    assert owner.post("/team/lamp/calendar").status_code == 303
    page = owner.get("/team/lamp/calendar").get_data(as_text=True)
    return "/team/lamp/calendar/" + page.split("/team/lamp/calendar/")[1].split(".ics")[0] + ".ics"


def test_the_file_holds_every_moment_on_both_sides_of_a_change_of_clocks(campaign, owner, watch):
    events = read(owner.get("/team/lamp/timetable.ics"))
    launch, recap = (events[f"milestone-{campaign.milestone(name).id}"] for name in ("launch", "recap"))
    assert launch.start == campaign.milestone("launch").due and recap.start == campaign.milestone("recap").due
    local = [e.start.astimezone(campaign.zone).strftime("%d %H:%M") for e in (launch, recap)]
    assert local == ["27 18:00", "29 19:00"], "two days of 24 hours, an hour of the clock further on"
    show, mail = events["event-1"], events[f"letters-{campaign.milestone('launch').id}"]
    assert show.end - show.start == timedelta(minutes=45) and str(show["summary"]) == "Aurora; Lamp, “Æ”: Unboxing"
    assert mail["transp"] == "TRANSPARENT" and "to 0 people" in str(mail["description"])
    assert all(event["dtstamp"].dt == watch.now for event in events.values())
    assert len(events) == 7 + 6 + 1


def test_a_moved_moment_keeps_its_uid_and_its_sequence_grows(campaign, owner, given, watch):
    key = f"milestone-{campaign.milestone('archive').id}"
    before = read(owner.get("/team/lamp/timetable.ics"))[key]
    with writing() as session:
        row, actor = session.get(Campaign, campaign.id), session.scalar(select(Person))
        by_hand.move(row, actor, "archive", row.milestone("archive").due + timedelta(days=1), "One more day")
    after = read(owner.get("/team/lamp/timetable.ics"))[key]
    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"]
    assert after.start - before.start == timedelta(days=1)


def test_what_is_taken_out_is_cancelled_and_what_waits_is_tentative(campaign, owner, watch):
    with writing() as session:
        session.delete(session.scalar(select(LiveEvent)))
        session.scalar(select(Milestone).where(Milestone.name == "launch")).waits = True
        session.get(Campaign, campaign.id).version += 1
    events = read(owner.get("/team/lamp/timetable.ics"))
    assert events["event-1"]["status"] == "CANCELLED" and "Unboxing" in events["event-1"]["summary"]
    assert events[f"milestone-{campaign.milestone('launch').id}"]["status"] == "TENTATIVE"


def test_a_private_address_needs_no_sign_in_and_a_new_one_ends_it(campaign, owner, visitor, given, watch):
    first = address(owner)
    stranger = visitor()
    assert len(read(stranger.get(first))) == 14
    second = address(owner)
    assert first != second
    assert stranger.get(first).status_code == 404 and stranger.get(second).status_code == 200
    given.campaign("other")
    assert stranger.get(second.replace("/lamp/", "/other/")).status_code == 404
    assert stranger.get("/team/lamp/calendar/nonsense.ics").status_code == 404
    owner.get("/team/lamp/calendar")
    owner.post("/team/lamp/calendar/drop")
    assert stranger.get(second).status_code == 404
    acts = db.session.scalars(select(Audit.act).order_by(Audit.id))
    assert list(acts) == ["calendar.make", "calendar.renew", "calendar.drop"]


def test_the_address_dies_with_the_role(campaign, owner, visitor, given, watch):
    other = given.person(role="moderator")
    theirs = address(visitor(other))
    assert visitor().get(theirs).status_code == 200
    with writing() as session:
        team.remove(session.scalar(select(Staff.id).where(Staff.person_id == other.id)))
    assert visitor().get(theirs).status_code == 404


def test_members_and_strangers_get_no_timetable(campaign, given, visitor, watch):
    assert visitor().get("/team/lamp/timetable.ics").status_code == 303
    assert visitor(given.person(member=True)).get("/team/lamp/timetable.ics").status_code == 403
