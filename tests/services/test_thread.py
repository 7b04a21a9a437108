"""Writing and reading the live thread: who may, once each, and in which order."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad import database
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Event, Person
from launchpad.rules.posts import LONGEST
from launchpad.rules.refusals import Refusal
from launchpad.services import events, thread


@pytest.fixture
def campaign(given, watch):
    """A campaign whose doors are open."""
    campaign = given.campaign()
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign


def post(campaign, person, text="Hello", **more):
    with writing() as session:
        return thread.post(session.get_one(Campaign, campaign.id), session.get_one(Person, person.id), text, **more)


def act(verb, campaign, person, entry, *more):
    with writing() as session:
        actor = session.get_one(Person, person.id) if person else None
        verb(session.get_one(Campaign, campaign.id), actor, session.get_one(Entry, entry.id), *more)


def refused(campaign, person, text="Hello", **more) -> str:
    with pytest.raises(Refusal) as refusal:
        post(campaign, person, text, **more)
    return refusal.value.reason


def log(campaign) -> list[tuple]:
    rows = db.session.execute(
        select(Event.seq, Event.kind, Event.entry_id).filter_by(campaign_id=campaign.id).order_by(Event.seq)
    )
    return [tuple(row) for row in rows]


def test_a_fact_is_reported_once(campaign):
    with writing() as session:
        here = session.get_one(Campaign, campaign.id)
        first = thread.report(here, "first_sale", "The first one is sold.")
        assert thread.report(here, "first_sale", "The first one is sold.") is None
    with writing() as session:
        assert thread.report(session.get_one(Campaign, campaign.id), "first_sale", "Again") is None
    assert log(campaign) == [(1, "new", first.id)]
    assert db.session.get_one(Campaign, campaign.id).seq == 1


def test_marks_are_what_the_author_was_when_writing(campaign, given):
    member, buyer, host = given.person(member=True, tier="founder"), given.person(), given.person(role="moderator")
    given.order(campaign, buyer)
    assert post(campaign, member).marks == {"tier": "founder"}
    assert post(campaign, buyer).marks == {"buyer": True}
    assert post(campaign, host, kind="update").marks == {"tier": "member", "team": True}


def test_a_confirmed_place_may_write_and_an_unconfirmed_one_may_not(campaign, given):
    confirmed, waiting = given.person(), given.person()
    given.place(campaign, confirmed)
    given.place(campaign, waiting, confirmed=False)
    assert post(campaign, confirmed).marks == {}
    assert refused(campaign, waiting) == "not_open"


@pytest.mark.parametrize(
    "milestone, member, team",
    [("waitlist", False, True), ("head_start_founder", True, True), ("recap", False, True), ("archive", False, False)],
)
def test_who_writes_when_on_both_sides_of_each_opening(campaign, given, watch, milestone, member, team):
    someone, host = given.person(member=True), given.person(role="owner")
    opening = campaign.milestone(milestone).due
    before = {
        "waitlist": (False, False),
        "head_start_founder": (False, True),
        "recap": (True, True),
        "archive": (False, True),
    }
    for at, allowed in ((opening - timedelta(seconds=1), before[milestone]), (opening, (member, team))):
        watch.set(at)
        for person, may in zip((someone, host), allowed, strict=True):
            if may:
                post(campaign, person)
            else:
                assert refused(campaign, person) == "not_open"


def test_the_same_key_is_the_same_entry_and_other_words_are_refused(campaign, given):
    person, other = given.person(member=True), given.person(member=True)
    first = post(campaign, person, key="k")
    assert post(campaign, person, key="k").id == first.id
    assert post(campaign, other, key="k").id != first.id
    assert refused(campaign, person, "Something else", key="k") == "key"
    assert len(log(campaign)) == 2


def test_limits_of_a_text_on_both_sides(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    assert len(post(campaign, person, "x" * LONGEST).text) == LONGEST
    assert refused(campaign, person, "x" * (LONGEST + 1)) == "text"
    two = "https://example.com/a and [this](https://example.com/b)"
    post(campaign, person, two)
    assert refused(campaign, person, two + " www.example.com") == "text"
    post(campaign, host, two + " www.example.com")
    for blank in ("", " \n\t", "\u200b", "\u2800\u3164"):
        assert refused(campaign, person, blank) == "text"
    assert refused(campaign, person, kind="update") == "kind"


def test_answers_belong_to_a_shown_entry_of_this_thread(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    question = post(campaign, person, "How long is the cable?", kind="question")
    answer = post(campaign, host, "Two metres.", reply_to=question.id)
    assert [entry.id for entry in thread.answers(campaign, question)] == [answer.id]
    assert refused(campaign, person, reply_to=question.id + 1000) == "reply_to"
    assert refused(given.campaign(), person, reply_to=question.id) in ("reply_to", "not_open")
    act(thread.hide, campaign, host, question)
    assert refused(campaign, person, "Thanks", reply_to=question.id) == "reply_to"


def test_a_closed_thread_is_the_teams_alone(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    with writing() as session:
        session.get_one(Campaign, campaign.id).thread_closed_at = campaign.moment
    assert refused(campaign, person) == "closed"
    post(campaign, host)


def test_each_act_is_one_version_one_event_and_one_audit_row_without_words(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    entry = post(campaign, person, "Something rude")
    for verb in (thread.pin, thread.pin, thread.unpin, thread.hide, thread.hide, thread.show):
        act(verb, campaign, host, entry, "because")
    assert [kind for _, kind, _ in log(campaign)] == ["new", "pin", "unpin", "hide", "show"]
    assert db.session.get_one(Entry, entry.id).version == 5
    rows = list(db.session.scalars(select(Audit).order_by(Audit.id)))
    assert [row.act for row in rows] == ["entry.pin", "entry.unpin", "entry.hide", "entry.show"]
    assert (rows[2].before, rows[2].after) == ({"version": 3, "state": "shown"}, {"version": 4})
    assert rows[2].subject == f"entry:{entry.id}"
    assert "rude" not in str([(row.before, row.after, row.subject) for row in rows])


def test_an_author_edits_for_ten_minutes_and_the_team_never_edits_a_members_words(campaign, given, watch):
    person, host = given.person(member=True), given.person(role="moderator")
    entry = post(campaign, person)
    with pytest.raises(Refusal):
        act(thread.edit, campaign, host, entry, "Put into their mouth")
    watch.step(minutes=10)
    act(thread.edit, campaign, person, entry, "Hello everyone")
    watch.step(seconds=1)
    with pytest.raises(Refusal):
        act(thread.edit, campaign, person, entry, "Too late")
    row = db.session.get_one(Entry, entry.id)
    assert (row.text, row.version) == ("Hello everyone", 2) and row.edited_at is not None


def test_taking_back_removes_the_words_for_good(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    entry = post(campaign, person, "My address is 1 Example Road")
    with pytest.raises(Refusal):
        act(thread.withdraw, campaign, host, entry)
    act(thread.withdraw, campaign, person, entry)
    row = db.session.get_one(Entry, entry.id)
    assert (row.text, row.state) == ("", "hidden")
    with pytest.raises(Refusal):
        act(thread.show, campaign, host, entry)


def test_forgetting_a_person_leaves_places_without_words_or_name(campaign, given):
    person = given.person(member=True)
    entry = post(campaign, person, "It was me")
    with writing() as session:
        thread.forget(session.get_one(Person, person.id))
    row = db.session.get_one(Entry, entry.id)
    assert (row.text, row.person_id, row.marks, row.state) == ("", None, {}, "hidden")
    assert [kind for _, kind, _ in log(campaign)] == ["new", "hide"]


def test_pages_follow_the_order_of_the_log_not_of_the_ids(campaign, given):
    person = given.person(member=True)
    with writing() as session:
        here, who = session.get_one(Campaign, campaign.id), session.get_one(Person, person.id)
        entries = [thread.post(here, who, f"Post {n}") for n in range(3)]
        said = session.info["events"]
        said[0], said[1] = said[1], said[0]  # as if the second had committed first
    order = [entries[2].id, entries[0].id, entries[1].id]
    assert [entry.id for entry in thread.latest(campaign)] == order
    assert [entry.id for entry in thread.latest(campaign, before=order[0])] == order[1:]
    assert [entry.id for entry in thread.latest(campaign, before=order[0], limit=1)] == order[1:2]
    assert thread.latest(campaign, before=order[2]) == []


def test_pins_moments_and_the_best(campaign, given):
    person, host = given.person(member=True), given.person(role="moderator")
    with writing() as session:
        here, who = session.get_one(Campaign, campaign.id), session.get_one(Person, person.id)
        opened = thread.report(here, "doors_open:1", "Doors are open.")
        quote = thread.report(here, "story:1", "It changed my mornings.", kind="testimonial", person=who)
    plain = post(campaign, person, "First")
    answered = post(campaign, person, "Which bulb?", kind="question")
    post(campaign, host, "E27", reply_to=answered.id)
    act(thread.pin, campaign, host, plain)
    assert [e.id for e in thread.pinned(campaign)] == [plain.id]
    assert [e.id for e in thread.key_moments(campaign)] == [opened.id]
    assert [e.id for e in thread.best(campaign, 2)] == [quote.id, answered.id]
    act(thread.hide, campaign, host, plain)
    assert thread.pinned(campaign) == []
    assert quote.marks == {"tier": "member"}


def write_at_once(app, campaign_id: int, people: list[int], each: int) -> list[Exception]:
    """Eight people write at the same moment; what went wrong, if anything did."""
    faults: list[Exception] = []
    gate = threading.Barrier(len(people))

    def write(person_id: int) -> None:
        with app.app_context():
            try:
                gate.wait(20)
                for n in range(each):
                    with writing() as session:
                        here, who = session.get_one(Campaign, campaign_id), session.get_one(Person, person_id)
                        thread.post(here, who, f"Post {n} of {person_id}")
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=write, args=(id,)) for id in people]
    for each_thread in threads:
        each_thread.start()
    for each_thread in threads:
        each_thread.join(60)
    return faults


def test_eight_writers_at_once_leave_a_log_without_a_gap(app, campaign, given):
    people, id = [given.person(member=True).id for _ in range(8)], campaign.id
    db.session.remove()
    assert write_at_once(app, id, people, each=6) == []
    assert db.session.scalars(select(Event.seq).filter_by(campaign_id=id).order_by(Event.seq)).all() == list(
        range(1, 49)
    )
    assert db.session.get_one(Campaign, id).seq == 48


def test_without_the_campaigns_lock_the_same_writers_collide(app, campaign, given, monkeypatch):
    """The negative control: a number read before it is written is taken twice."""
    meet = threading.Barrier(8)

    def unguarded() -> None:
        session = db.session()
        session.flush()
        for said in session.info["events"]:
            newest = session.scalar(
                select(func.coalesce(func.max(Event.seq), 0)).filter_by(campaign_id=said.campaign.id)
            )
            try:
                meet.wait(2)  # all have read before the first one writes, wherever nothing keeps them apart
            except threading.BrokenBarrierError:
                pass
            row = {"campaign_id": said.campaign.id, "kind": said.kind, "entry_id": said.entry.id, "audience": "all"}
            session.add(Event(**row, seq=newest + 1, at=said.campaign.moment))

    people, id = [given.person(member=True).id for _ in range(8)], campaign.id
    sqlite = db.engine.dialect.name == "sqlite"
    db.session.remove()
    monkeypatch.setattr(events, "_record", unguarded)
    if sqlite:  # its one writer is a guard as well: BEGIN IMMEDIATE and the lock within the process
        monkeypatch.setattr(database, "_one_writer", nullcontext())
        monkeypatch.setattr(database, "_writing", Nobody())
    faults = write_at_once(app, id, people, each=1)
    assert faults, "eight writers read the same number and none of them failed: the control controls nothing"


class Nobody:
    """In the place of the marker of who is writing: nobody ever is."""

    def get(self) -> bool:
        return False

    def set(self, _value: bool) -> None:
        return None

    def reset(self, _marker: None) -> None:
        pass
