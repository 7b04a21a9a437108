"""doctor's look at the thread finds what is wrong with a log, and nothing in a sound one."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from launchpad.database import writing
from launchpad.models import Campaign, Entry, Event
from launchpad.services import thread
from launchpad.services.checks.thread import faults


@pytest.fixture
def campaign(given, watch) -> int:
    campaign = given.campaign()
    given.campaign()  # one without a word in its thread
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    with writing() as session:
        here = session.get_one(Campaign, campaign.id)
        entries = [thread.report(here, f"fact:{n}", f"Fact {n}") for n in range(3)]
        thread.hide(here, None, entries[1])
    return campaign.id


def test_a_sound_log_has_no_fault(campaign):
    assert faults() == []


@pytest.mark.parametrize(
    "harm, finds",
    [
        (lambda: delete(Event).where(Event.seq == 4), "from 1 to 3"),
        (lambda: update(Campaign).values(seq=Campaign.seq + 1), "its seq is"),
        (lambda: update(Event).where(Event.seq == 4).values(seq=9), "from 1 to 9"),
        (lambda: update(Event).where(Event.seq == 1).values(seq=0), "from 0 to 4"),
        (lambda: delete(Event).where(Event.seq == 2), "announced 0 times"),
        (lambda: update(Event).where(Event.seq == 4).values(kind="new"), "announced 2 times"),
        (lambda: update(Event).where(Event.seq == 1).values(audience="team"), "announced 0 times"),
        (lambda: delete(Event), "announced 0 times"),
    ],
)
def test_each_harm_is_found(campaign, harm, finds):
    with writing() as session:
        session.execute(harm())
    assert any(finds in fault for fault in faults())


def test_an_entry_nobody_announced_is_found(campaign):
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        session.add(Entry(campaign_id=campaign, kind="post", text="Lost", at=here.moment))
    assert len(faults()) == 1
