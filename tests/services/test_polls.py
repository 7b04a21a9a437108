"""Polls: one ballot a member, changed until the poll closes, results by rule."""

import threading

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Campaign, Milestone, Person, Poll, Vote, VoteChoice
from launchpad.rules.refusals import Refusal
from launchpad.services import polls


@pytest.fixture
def scene(given, watch):
    """(campaign id, person id, option ids) of a poll that is open."""
    campaign = given.campaign("lamp")
    poll = given.poll(campaign)
    return campaign.id, given.person(member=True).id, [option.id for option in poll.options]


def cast(campaign: int, person: int, *choices: int, number: int = 1) -> None:
    with writing() as session:
        polls.vote(session.get(Campaign, campaign), session.get(Person, person), number, list(choices))


def card(campaign: int, person: int | None = None, number: int = 1) -> polls.Card:
    return polls.card(db.session.get(Campaign, campaign), person and db.session.get(Person, person), number)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def refused(*args, **values) -> str:
    with pytest.raises(Refusal) as refusal:
        cast(*args, **values)
    return refusal.value.reason


def test_a_vote_counts_once_and_can_be_changed_and_taken_back(scene):
    campaign, person, (sand, forest, _ink) = scene
    cast(campaign, person, sand)
    cast(campaign, person, forest)
    seen = card(campaign, person)
    assert seen.chosen == [forest]
    assert [(votes, mine) for _text, votes, mine in seen.results] == [(0, False), (1, True), (0, False)]
    assert seen.voters == 1 and count(Vote) == 1
    with writing() as session:
        polls.withdraw(session.get(Campaign, campaign), session.get(Person, person), 1)
    assert count(Vote) == count(VoteChoice) == 0
    assert card(campaign, person).results is None


def test_it_opens_with_the_preview_and_closes_with_the_launch(scene, watch):
    campaign, person, (sand, *_) = scene
    preview, launch = (db.session.get(Campaign, campaign).milestone(name).due for name in ("preview", "launch"))
    watch.set(preview)
    watch.step(seconds=-1)
    assert refused(campaign, person, sand) == "not_open"
    watch.set(preview)
    cast(campaign, person, sand)
    watch.set(launch)
    watch.step(microseconds=-1)
    cast(campaign, person, sand)
    watch.set(launch)
    assert refused(campaign, person, sand) == "closed"
    with pytest.raises(Refusal), writing() as session:
        polls.withdraw(session.get(Campaign, campaign), session.get(Person, person), 1)


def test_it_closes_at_a_moment_of_its_own_when_it_has_one(scene, watch):
    campaign, person, (sand, *_) = scene
    closes = watch.now.replace(hour=18)
    with writing() as session:
        session.add(Milestone(campaign_id=campaign, name="poll_1_closes", due=closes))
    watch.set(closes)
    watch.step(microseconds=-1)
    cast(campaign, person, sand)
    assert (card(campaign).open, card(campaign).closed, card(campaign).closes_at) == (True, False, closes)
    watch.set(closes)
    db.session.rollback()
    assert refused(campaign, person, sand) == "closed"
    assert (card(campaign).open, card(campaign).closed) == (False, True)


@pytest.mark.parametrize(
    "rule, before, after_my_vote, closed",
    [
        ("always", True, True, True),
        ("after_vote", False, True, True),
        ("on_close", False, False, True),
        ("team", False, False, False),
    ],
)
def test_who_sees_the_results_when(given, scene, watch, rule, before, after_my_vote, closed):
    campaign, person, (sand, *_) = scene
    moderator = given.person(role="moderator").id
    with writing() as session:
        session.scalars(select(Poll)).one().results = rule

    def seen(who=None) -> bool:
        return card(campaign, who).results is not None

    assert seen(person) is before
    cast(campaign, person, sand)
    assert seen(person) is after_my_vote
    assert seen() is before, "my vote shows them to nobody else"
    assert seen(moderator)
    watch.set(db.session.get(Campaign, campaign).milestone("launch").due)
    db.session.rollback()
    assert seen(person) is closed and seen() is closed


def test_choices_that_are_none_are_refused(given, scene):
    campaign, person, (sand, forest, _ink) = scene
    other = given.poll(given.campaign("other")).options[0].id
    assert refused(campaign, person) == "choices"
    assert refused(campaign, person, sand, forest) == "choices"
    assert refused(campaign, person, other) == "unknown_choice"
    assert refused(campaign, person, 0) == "unknown_choice"
    assert refused(campaign, person, sand, number=2) == "unknown"
    assert count(Vote) == 0


def test_several_choices_and_a_rating(given, scene):
    campaign, person, _options = scene
    row = db.session.get(Campaign, campaign)
    several = [o.id for o in given.poll(row, 2, kind="multiple", least=2, most=2).options]
    row = db.session.get(Campaign, campaign)
    rating = [o.id for o in given.poll(row, 3, options="12345", kind="rating").options]
    assert refused(campaign, person, several[0], number=2) == "choices"
    cast(campaign, person, several[0], several[2], several[0], number=2)
    assert card(campaign, person, 2).chosen == [several[0], several[2]]
    cast(campaign, person, rating[3], number=3)
    cast(campaign, given.person(member=True).id, rating[4], number=3)
    assert card(campaign, person, 3).average == 4.5
    assert card(campaign, person, 2).voters == 1, "people, not choices"


def test_many_presses_at_once_are_one_ballot(app, scene):
    campaign, person, options = scene
    db.session.remove()
    start, faults = threading.Barrier(6), []

    def press(choice):
        with app.app_context():
            start.wait(30)
            try:
                cast(campaign, person, choice)
            except Exception as fault:
                faults.append(fault)
            db.session.remove()

    threads = [threading.Thread(target=press, args=(options[n % 3],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert count(Vote) == count(VoteChoice) == 1
