"""The board of ideas through the pages."""

import pytest
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Idea, IdeaVote


@pytest.fixture
def someone(given, visitor, watch):
    given.campaign("lamp")
    return visitor(given.person(member=True))


def newest() -> Idea:
    return db.session.scalar(select(Idea).order_by(Idea.id.desc()).limit(1))


def votes() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(IdeaVote.person_id)).all())


def test_bring_an_idea_and_take_the_vote_back(someone):
    answer = someone.post("/lamp/ideas", {"title": "A <b>dimmer</b>", "text": "x", "key": "k"}, seen="/lamp/ideas")
    assert (answer.status_code, answer.location) == (303, "/lamp/ideas")
    words = someone.get("/lamp/ideas").get_data(as_text=True)
    assert "A &lt;b&gt;dimmer&lt;/b&gt;" in words and f"/lamp/ideas/{newest().id}/vote?to=no" in words
    path = f"/lamp/ideas/{newest().id}/vote"
    assert someone.post(path, seen="/lamp/ideas").status_code == 303
    assert votes() == 0
    for _ in range(2):
        assert someone.post(f"{path}?to=yes", seen="/lamp/ideas").status_code == 303
    assert votes() == 1


def test_htmx_gets_the_board_and_the_idea_alone(someone):
    htmx = {"HX-Request": "true"}
    answer = someone.post("/lamp/ideas", {"title": "A dimmer"}, seen="/lamp/ideas", headers=htmx)
    assert answer.status_code == 200 and answer.get_data(as_text=True).strip().startswith('<div class="idea-board')
    path = f"/lamp/ideas/{newest().id}/vote"
    answer = someone.post(path, seen="/lamp/ideas", headers=htmx)
    assert answer.status_code == 200 and answer.get_data(as_text=True).strip().startswith("<article")


def test_strangers_read_what_it_is(someone, visitor):
    stranger = visitor()
    answer = stranger.get("/lamp/ideas")
    assert answer.status_code == 403 and "/membership?campaign=lamp" in answer.get_data(as_text=True)
    assert stranger.post("/lamp/ideas", {"title": "x"}).status_code == 403
    assert newest() is None


def test_from_the_launch_on_ideas_are_read_only(someone, watch):
    someone.get("/lamp/ideas")
    watch.step(days=11)
    assert someone.post("/lamp/ideas", {"title": "x"}).status_code == 403
    assert someone.get("/lamp/ideas").status_code == 200


def test_a_refused_idea_comes_back_with_its_words(someone):
    answer = someone.post("/lamp/ideas", {"title": "", "text": "kept words"}, seen="/lamp/ideas")
    assert answer.status_code == 422 and "kept words" in answer.get_data(as_text=True)


@pytest.mark.parametrize("field", ["title", "text", "key", "to"])
@pytest.mark.parametrize("value", ["\0", "x" * 5000, "😀" * 300, ["a", "b"], "\ud800".encode("utf-8", "surrogatepass")])
def test_no_input_gives_a_500(someone, field, value):
    assert someone.post("/lamp/ideas", {"title": "t", field: value}, seen="/lamp/ideas").status_code < 500
    assert someone.post("/lamp/ideas/1/vote", {field: value}, seen="/lamp/ideas").status_code < 500
