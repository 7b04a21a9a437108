"""The team's word on ideas."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Idea
from launchpad.rules.refusals import Refusal
from launchpad.services import idea_answers, ideas


@pytest.fixture
def idea(given, watch) -> Idea:
    campaign, person = given.campaign("lamp"), given.person(member=True)
    with writing():
        return ideas.post(campaign, person, "A wall version")


def act(call, idea, *words):
    from launchpad.models import Campaign

    with writing() as session:
        row = session.get(Idea, idea.id)
        call(session.get(Campaign, row.campaign_id), None, row, *words)


def log() -> list[tuple]:
    db.session.rollback()
    return [(row.act, row.before, row.after) for row in db.session.scalars(select(Audit).order_by(Audit.id))]


def test_an_answer_sets_the_state_and_is_logged_without_its_words(idea):
    act(idea_answers.answer, idea, "open", "planned", " In spring. ")
    assert (idea.state, idea.answer) == ("planned", "In spring.")
    before, after = {"state": "open", "answered": False}, {"state": "planned", "answered": True}
    assert log() == [("idea.answer", before, after)]
    act(idea_answers.answer, idea, "planned", "planned", "In spring.")
    assert len(log()) == 1, "said again it changes nothing"


def test_who_comes_second_is_told(idea):
    act(idea_answers.answer, idea, "open", "declined", "")
    with pytest.raises(Refusal) as no:
        act(idea_answers.answer, idea, "open", "planned", "Yes")
    assert no.value.reason == "changed" and db.session.get(Idea, idea.id).state == "declined"


@pytest.mark.parametrize(
    "state, words, field", [("hidden", "", "state"), ("", "", "state"), ("open", "x" * 2001, "answer")]
)
def test_what_no_answer_can_be(idea, state, words, field):
    with pytest.raises(Refusal) as no:
        act(idea_answers.answer, idea, "open", state, words)
    assert no.value.field == field and log() == []


def test_hidden_it_is_off_the_board_and_shown_again_on_it(idea, given):
    campaign = given.campaign("x")
    act(idea_answers.hide, idea, "An address in it")
    db.session.rollback()
    campaign = db.session.get(type(campaign), idea.campaign_id)
    assert ideas.board(campaign, None).rows == []
    act(idea_answers.hide, idea, "Again")
    act(idea_answers.show, idea)
    act(idea_answers.show, idea)
    db.session.rollback()
    assert [row.idea.id for row in ideas.board(campaign, None).rows] == [idea.id]
    assert [row[0] for row in log()] == ["idea.hide", "idea.show"]
    with pytest.raises(Refusal):
        act(idea_answers.hide, idea, "")
