"""The crowd as rows: whom it is made of, who plays it, and that it is played by one at a time."""

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Person, Prompt, Rehearsal, Staff
from launchpad.rules import crowd as rules
from launchpad.services import consents, crowd, ledger, letters, rehearsals, standing, team
from tests.make import NOON


@pytest.fixture
def id(given, watch):
    """A rehearsal with a crowd of 24 that has just begun."""
    campaign = given.campaign()
    with writing():
        rehearsals.prepare(db.session.get(Campaign, campaign.id), 3000, 24)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    return campaign.id


def act(verb, *words, **more):
    with writing():
        return verb(*words, **more)


def played(id):
    return list(db.session.scalars(select(Person).filter_by(played_in=id).order_by(Person.id)))


def test_playing_makes_the_members_of_before_who_want_letters_and_a_host(id):
    members = [actor for actor in crowd.cast_of(db.session.get(Campaign, id)) if actor.known]
    people = {person.email: person for person in played(id)}
    assert set(people) == {crowd.address_of(id, m.number) for m in members} | {crowd.address_of(id, rules.HOST)}
    before = db.session.get(Campaign, id).milestone("preview").due
    for member in members:
        person = people[crowd.address_of(id, member.number)]
        assert person.is_member and person.member_at < before and person.tier == member.tier
        assert consents.given(person.id, "marketing")
    host = people[crowd.address_of(id, rules.HOST)]
    assert standing.staff_role(host, db.session.get(Campaign, id)) == "moderator"
    assert not consents.given(host.id, "marketing")


def test_pausing_and_playing_again_makes_nobody_anew(id):
    number = len(played(id))
    act(rehearsals.pause, db.session.get(Campaign, id))
    act(rehearsals.play, db.session.get(Campaign, id))
    assert len(played(id)) == number


def test_the_host_has_no_key_to_any_other_campaign(id, given):
    host = next(p for p in played(id) if p.email == crowd.address_of(id, rules.HOST))
    assert standing.staff_role(host, db.session.get(Campaign, given.campaign().id)) is None


def test_an_address_that_somebody_has_is_left_alone_and_gets_no_key(given, watch):
    campaign = given.campaign()
    given.person(crowd.address_of(campaign.id, rules.HOST))
    with writing():
        rehearsals.prepare(db.session.get(Campaign, campaign.id), 3000, 24)
    act(rehearsals.play, db.session.get(Campaign, campaign.id))
    assert played(campaign.id) and db.session.scalar(select(func.count()).select_from(Staff)) == 0


def test_wiping_takes_the_crowd_and_its_key(id):
    act(rehearsals.wipe, db.session.get(Campaign, id))
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    assert team.every() == []


def test_one_at_a_time_plays_a_crowd_and_who_falls_silent_loses_it(id, watch):
    assert crowd.waiting() == [id]
    assert act(crowd.take, id, "one") and not act(crowd.take, id, "two") and crowd.waiting() == []
    watch.step(seconds=4)
    assert act(crowd.beat, id, "one", tally={"errors": 1})
    watch.step(seconds=4)
    assert not act(crowd.take, id, "two")
    watch.step(seconds=2)
    assert crowd.waiting() == [id] and act(crowd.take, id, "two")
    assert not act(crowd.beat, id, "one", tally={"errors": 9})
    assert db.session.scalar(select(Rehearsal.tally)) == {"errors": 1}


def test_a_crowd_that_is_left_waits_and_one_that_is_done_does_not(id):
    act(crowd.take, id, "one")
    act(crowd.leave, id, "two")
    assert crowd.waiting() == []
    act(crowd.leave, id, "one")
    assert crowd.waiting() == [id]
    act(crowd.take, id, "one")
    act(crowd.finish, id, "one")
    assert crowd.waiting() == []


def test_a_paused_crowd_and_a_rehearsal_without_one_wait_for_nobody(id, given):
    act(rehearsals.pause, db.session.get(Campaign, id))
    other = given.campaign()
    with writing():
        rehearsals.prepare(db.session.get(Campaign, other.id))
    act(rehearsals.play, db.session.get(Campaign, other.id))
    assert crowd.waiting() == []


def test_the_stage_asks_only_the_questions_of_the_launch(id, given):
    with writing() as session:
        session.add_all([Prompt(campaign_id=id, text="Now?"), Prompt(campaign_id=id, text="Later?", since="delivery")])
    given.poll(db.session.get(Campaign, id))
    stage = crowd.stage_of(db.session.get(Campaign, id))
    asked = db.session.scalars(select(Prompt.id).filter_by(text="Now?")).all()
    assert list(stage.prompts) == asked and stage.skus == ("OAK",) and stage.tiers == ("founder", "member")
    assert [(ballot.kind, ballot.options) for ballot in stage.polls] == [("single", 3)]


def test_letters_to_simulated_people_stay_in_the_outbox_though_no_campaign_wrote_them(id, given):
    simulated, real = played(id)[0], given.person()
    with writing():
        for person in (simulated, real):
            letters.write("sign_in", db.session.get(Person, person.id), f"sign_in:{person.id}")
    kept, mailed = ledger.next_due(10, kept=True), ledger.next_due(10, kept=False)
    assert [db.session.get(Letter, one).person_id for one in kept] == [simulated.id]
    assert [db.session.get(Letter, one).person_id for one in mailed] == [real.id]


def test_a_crowd_looks_for_its_newest_letter_and_for_none_of_anybody_else(id, given):
    person = played(id)[0]
    number = next(a.number for a in crowd.cast_of(db.session.get(Campaign, id)) if a.known)
    assert crowd.letter_to(id, number, "sign_in") is None
    with writing() as session:
        for turn in (1, 2):
            mine = Letter(kind="sign_in", trigger=f"sign_in:{turn}", marketing=False, at=NOON, person_id=person.id)
            session.add(mine)
        session.add(Letter(kind="sign_in", trigger="sign_in:3", marketing=False, at=NOON, person_id=given_id(session)))
    newest = crowd.letter_to(id, number, "sign_in")
    assert newest.trigger == "sign_in:2" and crowd.letter_to(id, number, "sign_in", after=newest.id) is None


def given_id(session):
    stranger = Person(email="stranger@example.com", name="")
    session.add(stranger)
    session.flush()
    return stranger.id
