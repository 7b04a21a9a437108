"""The check of timetables sees each way in which one can be broken."""

from datetime import timedelta

import pytest

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Event
from launchpad.services.checks import time
from tests.make import NOON


@pytest.fixture
def campaign(given, watch):
    campaign = given.campaign()
    watch.set(NOON + timedelta(days=4))
    milestones.advance(campaign.id)
    assert time.faults() == []
    db.session.rollback()
    return campaign


def test_what_is_open_and_forgotten_is_seen_after_its_patience(campaign, watch):
    watch.set(campaign.milestone("head_start_founder").due + timedelta(seconds=15))
    assert time.faults() == []
    watch.step(microseconds=1)
    assert "not reached" in time.faults()[0]


def test_what_was_reached_early_is_seen(campaign):
    with writing():
        db.session.get(Campaign, campaign.id).milestone("waitlist").reached_at -= timedelta(microseconds=1)
    assert [fault for fault in time.faults() if "before it opened" in fault]


def test_what_was_reached_out_of_order_is_seen(campaign):
    with writing():
        db.session.get(Campaign, campaign.id).milestone("preview").reached_at += timedelta(days=10)
    assert [fault for fault in time.faults() if "out of order" in fault]


def test_what_was_reached_twice_is_seen(campaign):
    with writing() as session:
        session.add(Event(campaign_id=campaign.id, seq=99, kind="milestone", at=NOON))
    assert [fault for fault in time.faults() if "2 milestones were reached, 3 times" in fault]
