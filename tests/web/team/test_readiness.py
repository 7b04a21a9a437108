"""The page Ready: what is open, the letter that has to arrive, and who is on duty."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import letters as letter_jobs
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Duty, KeptReport, Letter, LiveEvent, TestLetter
from launchpad.rules.plan import EventPlan
from launchpad.services import erasure, event_acts, readiness, rehearsals, state
from tests.make import NOON


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """A campaign whose preview opens in three days."""
    return given.campaign("lamp", preview=NOON + timedelta(days=3), name="Aurora Lamp")


@pytest.fixture
def olga(given, campaign):
    return given.person(role="moderator", name="Olga")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True)))


def states(phase: str) -> dict[str, str]:
    db.session.rollback()
    return states_of(db.session.scalar(select(Campaign).where(Campaign.slug == "lamp")), phase)


def states_of(here: Campaign, phase: str = "launch") -> dict[str, str]:
    return {item.name: item.state for name, _, items in readiness.phases(here) if name == phase for item in items}


def test_a_letter_to_oneself_has_arrived_once_its_button_was_pressed(campaign, olga, visitor):
    slug, team = campaign.slug, visitor(olga)
    assert "No test letter was sent yet" in words(team.get("/team/lamp/ready"))
    assert team.post("/team/lamp/ready/letter").status_code == 303
    assert team.post("/team/lamp/ready/letter", seen="/team/lamp/ready").status_code == 429, "one a minute"
    assert "press the button in it" in words(team.get("/team/lamp/ready"))
    letter_jobs.send_due()
    db.session.rollback()
    letter = db.session.scalar(select(Letter).filter_by(kind="test"))
    assert letter.state == "sent"
    path = re.search(rf"(/{slug}/letter-arrived/\S+)", letter.text)[1]
    phone = visitor()
    assert "It arrived" in words(phone.get(path))
    assert states("preview")["arrival"] == "needs", "looking proves nothing"
    assert "Noted" in words(phone.post(path)) and phone.post(path).status_code == 200
    assert states("preview")["arrival"] == "good"
    page = words(team.get("/team/lamp/ready"))
    assert "Olga got a test letter" in page and "nobody else would get it" in page
    assert [row.act for row in db.session.scalars(select(Audit))] == ["readiness.letter", "readiness.arrived"]
    for odd in ("x", "%00", path.rsplit("/", 1)[1] + "x"):
        assert phone.get(f"/{slug}/letter-arrived/{odd}").status_code == 404


def test_who_is_on_duty_is_said_by_each_for_themselves_and_shown_on_the_day(campaign, olga, given, visitor, watch):
    team, other = visitor(olga), visitor(given.person(role="moderator", name="Piet"))
    doors = campaign.milestone("launch").due
    local = [(doors + timedelta(hours=hours)).astimezone(campaign.zone).strftime("%Y-%m-%dT%H:%M") for hours in (0, 12)]
    take = {"begins": local[0], "ends": local[1]}
    assert states("launch")["duty"] == "needs"
    for _ in range(2):
        assert team.post("/team/lamp/ready/duty", take, seen="/team/lamp/ready").status_code == 303
    row = db.session.scalars(select(Duty)).one()
    assert (row.begins, row.ends) == (doors, doors + timedelta(hours=12)) and states("launch")["duty"] == "good"
    turned = {"begins": local[1], "ends": local[0]}
    for wrong in (turned, {"begins": "x"}, {"ends": ""}, {"ends": "2026-12-31T12:00"}, {"begins": "\x00"}):
        answer = team.post("/team/lamp/ready/duty", take | wrong, seen="/team/lamp/ready")
        assert answer.status_code == 422 and 'class="error"' in answer.get_data(as_text=True)
    assert other.post(f"/team/lamp/ready/duty/{row.id}/leave", seen="/team/lamp/ready").status_code == 403
    watch.set(doors + timedelta(hours=1))
    assert "On duty: Olga until" in words(team.get("/team/lamp/today"))
    watch.set(doors + timedelta(hours=12))
    assert "Nobody is on duty now" in words(team.get("/team/lamp/today"))
    assert team.post(f"/team/lamp/ready/duty/{row.id}/leave", seen="/team/lamp/ready").status_code == 303
    assert states("launch")["duty"] == "needs"


def test_it_was_rehearsed_only_while_the_timetable_is_as_it_was_played(campaign, olga):
    assert states("launch")["rehearsal"] == "needs"
    with writing() as session:
        real = session.get(Campaign, campaign.id)
        for hours in (1, 2):
            at = campaign.milestone("launch").due + timedelta(hours=hours)
            event_acts.make(real, None, EventPlan("Unboxing", at, 30))
        played = rehearsals.copy(real)  # whose events are rows of their own
        report = {"milestones": [{"name": m.name, "due": state.iso(m.due)} for m in played.milestones]}
    with writing() as session:
        session.add(KeptReport(slug="lamp", rehearsal_id=1, plan="x", version=1, speed=2000, crowd=0, report=report))
    assert states("launch")["rehearsal"] == "good"
    with writing() as session:
        session.get(Campaign, campaign.id).milestone("launch").due += timedelta(minutes=1)
    assert states("launch")["rehearsal"] == "needs"
    with writing() as session:
        real = session.get(Campaign, campaign.id)
        real.milestone("launch").due -= timedelta(minutes=1)
        event = session.scalar(select(LiveEvent).filter_by(campaign_id=real.id))
        assert states_of(real)["rehearsal"] == "good"
        event_acts.cancel(real, None, event, event.version)
        assert states_of(real)["rehearsal"] == "needs"


def test_the_room_says_from_48_hours_before_what_is_open(campaign, olga, visitor, watch):
    team, begins = visitor(olga), campaign.milestone("preview").due
    watch.set(begins - timedelta(hours=48, seconds=1))
    assert "Before the preview" not in words(team.get("/team/lamp/"))
    watch.set(begins - timedelta(hours=48))
    assert "Before the preview:" in words(team.get("/team/lamp/")) and "things are open" in words(team.get("/team/lamp/"))
    watch.set(begins)
    assert "Before the preview:" not in words(team.get("/team/lamp/"))


def test_it_is_the_teams_and_an_erased_person_leaves_nothing_in_it(campaign, olga, given, visitor):
    assert visitor().get("/team/lamp/ready").status_code == 303
    assert visitor(given.person(member=True)).get("/team/lamp/ready").status_code == 403
    analyst = visitor(given.person(role="analyst"))
    assert analyst.get("/team/lamp/ready").status_code == 200
    assert analyst.post("/team/lamp/ready/letter", seen="/team/lamp/ready").status_code == 403
    team = visitor(olga)
    team.post("/team/lamp/ready/letter", seen="/team/lamp/ready")
    with writing() as session:
        session.add(Duty(campaign_id=campaign.id, person_id=olga.id, begins=NOON, ends=NOON + timedelta(hours=1)))
    with writing() as session:
        erasure.erase(session.merge(olga))
    assert not db.session.scalars(select(Duty)).all() and not db.session.scalars(select(TestLetter)).all()
