"""The check of the ledger sees each way in which it can be out of order."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter
from launchpad.services import letters
from launchpad.services.checks import letters as check
from tests.make import NOON


@pytest.fixture
def letter(given, watch):
    person = given.person()
    with writing():
        letters.write("order", person, "order:1")
    assert check.faults() == []
    db.session.rollback()
    return db.session.scalar(select(Letter.id))


def change(id, **values):
    with writing():
        for name, value in values.items():
            setattr(db.session.get(Letter, id), name, value)


def test_a_letter_that_nobody_sends_is_seen_after_its_patience(letter, watch):
    watch.step(minutes=10)
    assert check.faults() == []
    watch.step(microseconds=1)
    assert check.faults() == ["1 letters have been due for over 10 minutes"]


def test_a_claim_that_nobody_settles_is_seen(letter, watch):
    change(letter, state="claimed", claimed_at=watch.now - timedelta(minutes=11))
    assert check.faults() == ["1 letters have been claimed for over 10 minutes"]


@pytest.mark.parametrize("state", ["suppressed", "expired", "failed", "unknown"])
def test_an_end_without_a_reason_is_seen(letter, state):
    change(letter, state=state)
    assert check.faults() == ["1 letters ended without a reason"]
    change(letter, reason="no consent")
    assert check.faults() == []


def test_a_state_that_there_is_not_is_seen(letter):
    change(letter, state="lost")
    assert check.faults() == ["letters have the state lost, which there is not"]


def test_a_milestone_without_its_letters_is_seen(given, letter):
    campaign = given.campaign()
    with writing():
        db.session.get(Campaign, campaign.id).milestone("preview").reached_at = NOON
    assert "its letters not written" in check.faults()[0]
