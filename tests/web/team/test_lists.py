"""Polls and prompts written in the control room: what a person can do, and what stays once people took part."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Poll, Prompt, Story, Vote
from launchpad.services import campaigns, plans
from tests.services.test_plans import load

ROOM = "/team/aurora-lamp"
POLL = {
    "question": "Which shade?", "kind": "multiple", "options": "Round\r\n\r\n Square \r\nNone", "min": "1", "max": "2",
    "results": "always",
}  # fmt: skip


@pytest.fixture
def editor(given, visitor, watch):
    watch.step(days=-1)
    load()
    return visitor(given.person(role="editor", name="Edda"))


def form(page, action: str) -> dict[str, str]:
    """The fields of the form that leads there, as a browser without script sends them."""
    text = page.get_data(as_text=True)
    inside = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', text, re.S)[1]
    fields = {}
    for tag in re.findall(r"<input[^>]+>", inside):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        fields[found["name"]] = unescape(found.get("value", ""))
    fields |= {n: unescape(v) for n, v in re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>(.*?)</textarea>', inside, re.S)}
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', inside, re.S):
        fields[name] = (re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options))[1]
    return fields


def send(visitor, page: str, action: str, **fields):
    return visitor.post(action, form(visitor.get(page), action) | fields)


def polls() -> list:
    db.session.remove()
    return list(plans.plan_of(campaigns.by_slug("aurora-lamp")).polls)


def ids(kind) -> list[int]:
    order = Poll.number if kind is Poll else Prompt.position
    return list(db.session.scalars(select(kind.id).order_by(order)))


def test_a_poll_is_written_changed_moved_and_taken_out(editor):
    assert send(editor, f"{ROOM}/polls/new", f"{ROOM}/polls/new", **POLL).status_code == 303
    first, second = polls()
    assert (second.question, second.options, second.least, second.most) == ("Which shade?", ("Round", "Square", "None"), 1, 2)
    path = f"{ROOM}/polls/{ids(Poll)[1]}"
    closing = {"closes": "2026-12-03T10:00", "question": "Which form?"}
    assert send(editor, path, path, **closing).status_code == 303
    assert campaigns.by_slug("aurora-lamp").milestone("poll_2_closes").due.hour == 10
    assert send(editor, path, path, closes="2026-12-03T11:00").status_code == 422, "a moment moves: why"
    assert send(editor, path, path, closes="2026-12-03T11:00", reason="Late").status_code == 303
    assert send(editor, f"{ROOM}/polls", f"{path}/move", to="up").status_code == 303
    assert [p.question for p in polls()] == ["Which form?", "Which colour?"]
    due = {m.name: m.due.hour for m in campaigns.by_slug("aurora-lamp").milestones if m.name.startswith("poll")}
    assert due == {"poll_1_closes": 11, "poll_2_closes": 9}, "its closing goes with it"
    path = f"{ROOM}/polls/{ids(Poll)[0]}"
    assert send(editor, path, f"{path}/remove").status_code == 303
    assert polls() == [first]
    acts = list(db.session.scalars(select(Audit.act).order_by(Audit.id)))
    assert acts == ["campaign.create", "poll.make", "poll.edit", "poll.edit", "poll.move", "poll.remove"]


def test_what_people_have_voted_in_keeps_its_answers_and_its_place_and_says_so(editor, given):
    send(editor, f"{ROOM}/polls/new", f"{ROOM}/polls/new", **POLL)
    first, second = ids(Poll)
    person = given.person(member=True)
    with writing() as session:
        session.add(Vote(poll_id=second, person_id=person.id, at=campaigns.by_slug("aurora-lamp").now))
    page = editor.get(f"{ROOM}/polls/{second}")
    assert "1 person has voted" in page.get_data(as_text=True) and 'name="options"' not in page.get_data(as_text=True)
    path = f"{ROOM}/polls/{second}"
    assert send(editor, path, path, question="Which shade, then?", options="X\nY", kind="single").status_code == 303
    assert (polls()[1].question, polls()[1].options) == ("Which shade, then?", ("Round", "Square", "None"))
    versions = form(editor.get(path), path)
    for action, fields in ((f"{path}/move", {"to": "up"}), (f"{path}/remove", {}), (f"{ROOM}/polls/{first}/remove", {})):
        answer = editor.post(action, versions | fields)
        assert answer.status_code == 422 and "people have voted" in answer.get_data(as_text=True).casefold(), action
    assert ids(Poll) == [first, second]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"question": ""}, "Question must not be empty."),
        ({"question": "x" * 300}, "at most 250"),
        ({"options": "One"}, "Answers must hold at least two."),
        ({"options": "One\nOne"}, "Answer 2 is there twice."),
        ({"options": "\n".join(map(str, range(60)))}, "at most 50"),
        ({"kind": "ranked"}, "one of"),
        ({"results": "never"}, "one of"),
        ({"min": "3", "max": "2"}, "whole number"),
        ({"max": "9"}, "whole number"),
        ({"min": "many"}, "must be a number"),
        ({"closes": "soon"}, "date and time"),
        ({"closes": "2025-01-01T09:00"}, "between the preview and the archive"),
        ({"closes": "2026-11-29T09:00"}, "between the preview"),
        ({"version": "0"}, "changed since"),
    ],
)
def test_what_a_poll_cannot_be_is_said_at_the_form_and_what_was_typed_stays(editor, change, said):
    answer = send(editor, f"{ROOM}/polls/new", f"{ROOM}/polls/new", **POLL | change)
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422 and said.casefold() in text.casefold()
    assert len(polls()) == 1 and ("Square" in text or "options" in change)


def test_prompts_are_written_changed_moved_and_taken_out(editor, given):
    new = {"text": "Tell us", "template": "Before …", "from": "delivery"}
    assert send(editor, f"{ROOM}/prompts", f"{ROOM}/prompts", **new).status_code == 303
    desk, tell = ids(Prompt)
    assert send(editor, f"{ROOM}/prompts", f"{ROOM}/prompts/{tell}/move", to="up").status_code == 303
    assert ids(Prompt) == [tell, desk]
    path = f"{ROOM}/prompts/{tell}"
    assert send(editor, path, path, template="").status_code == 303
    assert db.session.scalar(select(Prompt.template).where(Prompt.text == "Tell us")) == ""
    for change in ({"text": "Show us your desk"}, {"text": ""}, {"from": "now"}, {"template": "x" * 2001}):
        assert send(editor, path, path, **change).status_code == 422
    campaign, person = campaigns.by_slug("aurora-lamp"), given.person(member=True)
    with writing() as session:
        session.add(Story(campaign_id=campaign.id, person_id=person.id, prompt_id=tell, text="Mine", at=campaign.now))
    assert "1 story answers it" in editor.get(path).get_data(as_text=True)
    assert send(editor, path, path, text="Other words", template="Now …").status_code == 303
    assert db.session.get(Prompt, tell).text == "Tell us" and db.session.get(Prompt, tell).template == "Now …"
    assert send(editor, path, f"{path}/remove").status_code == 303
    assert ids(Prompt) == [desk] and db.session.scalar(select(Story.prompt_id)) is None


def test_others_of_the_team_read_and_do_not_write(editor, given, visitor):
    poll, prompt = ids(Poll)[0], ids(Prompt)[0]
    analyst = visitor(given.person(role="analyst"))
    for path in (f"{ROOM}/polls", f"{ROOM}/prompts"):
        page = analyst.get(path)
        assert page.status_code == 200 and "Change" not in page.get_data(as_text=True)
    for path in (f"{ROOM}/polls/new", f"{ROOM}/polls/{poll}", f"{ROOM}/prompts/{prompt}", f"{ROOM}/compare"):
        assert analyst.get(path).status_code == 403
    for path in (f"{ROOM}/polls/{poll}/remove", f"{ROOM}/prompts", f"{ROOM}/prompts/{prompt}/remove"):
        assert analyst.post(path, {}, seen=f"{ROOM}/polls").status_code == 403
