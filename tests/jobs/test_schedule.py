"""RQ's schedule follows the timetable, and never decides anything."""

from datetime import timedelta

import pytest
from rq.job import Job
from rq.registry import ScheduledJobRegistry
from sqlalchemy import delete

from jobs import queue, schedule
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import by_hand, rehearsals
from tests.make import NOON


@pytest.fixture
def campaign(given, watch):
    watch.set(NOON - timedelta(hours=1))
    return given.campaign()


def scheduled():
    """Job id -> Unix second, as RQ has it."""
    openings = queue.queue("milestones")
    rows = openings.connection.zrange(ScheduledJobRegistry(queue=openings).key, 0, -1, withscores=True)
    return {key.decode(): int(second) for key, second in rows}


def advance_id(campaign, name):
    row = db.session.get(Campaign, campaign.id)
    return f"advance-{row.milestone(name).id}-{row.version}"


def test_every_opening_to_come_has_one_job_at_its_second(campaign):
    schedule.reconcile(campaign.id)
    found = scheduled()
    assert len(found) == 7
    assert found[advance_id(campaign, "launch")] == int(campaign.milestone("launch").due.timestamp())


def test_reconciling_twice_changes_nothing(campaign):
    schedule.reconcile()
    before = scheduled()
    schedule.reconcile()
    schedule.reconcile(campaign.id)
    assert scheduled() == before


def test_a_due_within_a_second_has_its_job_at_that_second(campaign):
    with writing():
        db.session.get(Campaign, campaign.id).milestone("preview").due = NOON + timedelta(milliseconds=999)
    schedule.reconcile()
    assert scheduled()[advance_id(campaign, "preview")] == int(NOON.timestamp())


def test_a_moved_milestone_leaves_no_stale_job(campaign, given):
    schedule.reconcile()
    stale = advance_id(campaign, "waitlist")
    with writing():
        row = db.session.get(Campaign, campaign.id)
        by_hand.move(row, None, "waitlist", row.milestone("waitlist").due + timedelta(hours=1), "later")
    schedule.reconcile(campaign.id)
    found = scheduled()
    assert stale not in found and len(found) == 7
    assert found[advance_id(campaign, "waitlist")] == int((NOON + timedelta(days=4, hours=1)).timestamp())
    assert not Job.exists(stale, connection=queue.queue("milestones").connection)


def test_a_stale_job_that_is_gone_by_then_keeps_no_other_in_the_schedule(campaign):
    openings = queue.queue("milestones")
    openings.connection.zadd(ScheduledJobRegistry(queue=openings).key, {"advance-0-0": 1, "advance-0-1": 1, "advance-0-2": 1})
    schedule.reconcile()
    assert len(scheduled()) == 7 and not [name for name in scheduled() if name.startswith("advance-0-")]


def test_one_campaign_reconciled_leaves_the_others_alone(campaign, given):
    other = given.campaign()
    schedule.reconcile()
    schedule.reconcile(campaign.id)
    assert advance_id(other, "launch") in scheduled()


def test_a_campaign_on_hold_or_gone_has_no_jobs(campaign, given):
    schedule.reconcile()
    with writing():
        by_hand.hold(db.session.get(Campaign, campaign.id), None, "", "power cut")
    schedule.reconcile(campaign.id)
    assert scheduled() == {}
    with writing():
        by_hand.release(db.session.get(Campaign, campaign.id), None, False, "light")
    schedule.reconcile(campaign.id)
    assert len(scheduled()) == 7
    with writing():
        db.session.execute(delete(Campaign).where(Campaign.id == campaign.id))
    schedule.reconcile()
    assert scheduled() == {}


def test_a_rehearsal_is_scheduled_by_the_wall_clock_and_not_at_all_while_it_stands(given, watch):
    watch.set(NOON + timedelta(milliseconds=500))
    campaign = given.campaign()
    with writing():
        rehearsals.prepare(db.session.get(Campaign, campaign.id), 3600)
    schedule.reconcile()
    assert scheduled() == {}
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    schedule.reconcile()
    assert scheduled()[advance_id(campaign, "preview")] == int(NOON.timestamp()) + 1


def test_redis_back_empty_gets_the_whole_schedule_again(campaign):
    schedule.reconcile()
    before = scheduled()
    queue.queue("milestones").connection.flushdb()
    schedule.reconcile()
    assert scheduled() == before


def test_due_jobs_are_moved_to_their_queue_at_their_second_and_not_before(campaign, watch):
    schedule.reconcile()
    openings, mine = queue.queue("milestones"), advance_id(campaign, "preview")
    watch.set(NOON - timedelta(microseconds=1))
    assert schedule.move_due() == 0 and openings.job_ids == []
    watch.set(NOON)
    assert schedule.move_due() == 1 and openings.job_ids == [mine]
    assert mine not in scheduled()
    assert schedule.move_due() == 0 and openings.job_ids == [mine]


def test_a_scheduled_id_without_its_job_is_dropped(campaign, watch):
    schedule.reconcile()
    openings = queue.queue("milestones")
    Job.fetch(advance_id(campaign, "preview"), connection=openings.connection, serializer=openings.serializer).delete(
        remove_from_queue=False
    )
    openings.connection.zadd(ScheduledJobRegistry(queue=openings).key, {"advance-0-0": 1})
    watch.set(NOON)
    schedule.move_due()
    assert "advance-0-0" not in scheduled() and "advance-0-0" not in openings.job_ids


def test_what_is_open_and_unreached_is_asked_for_at_once(campaign, watch):
    watch.set(NOON + timedelta(seconds=5))
    schedule.reconcile(campaign.id)
    assert len(queue.queue("milestones").job_ids) == 1


def test_the_jobs_named_by_strings_exist(app):
    queue.letters_due()
    queue.timetable_changed(1)
    for name in ("letters", "upkeep"):
        (job,) = queue.queue(name).jobs
        assert callable(job.func)


def test_a_thousand_who_ask_for_letters_at_once_ask_once(app):
    for _ in range(1000):
        queue.letters_due()
    assert queue.queue("letters").count == 1
    queue.letters_heard()
    queue.letters_due()
    assert queue.queue("letters").count == 2


def test_what_is_open_is_asked_for_once_however_long_no_worker_comes(campaign, watch):
    watch.set(NOON + timedelta(seconds=1))
    for _ in range(3):
        schedule.reconcile()
    assert queue.queue("milestones").job_ids == [f"advance-campaign-{campaign.id}"]
