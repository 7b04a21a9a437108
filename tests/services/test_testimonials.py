"""Testimonials under races: the clock, two taps and a change of mind at one moment make one entry or none."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from jobs import testimonials as jobs
from launchpad import models
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.rules import testimonials as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import moderation_acts, testimonial_acts, testimonials, thread, timetable
from launchpad.services.timetable import locked
from tests.races import at_once, together


@pytest.fixture
def ready(given, watch) -> tuple[int, int, int]:
    """A campaign whose doors have been open for ten minutes, its host, and one whose minute is now."""
    lamp, member, host = given.campaign("lamp").id, given.person(member=True).id, given.person(role="host").id
    watch.set(db.session.get(Campaign, lamp).milestone("preview").due)
    with writing() as session:
        campaign = session.get(Campaign, lamp)
        row = testimonials.send(campaign, session.get(Person, member), "Kind light.", "Ana", True)
        testimonial_acts.approve(campaign, None, row)
        testimonial_acts.time(campaign, None, row, 10)
        id = row.id
    watch.set(db.session.get(Campaign, lamp).milestone("launch").due + timedelta(minutes=10))
    return lamp, host, id


def cue(lamp: int, host: int, id: int) -> None:
    with writing() as session:
        row = session.get(models.Testimonial, id)
        testimonial_acts.cue(session.get(Campaign, lamp), session.get(Person, host), row)


def withdraw(lamp: int, id: int) -> None:
    with writing() as session:
        row = session.get(models.Testimonial, id)
        testimonials.withdraw(session.get(Campaign, lamp), session.get(Person, row.person_id))


def entries(state: str = "shown") -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Entry).filter_by(kind="testimonial", state=state))


def test_the_clock_and_two_taps_at_one_moment_let_it_be_heard_once(app, ready):
    taps = [lambda: cue(*ready)] * 2
    assert [fault for fault in at_once(app, [jobs.release_due, *taps, jobs.release_due]) if isinstance(fault, Exception)] == []
    assert entries() == 1


@pytest.mark.parametrize(("left", "heard"), [("the fact", 1), ("nothing", 2)])
def test_without_its_guards_it_would_be_heard_more_than_once(app, database, ready, monkeypatch, left, heard):
    """The negative control: with the locks and the one statement off, that an entry is of one fact holds; then nothing does."""
    if database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    both_have_looked, truly = threading.Barrier(2), thread.report

    def look_then_leap(campaign, row, by_clock) -> bool:
        free = db.session.scalar(select(models.Testimonial.state).filter_by(id=row.id)) == "queued"
        both_have_looked.wait(30)
        values = {"state": "released", "released_at": campaign.moment, "by_clock": by_clock}
        db.session.execute(update(models.Testimonial).filter_by(id=row.id).values(**values))
        return free

    monkeypatch.setattr(testimonials, "_is_first", look_then_leap)
    for module in (testimonial_acts, timetable):
        monkeypatch.setattr(module, "locked", lambda id: db.session.get(Campaign, id))
    if left == "nothing":
        alone = lambda campaign, fact, *more: truly(campaign, f"{fact}-{threading.get_ident()}", *more)  # noqa: E731
        monkeypatch.setattr(thread, "report", alone)
    said = at_once(app, [jobs.release_due, lambda: cue(*ready)])
    assert [fault for fault in said if isinstance(fault, Exception)] == [] and entries() == heard


def test_taking_it_back_at_the_moment_of_its_release_leaves_nothing_to_read(app, ready):
    lamp, _, id = ready
    said = at_once(app, [jobs.release_due, lambda: withdraw(lamp, id), lambda: cue(*ready)])
    assert [fault for fault in said if isinstance(fault, Exception) and not isinstance(fault, Refusal)] == []
    assert entries() == 0 and db.session.get(models.Testimonial, id).state == "withdrawn"


@pytest.mark.parametrize("campaign_first", [False, True], ids=["as it is", "the other way round"])
@pytest.mark.parametrize("act", ["withdraw", "take_all_down"])
def test_what_somebody_said_goes_while_the_team_hides_it(app, database, ready, act, campaign_first):
    """Locks in one order: the entry, then the campaign. The other way round the two of them end in a deadlock."""
    if database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    lamp, host, id = ready
    hidden, coming = threading.Event(), threading.Event()
    with writing() as session:
        campaign, row = session.get(Campaign, lamp), session.get(models.Testimonial, id)
        if act == "withdraw":
            entry_id = testimonials.let_be_heard(campaign, row, by_clock=False).id
        else:  # the testimonial waits still, and something else was said
            entry_id = thread.post(campaign, row.person, "Buy mine").id

    def team(session):
        thread.hide(session.get(Campaign, lamp), session.get(Person, host), session.get(Entry, entry_id), "Not now")
        hidden.set()
        assert coming.wait(20)
        time.sleep(0.3)  # the other one is at their first lock by now

    def other(session):
        assert hidden.wait(20)
        if campaign_first:
            locked(lamp)
        coming.set()
        campaign, person = session.get(Campaign, lamp), session.get(models.Testimonial, id).person
        if act == "withdraw":
            testimonials.withdraw(campaign, person)
        else:
            moderation_acts.take_all_down(campaign, session.get(Person, host), person, "Spam")

    assert ["deadlock" in str(fault) for fault in together(app, [team, other])] == [True] * campaign_first
    if not campaign_first:
        db.session.rollback()
        ended = db.session.get(Entry, entry_id), db.session.get(models.Testimonial, id).state
        assert (ended[0].state, ended[1]) == ("hidden", "withdrawn" if act == "withdraw" else "rejected")
        assert act != "withdraw" or ended[0].text == ""


def test_minutes_are_spread_evenly_and_both_ends_count():
    assert rules.spread(4, 10, 40) == [10, 20, 30, 40] and rules.spread(1, 10, 40) == [10] and rules.spread(0, 1, 2) == []
    assert rules.spread(3, 5, 5) == [5, 5, 5]
