"""Polls through the pages."""

import pytest
from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Vote


@pytest.fixture
def scene(given, watch):
    """(path of the poll, its option ids)"""
    poll = given.poll(given.campaign("lamp"))
    return f"/lamp/polls/{poll.id}", [option.id for option in poll.options]


def votes() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Vote))


def test_a_member_votes_and_sees_the_result(given, visitor, scene):
    path, options = scene
    someone = visitor(given.person(member=True))
    assert "Sand" in someone.get(path).get_data(as_text=True)
    answer = someone.post(path, {"choice": options[1]})
    assert (answer.status_code, answer.location) == (303, path)
    shown = someone.get(path).get_data(as_text=True)
    assert "100 %" in shown and "1 person voted" in shown
    assert someone.post(path, {"withdraw": "1"}).status_code == 303
    assert votes() == 0


def test_htmx_gets_the_card_alone(given, visitor, scene):
    path, options = scene
    someone = visitor(given.person(member=True))
    answer = someone.post(path, {"choice": options[0]}, seen=path, headers={"HX-Request": "true"})
    words = answer.get_data(as_text=True).strip()
    assert answer.status_code == 200 and words.startswith("<section") and "100 %" in words
    answer = visitor(given.person(member=True)).post(path, {}, seen=path, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and answer.get_data(as_text=True).strip().startswith("<section")


def test_strangers_read_what_it_is_and_do_not_vote(visitor, scene):
    path, options = scene
    someone = visitor()
    answer = someone.get(path)
    assert answer.status_code == 403 and "/membership?campaign=lamp" in answer.get_data(as_text=True)
    assert "Sand" not in answer.get_data(as_text=True)
    assert someone.post(path, {"choice": options[0]}).status_code == 403
    assert votes() == 0


def test_a_draft_shows_its_polls_to_nobody(given, visitor, scene, watch):
    path, options = scene
    someone = visitor(given.person(member=True))
    someone.get(path)
    watch.step(seconds=-1)
    assert someone.post(path, {"choice": options[0]}).status_code == 403
    assert someone.get(path).status_code == 403


def test_after_the_close_a_vote_is_refused_with_the_result(given, visitor, scene, watch):
    path, options = scene
    someone = visitor(given.person(member=True))
    someone.get(path)
    watch.step(days=11)
    answer = someone.post(path, {"choice": options[0]})
    assert answer.status_code == 422 and "closed" in answer.get_data(as_text=True)
    assert votes() == 0


def test_the_poll_of_another_campaign_is_not_found(given, visitor, scene):
    path, _ = scene
    given.campaign("other")
    someone = visitor(given.person(member=True))
    assert someone.get(path.replace("lamp", "other")).status_code == 404
    assert someone.get("/lamp/polls/99999999999999999999").status_code == 404


@pytest.mark.parametrize("value", ["", "x", "\0", "9" * 500, "-1", "1.5", "😀", "٣", ["1"] * 300])
def test_no_choice_gives_a_500(given, visitor, scene, value):
    path, _ = scene
    assert visitor(given.person(member=True)).post(path, {"choice": value}, seen=path).status_code in (303, 422)
