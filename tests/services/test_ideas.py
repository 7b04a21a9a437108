"""Ideas: brought once, voted on once each."""

import threading

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Campaign, Idea, IdeaVote, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import ideas


@pytest.fixture
def scene(given, watch):
    """(campaign id, person id)"""
    return given.campaign("lamp").id, given.person(member=True).id


def post(campaign: int, person: int, title="A dimmer", text="", key=None) -> int:
    with writing() as session:
        return ideas.post(session.get(Campaign, campaign), session.get(Person, person), title, text, key).id


def vote(campaign: int, person: int, id: int, wanted: bool | None = None) -> bool:
    with writing() as session:
        return ideas.set_vote(session.get(Campaign, campaign), session.get(Person, person), id, wanted)


def rows(campaign: int, person: int | None = None) -> list[ideas.Row]:
    return ideas.board(db.session.get(Campaign, campaign), person and db.session.get(Person, person)).rows


def test_an_idea_is_on_the_board_with_its_authors_vote(scene):
    campaign, person = scene
    id = post(campaign, person, "  A \n dimmer ", " please ")
    [row] = rows(campaign, person)
    assert (row.idea.id, row.idea.title, row.idea.text, row.votes, row.mine) == (id, "A dimmer", "please", 1, True)
    assert rows(campaign)[0].mine is False


def test_the_same_form_twice_is_one_idea_and_other_words_are_refused(scene, given):
    campaign, person = scene
    assert post(campaign, person, key="k") == post(campaign, person, key="k")
    with pytest.raises(Refusal) as refused:
        post(campaign, person, "Another", key="k")
    assert refused.value.reason == "key"
    post(campaign, given.person(member=True).id, "Another", key="k")
    assert len(rows(campaign)) == 2


def test_votes_turn_and_said_twice_stay(scene, given):
    campaign, person = scene
    id, other = post(campaign, person), given.person(member=True).id
    assert [vote(campaign, other, id), vote(campaign, other, id)] == [True, False]
    assert [vote(campaign, other, id, True), vote(campaign, other, id, True)] == [True, True]
    assert rows(campaign)[0].votes == 2
    assert [vote(campaign, other, id, False), vote(campaign, other, id, False)] == [False, False]
    assert rows(campaign)[0].votes == 1


def test_the_most_wanted_come_first(scene, given):
    campaign, person = scene
    first, second = post(campaign, person, "One"), post(campaign, person, "Two")
    vote(campaign, given.person(member=True).id, second)
    assert [row.idea.id for row in rows(campaign)] == [second, first]


def test_hidden_ideas_are_gone_and_settled_ones_keep_their_votes(scene, given):
    campaign, person = scene
    hidden, settled = post(campaign, person, "One"), post(campaign, person, "Two")
    with writing() as session:
        session.get(Idea, hidden).state, session.get(Idea, settled).state = "hidden", "declined"
    assert [row.idea.id for row in rows(campaign, person)] == [settled]
    for id, reason in ((hidden, "unknown"), (settled, "settled"), (10**9, "unknown")):
        with pytest.raises(Refusal) as refused:
            vote(campaign, person, id, False)
        assert refused.value.reason == reason


@pytest.mark.parametrize(
    "title, text, field", [(" ", "", "title"), ("x" * 121, "", "title"), ("x", "y" * 2001, "text")]
)
def test_too_little_and_too_much_are_refused(scene, title, text, field):
    with pytest.raises(Refusal) as refused:
        post(*scene, title, text)
    assert refused.value.field == field


def test_just_enough_is_taken_and_one_person_brings_twenty(scene):
    post(*scene, "x" * 120, "y" * 2000)
    for number in range(19):
        post(*scene, f"Idea {number}")
    with pytest.raises(Refusal) as refused:
        post(*scene, "One more")
    assert refused.value.reason == "many"


def test_many_presses_at_once_are_one_idea_and_one_vote(app, scene):
    campaign, person = scene
    db.session.remove()
    start, faults = threading.Barrier(6), []

    def press():
        with app.app_context():
            start.wait(30)
            try:
                vote(campaign, person, post(campaign, person, key="k"), True)
            except Exception as fault:
                faults.append(fault)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Idea, IdeaVote)] == [1, 1]
