"""The timekeeper's chores, and that each goes on whatever happens to the others."""

import time
from datetime import timedelta

import pytest
import redis
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from jobs import queue, timekeeper
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Milestone
from launchpad.services import letters
from tests.make import NOON
from tests.waiting import instead_of_sleep


@pytest.fixture
def redis_away(app, tmp_path):
    kept = app.extensions["redis"]
    app.extensions["redis"] = redis.Redis.from_url(f"unix://{tmp_path}/nobody")  # as the application's: tries once
    yield
    app.extensions["redis"] = kept


def reached(campaign):
    return [m.name for m in db.session.get(Campaign, campaign.id).milestones if m.reached_at]


def test_what_no_worker_reached_is_reached_here_after_a_moment_of_patience(given, watch):
    campaign = given.campaign()
    watch.set(NOON + timedelta(seconds=timekeeper.MISSED))
    timekeeper.reach_missed()
    assert reached(campaign) == []
    watch.step(microseconds=1)
    timekeeper.reach_missed()
    assert reached(campaign) == ["preview"]


def test_what_is_missed_is_reached_without_waiting_for_what_comes_next(given, watch, monkeypatch):
    campaign = given.campaign()
    with writing() as session:
        soon = NOON + timedelta(seconds=2.5)
        session.add(Milestone(campaign_id=campaign.id, name="poll_1_closes", due=soon))
    instead_of_sleep(monkeypatch, lambda seconds: pytest.fail("another campaign waits meanwhile"))
    watch.set(NOON + timedelta(seconds=2))
    timekeeper.reach_missed()
    assert reached(campaign) == ["preview"]


def test_with_redis_away_the_time_is_kept_from_the_database_alone(given, watch, redis_away):
    campaign = given.campaign()
    watch.set(NOON + timedelta(days=4, seconds=2))
    timekeeper.reach_missed()
    assert reached(campaign) == ["preview", "waitlist"]


def test_a_chore_survives_whatever_goes_wrong(app):
    turns = []

    def chore():
        turns.append(len(turns))
        if len(turns) > 4:
            raise KeyboardInterrupt  # the way out of a loop that has none
        raise (redis.ConnectionError(), OperationalError("", {}, Exception()), ValueError("odd"), OSError())[turns[-1]]

    with pytest.raises(KeyboardInterrupt):
        timekeeper._repeat(app, timekeeper.Chore("fails", 0.0, chore))
    assert turns == [0, 1, 2, 3, 4]


def test_a_forgotten_letter_is_asked_for(app, given, watch):
    person = given.person()
    with writing():
        letters.write("order", person, "order:1")
    app.extensions["redis"].flushdb()
    timekeeper.ask_for_letters()
    assert queue.queue("letters").count == 1


def test_without_due_letters_nothing_is_asked(app, given, watch):
    person = given.person()
    with writing():
        letters.write("order", person, "order:1")
        db.session.scalar(select(Letter)).due_at = watch.now + timedelta(seconds=1)
    app.extensions["redis"].flushdb()
    timekeeper.ask_for_letters()
    assert queue.queue("letters").count == 0
    watch.step(seconds=1)
    timekeeper.ask_for_letters()
    assert queue.queue("letters").count == 1


def test_upkeep_that_still_waits_is_not_asked_for_again(app):
    sweep = next(chore for chore in timekeeper.CHORES if chore.name == "sweep")
    for _ in range(3):
        sweep.do()
    assert queue.queue("upkeep").job_ids == ["upkeep-sweep"]


def test_every_chore_runs_on_rows_and_redis_as_they_are(app, given, watch):
    given.campaign()
    given.campaign(rehearsal=True)
    watch.set(NOON + timedelta(seconds=1))
    for chore in timekeeper.CHORES:
        chore.do()
    assert float(app.extensions["redis"].get("launchpad:beat:timekeeper")) <= time.time()
    assert db.session.scalars(select(Milestone).where(Milestone.reached_at.is_not(None))).first() is not None
