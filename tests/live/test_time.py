"""Time, kept by real processes: each milestone once, in order and never early, whoever is killed meanwhile."""

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Consent, Letter
from launchpad.services import rehearsals
from tests.live.site import Site, alive, in_order_and_once, reached
from tests.waiting import until

ALL = 7  # milestones of the usual campaign
SPEED = 100_000  # thirty days in 26 seconds


@pytest.fixture
def site(app, settings):
    site = Site(settings)
    yield site
    site.clean()


@pytest.fixture
def campaign(given):
    """A rehearsal that stands still, with a member who wants letters."""
    campaign = given.campaign()
    person = given.person(member=True, played_in=campaign.id)
    with writing() as session:
        rehearsals.prepare(session.get(Campaign, campaign.id), SPEED)
        session.add(Consent(person_id=person.id, purpose="marketing", given=True, wording="marketing-1"))
    return campaign


def holds(campaign_id):
    """What must be true of a campaign played to its end."""
    assert in_order_and_once(campaign_id) == ALL
    campaign = db.session.get(Campaign, campaign_id)
    assert campaign.rehearsal.ended_at is not None
    kinds = set(db.session.scalars(select(Letter.kind).filter_by(campaign_id=campaign_id)))
    assert {"preview", "waitlist", "doors_open"} <= kinds


def test_two_timekeepers_and_two_workers_reach_each_milestone_once(app, site, campaign):
    parts = [site.start("timekeeper"), site.start("timekeeper")]
    parts += [site.start("worker", "milestones"), site.start("worker", "milestones")]
    assert until(lambda: alive(app, "timekeeper", "worker-milestones"), 60)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    assert until(lambda: reached(campaign.id) == ALL, 80), reached(campaign.id)
    holds(campaign.id)
    assert site.doctor("processes") == {}
    for one in parts:
        one.terminate()
    for one in parts[:2]:
        assert one.wait(30) == -signal.SIGTERM
    for one in parts[2:]:
        assert one.wait(30) == 0


@pytest.mark.live
def test_without_workers_the_timekeeper_alone_keeps_the_time(app, site, campaign):
    site.start("timekeeper")
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    assert until(lambda: reached(campaign.id) == ALL, 90), reached(campaign.id)
    holds(campaign.id)


@pytest.mark.live
def test_what_passed_while_nobody_kept_time_is_caught_up_with(app, site, campaign):
    first = site.start("timekeeper")
    assert until(lambda: alive(app, "timekeeper"), 60)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    assert until(lambda: reached(campaign.id) >= 1, 30)
    os.killpg(first.pid, signal.SIGKILL)
    with writing():
        row = db.session.get(Campaign, campaign.id)
        row.rehearsal.real_0 = clock.now() - timedelta(seconds=60)  # the end has long passed
    site.start("timekeeper")
    assert until(lambda: reached(campaign.id) == ALL, 90)
    holds(campaign.id)


@pytest.mark.live
def test_a_redis_that_comes_back_empty_loses_no_milestone(app, site, campaign):
    site.start("timekeeper")
    site.start("worker", "milestones")
    assert until(lambda: alive(app, "timekeeper", "worker-milestones"), 60)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    assert until(lambda: reached(campaign.id) >= 2, 40)
    app.extensions["redis"].flushall()
    assert until(lambda: reached(campaign.id) == ALL, 90)
    holds(campaign.id)


@pytest.mark.live
def test_a_timekeeper_that_stood_still_over_an_opening_is_late_but_not_twice(app, site, campaign):
    keeper = site.start("timekeeper")
    assert until(lambda: alive(app, "timekeeper"), 60)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    assert until(lambda: reached(campaign.id) >= 1, 30)
    os.kill(keeper.pid, signal.SIGSTOP)
    site.start("timekeeper")
    assert until(lambda: reached(campaign.id) >= 3, 60)
    os.kill(keeper.pid, signal.SIGCONT)
    assert until(lambda: reached(campaign.id) == ALL, 90)
    holds(campaign.id)
