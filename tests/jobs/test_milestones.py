"""The job of the timetable: what is open is reached; what opens within the second is waited for, never reached early."""

from datetime import timedelta

import pytest

from jobs import milestones
from launchpad.database import db
from launchpad.models import Campaign
from tests.waiting import instead_of_sleep


@pytest.fixture
def slept(monkeypatch, watch) -> list[float]:
    """What the job slept; the test's clock moves with it."""
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        watch.step(seconds=seconds)

    instead_of_sleep(monkeypatch, sleep)
    return naps


def reached(campaign) -> set[str]:
    db.session.rollback()
    return {m.name for m in db.session.get(Campaign, campaign.id).milestones if m.reached_at}


def test_a_job_that_comes_within_the_second_waits_for_the_opening(given, watch, slept):
    campaign = given.campaign()
    watch.set(campaign.milestone("preview").due - timedelta(seconds=1))
    assert milestones.advance(campaign.id) == 1
    assert slept == [1.0] and reached(campaign) == {"preview"}
    assert db.session.get(Campaign, campaign.id).milestone("preview").reached_at == campaign.milestone("preview").due


def test_a_job_that_comes_earlier_waits_for_nothing(given, watch, slept):
    campaign = given.campaign()
    watch.set(campaign.milestone("preview").due - timedelta(seconds=1, microseconds=1))
    assert milestones.advance(campaign.id) == 0
    assert slept == [] and reached(campaign) == set()


def test_what_is_open_is_reached_before_the_next_is_waited_for(given, watch, slept, monkeypatch):
    campaign = given.campaign()
    watch.set(campaign.milestone("waitlist").due - timedelta(milliseconds=300))
    order, reach = [], milestones.reach

    def spy(id: int) -> int:
        order.append((reach(id), len(slept)))
        return order[-1][0]

    monkeypatch.setattr(milestones, "reach", spy)
    assert milestones.advance(campaign.id) == 2
    assert order == [(1, 0), (1, 1)] and reached(campaign) == {"preview", "waitlist"}


def test_a_clock_that_did_not_get_there_opens_nothing(given, watch, monkeypatch):
    campaign = given.campaign()
    watch.set(campaign.milestone("preview").due - timedelta(milliseconds=500))
    instead_of_sleep(monkeypatch, lambda seconds: None)
    assert milestones.advance(campaign.id) == 0 and reached(campaign) == set()


def test_a_campaign_that_is_gone_is_no_error(app):
    assert milestones.advance(404) == 0
