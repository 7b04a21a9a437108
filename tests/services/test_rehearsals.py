"""Rehearsals: a clock that is played, paused and set forward; a stage that is copied and wiped."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Order, Person, Place, Poll, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import rehearsals
from tests.make import NOON


@pytest.fixture
def campaign(given, watch):
    campaign = given.campaign()
    with writing():
        rehearsals.prepare(db.session.get(Campaign, campaign.id), 3000)
    return campaign


def act(verb, campaign, *rest):
    with writing():
        verb(db.session.get(Campaign, campaign.id), *rest)
    return db.session.get(Campaign, campaign.id)


def test_it_stands_one_hour_before_its_first_milestone_until_it_is_played(campaign, watch):
    watch.step(days=3)
    assert db.session.get(Campaign, campaign.id).now == NOON - timedelta(hours=1)
    act(rehearsals.play, campaign)
    watch.step(seconds=1)
    assert db.session.get(Campaign, campaign.id).now == NOON - timedelta(minutes=10)


def test_another_speed_and_a_pause_make_no_jump(campaign, watch):
    act(rehearsals.play, campaign)
    watch.step(seconds=2)
    before = db.session.get(Campaign, campaign.id).now
    assert act(rehearsals.play, campaign, 60).now == before
    watch.step(seconds=60)
    assert db.session.get(Campaign, campaign.id).now == before + timedelta(hours=1)
    paused = act(rehearsals.pause, campaign).now
    watch.step(days=1)
    assert act(rehearsals.pause, campaign).now == paused == before + timedelta(hours=1)
    assert act(rehearsals.play, campaign).now == paused


@pytest.mark.parametrize("speed", [0, -1, 100_001])
def test_a_speed_that_makes_no_sense_is_refused(campaign, speed):
    with pytest.raises(Refusal):
        act(rehearsals.play, campaign, speed)


def test_next_jumps_to_the_opening_and_never_back(campaign, watch):
    act(rehearsals.play, campaign)
    after = act(rehearsals.skip, campaign)
    assert after.now == NOON and after.phase == "preview"
    assert milestones.advance(campaign.id) == 1
    assert db.session.get(Campaign, campaign.id).milestone("preview").late == 0
    assert act(rehearsals.skip, campaign).now == campaign.milestone("waitlist").due


def test_next_needs_something_to_come(campaign, watch):
    for _ in campaign.milestones:
        act(rehearsals.skip, campaign)
        milestones.advance(campaign.id)
    with pytest.raises(Refusal) as refusal:
        act(rehearsals.skip, campaign)
    assert refusal.value.reason == "nothing_next"
    with pytest.raises(Refusal) as refusal:
        act(rehearsals.play, campaign)
    assert refusal.value.reason == "ended"


def test_a_real_campaign_has_no_clock_to_play_and_is_never_wiped(given, watch):
    real = given.campaign()
    for verb in (rehearsals.play, rehearsals.pause, rehearsals.skip, rehearsals.wipe):
        with pytest.raises(Refusal) as refusal:
            act(verb, real)
        assert refusal.value.reason == "not_rehearsed"


def test_a_copy_has_all_that_a_campaign_is_made_of_and_nothing_it_lived_through(given, watch):
    real, buyer = given.campaign(slug="lamp"), given.person()
    given.poll(real)
    given.order(real, buyer)
    milestones.advance(real.id)
    with writing() as session:
        session.get(Campaign, real.id).list_first_until = NOON + timedelta(days=30)
    with writing():
        made = rehearsals.copy(db.session.get(Campaign, real.id), 500, 20).id
    copy, real = db.session.get(Campaign, made), db.session.get(Campaign, real.id)
    assert copy.slug == "lamp-rehearsal" and copy.rehearsal.of_id == real.id and copy.rehearsal.chosen_speed == 500
    assert [(m.name, m.due, m.hours) for m in copy.milestones] == [(m.name, m.due, m.hours) for m in real.milestones]
    assert not any(m.reached_at for m in copy.milestones) and real.milestone("preview").reached_at
    assert [(v.sku, v.taken) for v in db.session.scalars(select(Variant).filter_by(campaign_id=made))] == [("OAK", 0)]
    poll = db.session.scalar(select(Poll).filter_by(campaign_id=made))
    assert [o.text for o in poll.options] == ["Sand", "Forest", "Ink"]
    assert copy.phase == "draft" and copy.seq == 0 and copy.list_first_until is None


def test_a_second_copy_replaces_the_first_but_no_other_campaign(given, watch):
    real = given.campaign(slug="lamp")
    for _ in range(2):
        act(rehearsals.copy, real)
    assert db.session.scalar(select(func.count()).select_from(Campaign).filter_by(slug="lamp-rehearsal")) == 1
    other = given.campaign(slug="desk")
    given.campaign(slug="desk-rehearsal")
    with pytest.raises(Refusal):
        act(rehearsals.copy, other)


def test_wiping_takes_everything_of_the_rehearsal_and_nothing_else(given, campaign, watch):
    real, person, played = given.campaign(), given.person(), given.person(played_in=campaign.id)
    wiped, simulated = campaign.id, played.id
    for one in (real, campaign):
        given.place(one, person)
        given.order(one, person)
    given.place(campaign, played)
    with writing() as session:
        letter = Letter(kind="place", trigger="place:1", marketing=False, at=NOON)
        letter.campaign_id, letter.person_id = wiped, person.id
        session.add(letter)
    with writing():
        rehearsals.wipe(db.session.get(Campaign, wiped))
    assert db.session.get(Campaign, wiped) is None and db.session.get(Person, simulated) is None
    assert set(db.session.scalars(select(Place.campaign_id))) == {real.id}
    assert set(db.session.scalars(select(Order.campaign_id))) == {real.id}
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert db.session.get(Person, person.id) is not None


def test_a_clock_that_nobody_watched_is_set_back_and_stands(campaign, watch):
    act(rehearsals.play, campaign)
    watch.step(seconds=10)
    last, stood = watch.now, db.session.get(Campaign, campaign.id).now
    watch.step(hours=8)
    assert act(rehearsals.stand_at, campaign, last).now == stood
    watch.step(hours=1)
    assert db.session.get(Campaign, campaign.id).now == stood
    act(rehearsals.play, campaign)
    watch.step(seconds=1)
    assert db.session.get(Campaign, campaign.id).now == stood + timedelta(seconds=3000)


def test_a_paused_clock_stays_where_it_was_paused(campaign, watch):
    act(rehearsals.play, campaign)
    watch.step(seconds=10)
    stood = act(rehearsals.pause, campaign).now
    assert act(rehearsals.stand_at, campaign, watch.now - timedelta(seconds=5)).now == stood
