"""A rehearsal from its beginning again."""

import pytest
from sqlalchemy import func, select

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Event, Letter, Order, Person, Place, Staff
from launchpad.rules.refusals import Refusal
from launchpad.services import rehearsals, resets


def test_everything_that_happened_is_gone_and_what_it_is_made_of_stays(given, watch):
    first = given.campaign(slug="lamp", tagline="Follows the sun")
    given.poll(first)
    with writing():
        rehearsals.prepare(db.session.get(Campaign, first.id), 700, 12)
        db.session.get(Campaign, first.id).hero = "hero-key"
    with writing():
        rehearsals.play(db.session.get(Campaign, first.id))
    watch.step(days=3)
    milestones.advance(first.id)
    person, host = given.person(), given.person()
    given.place(first, person)
    given.order(first, person)
    with writing() as session:
        session.add(Staff(person_id=host.id, campaign_id=first.id, role="moderator"))
        session.get(Campaign, first.id).rehearsal.report = {"slug": "lamp"}
    dues = {m.name: m.due for m in db.session.get(Campaign, first.id).milestones}
    with writing():
        resets.reset(db.session.scalar(select(Campaign).filter_by(slug="lamp")))
    again = db.session.scalar(select(Campaign).filter_by(slug="lamp"))
    clock = again.rehearsal
    assert (clock.chosen_speed, clock.crowd, clock.speed) == (700, 12, 0)
    assert clock.played_at is clock.ended_at is clock.crowd_at is clock.reported_at is None and not clock.tally
    assert {m.name: m.due for m in again.milestones} == dues and not any(m.reached_at for m in again.milestones)
    assert again.phase == "draft" and again.hero == "hero-key" and again.tagline == "Follows the sun"
    for kind in (Order, Place, Letter):
        assert db.session.scalar(select(func.count()).select_from(kind)) == 0
    assert db.session.scalar(select(func.count()).select_from(Event)) == again.seq
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.played_in.is_not(None))) == 0
    assert [(row.person_id, row.role) for row in db.session.scalars(select(Staff))] == [(host.id, "moderator")]


def test_a_copy_is_copied_again_from_the_real_campaign_as_it_is_now(given, watch):
    real = given.campaign(slug="lamp")
    with writing():
        rehearsals.copy(db.session.get(Campaign, real.id), 500, 20)
    with writing():
        db.session.get(Campaign, real.id).name = "Another name"
    with writing():
        resets.reset(db.session.scalar(select(Campaign).filter_by(slug="lamp-rehearsal")), crowd=7)
    again = db.session.scalar(select(Campaign).filter_by(slug="lamp-rehearsal"))
    assert again.name == "Another name" and again.rehearsal.of_id == real.id
    assert (again.rehearsal.chosen_speed, again.rehearsal.crowd) == (500, 7)


def test_a_real_campaign_is_never_reset(given, watch):
    real = given.campaign()
    with pytest.raises(Refusal) as refusal, writing():
        resets.reset(db.session.get(Campaign, real.id))
    assert refusal.value.reason == "not_rehearsed"
