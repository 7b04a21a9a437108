"""Reactions and the numbers that move: pressed with and without script, counted once a person, told without a `seq`."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Person, Reaction, ReactionCount
from launchpad.rules import counts
from launchpad.services import reactions, thread
from launchpad.services.checks.thread import faults
from launchpad.web import counters
from tests.races import at_once


@pytest.fixture
def campaign(given, watch) -> int:
    campaign = given.campaign("lamp", stock=12)
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign.id


@pytest.fixture
def entry(campaign, given) -> int:
    author = given.person(member=True, name="Ana").id
    with writing() as session:
        return thread.post(session.get_one(Campaign, campaign), session.get_one(Person, author), "It glows").id


def rows(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def sampled(campaign: int) -> dict:
    db.session.rollback()
    message = counters.sample(db.session.get_one(Campaign, campaign)).decode()
    event_line, data = message.strip().split("\n")
    assert event_line == "event: counters"
    return json.loads(data.removeprefix("data: "))


def test_a_reaction_is_pressed_and_taken_back_and_is_no_event(campaign, entry, given, visitor):
    ben, cleo = (visitor(given.person(member=True)) for _ in range(2))
    seen = rows(Event)
    for who in (ben, cleo):
        answer = who.post(f"/lamp/thread/{entry}/react/love", seen="/lamp/thread")
        assert (answer.status_code, answer.location) == (303, f"/lamp/thread#entry-{entry}")
    part = ben.post(f"/lamp/thread/{entry}/react/wow", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.strip().startswith(f'<div class="reactions" id="reactions-{entry}"') and part.count('aria-pressed="true"') == 2
    assert sampled(campaign)["r"] == {str(entry): {"love": "2", "wow": "1"}}
    page = cleo.get("/lamp/thread").get_data(as_text=True)
    assert page.count('aria-pressed="true"') == 1 and '<span class="count">2</span>' in page
    ben.post(f"/lamp/thread/{entry}/react/love")
    assert sampled(campaign)["r"] == {str(entry): {"love": "1", "wow": "1"}}
    assert rows(Reaction) == 2 and rows(Event) == seen
    kept = db.session.execute(select(ReactionCount.kind, ReactionCount.number)).all()
    assert sorted(map(tuple, kept)) == [("love", 1), ("wow", 1)] and faults() == []
    with writing() as session:
        session.query(ReactionCount).filter_by(kind="love").update({"number": 7})
    assert faults() == [f"entry {entry} says 7 times love, 1 people pressed it"]


@pytest.mark.parametrize("guarded", [True, False])
def test_one_person_who_presses_in_many_tabs_at_once_is_counted_once_or_not_at_all(
    app, database, campaign, entry, given, monkeypatch, guarded
):
    """The negative control: where a tab looks first and then counts, two have looked before either is seen."""
    if not guarded and database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    ben, meet, truly = given.person(member=True).id, threading.Barrier(8), reactions._press

    def look_then_leap(mine: dict, at) -> bool:
        free = db.session.get(Reaction, tuple(mine.values())) is None
        meet.wait(20)
        truly(mine, at)
        return free

    if not guarded:
        monkeypatch.setattr(reactions, "_press", look_then_leap)

    def press() -> bool:
        with writing() as session:
            here, who, what = session.get_one(Campaign, campaign), session.get_one(Person, ben), session.get_one(Entry, entry)
            return reactions.toggle(here, who, what, "love")

    said = at_once(app, [press] * 8)
    assert [fault for fault in said if isinstance(fault, Exception)] == []
    counted = db.session.scalar(select(ReactionCount.number).filter_by(entry_id=entry, kind="love"))
    if guarded:
        assert counted == rows(Reaction) <= 1 and faults() == [], said
    else:
        assert counted == 8 and rows(Reaction) == 1 and faults() != []


def test_who_may_not_react_and_what_cannot_be_reacted_to(campaign, entry, given, visitor):
    stranger = visitor()
    assert stranger.get(f"/lamp/thread/{entry}/react/love").location == f"/sign-in?next=/lamp/thread/{entry}"
    assert stranger.post(f"/lamp/thread/{entry}/react/love", seen="/sign-in").status_code == 403
    nobody, ben = visitor(given.person(confirmed_at=None)), visitor(given.person(member=True))
    assert nobody.post(f"/lamp/thread/{entry}/react/love", seen="/lamp/thread").status_code == 403
    assert ben.post(f"/lamp/thread/{entry}/react/hate", seen="/lamp/thread").status_code == 404
    assert ben.post("/lamp/thread/999999/react/love").status_code == 404
    with writing() as session:
        thread.hide(session.get_one(Campaign, campaign), None, session.get_one(Entry, entry))
    assert ben.post(f"/lamp/thread/{entry}/react/love").status_code == 404 and rows(Reaction) == 0


def test_the_numbers_are_from_rows_and_cost_two_statements(campaign, entry, given, visitor, watch):
    here = db.session.get_one(Campaign, campaign)
    for _ in range(3):
        given.place(here, given.person(), confirmed=True)
    given.order(here, given.person(), quantity=2)
    given.order(here, given.person(), state="held")
    asked = []
    db.session.rollback()
    here = db.session.get_one(Campaign, campaign)
    here.milestones, here.rehearsal  # noqa: B018  as the hub has them
    listen = lambda *call: asked.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    told = counters.told(here, {})
    event.remove(db.engine, "before_cursor_execute", listen)
    assert {name: told["n"][name] for name in ("left", "waitlisted", "buyers")} == {"left": "9", "waitlisted": "3", "buyers": "1"}
    assert told["s"] == {"OAK": "9"} and len(asked) == 1  # and one more for reactions
    answer = visitor().get("/lamp/thread/counters")
    assert answer.json["n"] == told["n"] and "public" in answer.headers["Cache-Control"]
    page = visitor().get("/lamp/thread").get_data(as_text=True)
    assert '<dd data-n="left">9</dd>' in page and counts.RULE in page
    watch.set(here.milestone("head_start_member").due)
    assert "s" not in counters.told(db.session.get_one(Campaign, campaign), {})  # before the launch it differs by person


def test_who_was_away_learns_of_a_reaction_taken_back_by_all(campaign, entry, given, visitor, watch):
    ben = visitor(given.person(member=True))
    for expected in ("1", "0"):
        ben.post(f"/lamp/thread/{entry}/react/love", seen="/lamp/thread")
        watch.step(minutes=1)  # longer ago than the stream still tells
        assert visitor().get("/lamp/thread/counters").json["r"] == {str(entry): {"love": expected}}


@pytest.mark.parametrize(
    "number, said, button",
    [
        (0, "0", "0"), (99, "99", "99"), (100, "100", "100"), (101, "over 100", "100+"), (1234, "over 1,200", "1,200+"),
        (9000, "9,000", "9,000"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_down_to_two_digits_from_a_hundred_on(number, said, button):
    assert (counts.words(number), counts.short(number)) == (said, button)


def test_a_page_of_many_entries_asks_the_database_no_more_often_than_one_of_few(campaign, given, visitor):
    """Reactions, answers, authors, photos and polls are read for the whole page at once, and so they are for a stream."""
    people = [given.person(member=True).id for _ in range(6)]

    def fill(number: int) -> None:
        with writing() as session:
            here = session.get_one(Campaign, campaign)
            for at in range(number):
                author = session.get_one(Person, people[at % 6])
                said = thread.post(here, author, f"Post {at}", kind="question")
                thread.post(here, session.get_one(Person, people[(at + 1) % 6]), "An answer", reply_to=said.id)
                reactions.toggle(here, author, said, "love")

    def asked(path: str, who=None) -> int:
        statements = []
        listen = lambda *call: statements.append(call[2])  # noqa: E731
        browser = visitor(who)
        event.listen(db.engine, "before_cursor_execute", listen)
        assert browser.get(path).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(statements)

    member = given.person(member=True)
    fill(3)
    few = [asked("/lamp/thread?x=1"), asked("/lamp/thread", member), asked("/lamp/thread/since/0")]
    fill(20)
    many = [asked("/lamp/thread?x=2"), asked("/lamp/thread", member), asked("/lamp/thread/since/0")]
    assert many == few
