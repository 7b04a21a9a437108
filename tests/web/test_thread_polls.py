"""Polls in the thread: started by the team, voted in beneath the entry, closed at their moment, in no campaign file."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Event, Option, Poll, VoteChoice
from launchpad.services import plans, timetable

FORM = {"question": "Which next?", "answers": "Brass\nIvory\n\n", "poll_kind": "single", "results": "on_close", "minutes": "10"}


@pytest.fixture
def host(given, visitor):
    return visitor(given.person(role="moderator", name="Mira"))


def the(model):
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def reach(campaign_id: int) -> list[str]:
    with writing():
        first = timetable.reach_next(campaign_id)
    return [first] if first else []


def test_a_poll_is_started_voted_in_and_closes_for_everyone(campaign, host, given, visitor, watch):
    for _ in range(8):  # what lies behind is reached
        reach(campaign.id)
    sent = {**FORM, "key": "k1"}
    answer = host.post("/lamp/thread/poll", sent, seen="/lamp/thread/poll")
    entry, poll = the_poll()
    assert answer.status_code == 303 and answer.location.endswith(f"#entry-{entry.id}")
    assert host.post("/lamp/thread/poll", sent).location == answer.location  # the same form twice is one poll
    assert (entry.kind, entry.text, poll.number) == ("poll", "Which next?", 1001)
    options = {option.text: option.id for option in db.session.scalars(select(Option))}
    assert list(options) == ["Brass", "Ivory"]
    id = entry.id
    ana, ben = visitor(given.person(member=True)), visitor(given.person(member=True))
    assert ana.post(f"/lamp/thread/{id}/vote", {"choice": options["Ivory"]}, seen="/lamp/thread").status_code == 303
    part = ana.post(f"/lamp/thread/{id}/vote", {"choice": options["Brass"]}, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.strip().startswith(f'<div class="ballot" id="poll-of-{id}"') and "1 person voted" in part and "%" not in part
    assert ben.post(f"/lamp/thread/{id}/vote", {"choice": options["Brass"]}, seen="/lamp/thread").status_code == 303
    assert len(db.session.scalars(select(VoteChoice)).all()) == 2
    for wrong in ({}, {"choice": "0"}, {"choice": "x" * 5000}, {"choice": list(options.values())}):
        assert ben.post(f"/lamp/thread/{id}/vote", wrong).status_code == 422, wrong
    page = visitor().get("/lamp/thread").get_data(as_text=True)
    assert "100 %" not in page and f"/lamp/thread/{id}/vote" in page
    watch.step(minutes=10)
    assert ben.post(f"/lamp/thread/{id}/vote", {"choice": options["Ivory"]}).status_code == 422  # by the clock, whoever closes it
    assert reach(campaign.id) == ["poll_1001_closes"]
    last = db.session.scalars(select(Event).order_by(Event.seq.desc()).where(Event.entry_id == id)).first()
    assert last.kind == "edit"
    page = visitor().get("/lamp/thread").get_data(as_text=True)
    assert "100 %" in page and "Closed." in page and f"/lamp/thread/{id}/vote" not in page and ">edited<" not in page


def the_poll() -> tuple[Entry, Poll]:
    db.session.rollback()
    return db.session.scalars(select(Entry).where(Entry.kind == "poll")).one(), db.session.scalars(select(Poll)).one()


WRONG = [
    {"question": ""}, {"question": "q" * 201}, {"answers": "One"}, {"answers": "\n".join("abcdefghijk")},
    {"answers": "a\nA"}, {"answers": "a" * 121 + "\nb"}, {"minutes": "0"}, {"minutes": "1441"}, {"minutes": "x"},
    {"minutes": ""}, {"poll_kind": "rating"}, {"results": "never"}, {"key": ""}, {"key": "k" * 101},
    {"question": "\x00"}, {"minutes": "9" * 40},
]  # fmt: skip


def test_a_poll_that_makes_no_sense_is_the_form_again(campaign, host):
    for wrong in WRONG:
        answer = host.post("/lamp/thread/poll", {**FORM, "key": "k", **wrong}, seen="/lamp/thread/poll")
        assert answer.status_code == 422 and 'name="answers"' in answer.get_data(as_text=True), wrong
    assert db.session.scalars(select(Poll)).all() == []


def test_only_the_team_starts_and_ends_one_and_who_votes_is_asked(campaign, host, given, visitor):
    ana = visitor(given.person(member=True))
    assert ana.post("/lamp/thread/poll", FORM, seen="/lamp/thread").status_code == 403
    host.post("/lamp/thread/poll", {**FORM, "key": "k"}, seen="/lamp/thread/poll")
    entry, _ = the_poll()
    assert visitor().get(f"/lamp/thread/{entry.id}/vote").location == f"/sign-in?next=/lamp/thread/{entry.id}"
    nobody = visitor(given.person())
    assert nobody.post(f"/lamp/thread/{entry.id}/vote", {"choice": "1"}, seen="/lamp/thread").status_code == 403
    assert ana.post(f"/lamp/thread/{entry.id}/close", seen="/lamp/thread").status_code == 403
    buyer = given.person()
    given.order(db.session.get_one(Campaign, campaign.id), buyer)
    option = db.session.scalars(select(Option.id)).first()
    assert visitor(buyer).post(f"/lamp/thread/{entry.id}/vote", {"choice": option}, seen="/lamp/thread").status_code == 303
    assert host.post(f"/lamp/thread/{entry.id}/close").status_code == 303
    assert visitor(buyer).post(f"/lamp/thread/{entry.id}/vote", {"choice": option}, seen="/lamp/thread").status_code == 422
    acts = list(db.session.scalars(select(Audit.act).where(Audit.act.startswith("poll.")).order_by(Audit.id)))
    assert acts == ["poll.start", "poll.close"]


def test_a_poll_of_the_thread_is_in_no_file_and_no_form_of_the_plan(campaign, host, given):
    host.post("/lamp/thread/poll", {**FORM, "key": "k"}, seen="/lamp/thread/poll")
    _, poll = the_poll()
    plan = plans.plan_of(db.session.get_one(Campaign, campaign.id))
    assert plan.polls == () and not [m.name for m in plan.milestones if m.name.startswith("poll_")]
    owner = host.be(given.person(role="owner"))
    assert owner.get(f"/team/lamp/polls/{poll.id}").status_code == 404
    assert owner.get("/team/lamp/polls").status_code == 200 and owner.get("/team/lamp/timetable").status_code == 200
