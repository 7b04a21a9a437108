"""What waits, what is reported, who may not write: on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Event, Flag, Idea, Letter, Person, Place, Sanction
from launchpad.rules import campaign_file
from launchpad.rules.refusals import Refusal
from launchpad.services import (
    appeals,
    erasure,
    events,
    flags,
    idea_answers,
    ideas,
    joining,
    moderation,
    moderation_acts,
    moderation_load,
    plans,
    records,
    sanctions,
    screening,
    testimonial_acts,
    testimonials,
    thread,
    waitlist,
)
from launchpad.services.checks import thread as checks
from launchpad.services.screening import NOT_SHOWN, TooSoon
from tests.races import at_once


@pytest.fixture
def lamp(given, watch):
    """A campaign whose doors are open: newcomers' first posts wait, two words are watched."""
    rules = {"first_posts": 1, "hold": ["replica"], "hide": ["slur"]}
    row = given.campaign("lamp", thread_rules=rules)
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    return row.id


@pytest.fixture
def one(given):
    """Makes people's ids: a member; with a place or an order when said."""

    def make(lamp, name="Ana", place=False, **more) -> int:
        person = given.person(member=True, name=name, **more)
        if place:
            given.place(db.session.get_one(Campaign, lamp), person)
        return person.id

    return make


def say(lamp, person, text="Hello", **more) -> int:
    with writing() as session:
        return thread.post(session.get_one(Campaign, lamp), session.get_one(Person, person), text, **more).id


def entry(id) -> Entry:
    db.session.rollback()
    return db.session.get_one(Entry, id)


def told(lamp) -> list[tuple[str, int]]:
    db.session.rollback()
    return [(event.kind, event.entry_id) for event, _ in events.since(lamp, 0, 100)]


def flag(lamp, who, id, kind="entry", reason="spam", words=""):
    with writing() as session:
        flags.send(session.get_one(Campaign, lamp), session.get_one(Person, who), kind, id, reason, words)


def decide(lamp, verb, actor, kind, id, reason="", version=None):
    with writing() as session:
        verb(session.get_one(Campaign, lamp), session.get_one(Person, actor), kind, id, reason, version)


def test_a_newcomers_first_post_waits_unseen_until_it_is_let_in_and_the_next_one_does_not(lamp, one, given):
    ana, mod = one(lamp), given.person(role="moderator").id
    id = say(lamp, ana, "My first words")
    assert entry(id).state == "waiting" and told(lamp) == []
    campaign, person = db.session.get_one(Campaign, lamp), db.session.get_one(Person, ana)
    assert thread.latest(campaign) == [] and [row.id for row in thread.unseen(campaign, person)] == [id]
    items, counts = moderation.queue(campaign, moderation.KINDS)
    assert [(item.key, item.why) for item in items] == [(f"entry-{id}", "first")] and counts[""] == moderation.waiting(
        campaign
    ) == 1
    decide(lamp, moderation_acts.keep, mod, "entry", id)
    assert entry(id).state == "shown" and told(lamp) == [("new", id)] and checks.faults() == []
    assert entry(say(lamp, ana, "My second")).state == "shown"


def test_a_place_an_order_and_the_team_are_no_newcomers(lamp, one, given):
    buyer = one(lamp, "Bea")
    given.order(db.session.get_one(Campaign, lamp), db.session.get_one(Person, buyer))
    for person in (one(lamp, place=True), buyer, given.person(role="host").id):
        assert entry(say(lamp, person)).state == "shown"


def test_what_was_kept_off_tells_why_and_may_be_changed_and_sent_again(lamp, one, given):
    ana, mod = one(lamp), given.person(role="moderator").id
    id = say(lamp, ana, "Buy at my shop")
    with pytest.raises(Refusal, match="the author reads it"):
        decide(lamp, moderation_acts.take_down, mod, "entry", id)
    decide(lamp, moderation_acts.take_down, mod, "entry", id, "No advertising")
    assert (entry(id).state, entry(id).hidden_why) == ("rejected", "No advertising")
    with writing() as session:
        row = session.get_one(Entry, id)
        thread.edit(session.get_one(Campaign, lamp), session.get_one(Person, ana), row, "What wood is it?")
    assert (entry(id).state, entry(id).held) == ("waiting", "again") and told(lamp) == []
    decide(lamp, moderation_acts.keep, mod, "entry", id)
    assert told(lamp) == [("new", id)] and checks.faults() == []


def test_watched_words_hold_or_keep_off_also_when_they_come_by_an_edit(lamp, one):
    ana = one(lamp, place=True)
    held, off = say(lamp, ana, "A REPLICA for you"), say(lamp, ana, "You slur")
    assert (entry(held).state, entry(held).held) == ("waiting", "words")
    assert (entry(off).state, entry(off).hidden_why) == ("rejected", NOT_SHOWN)
    id = say(lamp, ana, "Nice")
    with writing() as session:
        thread.edit(
            session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Entry, id), "Nice replica"
        )
    assert (entry(id).state, entry(id).held) == ("hidden", "words") and told(lamp)[-1] == ("hide", id)
    with writing() as session:
        thread.edit(
            session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Entry, id), "Nice lamp"
        )
    assert entry(id).state == "shown" and checks.faults() == []
    with writing() as session, pytest.raises(Refusal, match="not shown here"):
        ideas.post(session.get_one(Campaign, lamp), session.get_one(Person, ana), "A slur")


def test_three_reporters_with_confirmed_places_hide_it_and_what_the_team_keeps_is_not_hidden_again(lamp, one, given):
    ana, mod = one(lamp, place=True), given.person(role="moderator").id
    id = say(lamp, ana, "Questionable")
    for n in range(4):  # members without a place: queued alone
        flag(lamp, one(lamp, f"M{n}"), id)
    reporters = [one(lamp, f"P{n}", place=True) for n in range(3)]
    flag(lamp, reporters[0], id)
    flag(lamp, reporters[0], id)  # twice is once
    flag(lamp, reporters[1], id)
    campaign = db.session.get_one(Campaign, lamp)
    items, _ = moderation.queue(campaign, moderation.KINDS)
    assert entry(id).state == "shown" and items[0].visible and len(items[0].flags) == 6
    flag(lamp, reporters[2], id)
    assert (entry(id).state, entry(id).held) == ("hidden", "reports") and told(lamp)[-1] == ("hide", id)
    decide(lamp, moderation_acts.keep, mod, "entry", id)
    assert entry(id).state == "shown" and told(lamp)[-1] == ("show", id)
    for n in range(3):
        late = one(lamp, f"L{n}", place=True)
        with pytest.raises(Refusal, match="what is new"):
            flag(lamp, late, id)
        flag(lamp, late, id, words="It was a lie after all")
    assert entry(id).state == "shown", "kept once, it waits in the queue and stays visible"
    decide(lamp, moderation_acts.take_down, mod, "entry", id, "It was")
    db.session.rollback()
    states = db.session.scalars(select(Flag.state).order_by(Flag.id)).all()
    assert states == ["dismissed"] * 7 + ["upheld"] * 3 and checks.faults() == []
    assert records.of(campaign, db.session.get_one(Person, ana)).upheld == 3


def test_three_reports_at_once_hide_it_once(app, lamp, one, monkeypatch):
    id = say(lamp, one(lamp, place=True))
    people = [one(lamp, f"P{n}", place=True) for n in range(6)]
    if (
        db.engine.dialect.name == "postgresql"
    ):  # the control: without the queue each of three sees one. SQLite has one writer
        with monkeypatch.context() as off:
            counting, counted = threading.Barrier(3), flags._reporters
            off.setattr(flags, "_queue_up", lambda *_: None)
            off.setattr(flags, "_reporters", lambda *about: (counted(*about), counting.wait(20))[0])
            at_once(app, [lambda who=who: flag(lamp, who, id) for who in people[:3]])
        assert entry(id).state == "shown", "the control saw nothing"
        with writing() as session:
            session.execute(delete(Flag))
    at_once(app, [lambda who=who: flag(lamp, who, id) for who in people[3:]])
    assert entry(id).state == "hidden" and [kind for kind, of in told(lamp) if of == id] == ["new", "hide"]


def test_what_the_team_and_verified_buyers_say_is_queued_alone(lamp, one, given):
    buyer = one(lamp, "Bea")
    given.order(db.session.get_one(Campaign, lamp), db.session.get_one(Person, buyer))
    said = [say(lamp, buyer), say(lamp, given.person(role="moderator").id)]
    for n in range(3):
        who = one(lamp, f"P{n}", place=True)
        for id in said:
            flag(lamp, who, id)
    assert [entry(id).state for id in said] == ["shown", "shown"]
    assert len(moderation.queue(db.session.get_one(Campaign, lamp), moderation.KINDS)[0]) == 2
    with pytest.raises(Refusal, match="your own"):
        flag(lamp, buyer, said[0])


def test_ideas_are_held_reported_and_put_back_as_they_were(lamp, one, given):
    ana, mod = one(lamp, place=True), given.person(role="moderator").id
    with writing() as session:
        row = ideas.post(session.get_one(Campaign, lamp), session.get_one(Person, ana), "A wall version")
        idea_answers.answer(session.get_one(Campaign, lamp), None, row, "open", "planned", "In spring")
        id = row.id
    for n in range(3):
        flag(lamp, one(lamp, f"P{n}", place=True), id, "idea")
    db.session.rollback()
    idea = db.session.get_one(Idea, id)
    assert (idea.state, idea.held) == ("hidden", "reports")
    decide(lamp, moderation_acts.keep, mod, "idea", id)
    db.session.rollback()
    assert (db.session.get_one(Idea, id).state, db.session.get_one(Idea, id).held) == ("planned", None)


def test_slow_mode_lets_one_post_at_a_time_through_and_binds_no_team(lamp, one, given, watch):
    ana, host = one(lamp, place=True), given.person(role="host").id
    with writing() as session:
        session.get_one(Campaign, lamp).thread_rules = {"slow": 30}
    say(lamp, ana, "One", key="a")
    say(lamp, ana, "One", key="a")  # the same form again is no second post
    watch.step(seconds=20)
    with pytest.raises(TooSoon) as refusal:
        say(lamp, ana, "Two")
    assert refusal.value.seconds == 10 and refusal.value.status == 429
    say(lamp, host, "a")
    say(lamp, host, "b")
    watch.step(seconds=10)
    say(lamp, ana, "Two")


def test_two_posts_at_once_pass_slow_mode_once(app, lamp, one, watch, monkeypatch):
    ana = one(lamp, place=True)
    with writing() as session:
        session.get_one(Campaign, lamp).thread_rules = {"slow": 30}
    posts = [lambda n=n: _told(say, lamp, ana, f"Post {n}") for n in range(4)]
    if db.engine.dialect.name == "postgresql":
        with monkeypatch.context() as off:
            asking, asked = threading.Barrier(4), screening.wait
            off.setattr(screening, "_queue_up", lambda *_: None)
            off.setattr(screening, "wait", lambda *about: (asked(*about), asking.wait(20))[0])
            assert at_once(app, posts) == ["done"] * 4, "the control saw nothing"
        watch.step(minutes=1)
    said = at_once(app, posts)
    assert sorted(said) == ["done", "slow", "slow", "slow"]


def _told(call, *words) -> str:
    try:
        call(*words)
    except Refusal as refusal:
        return refusal.reason
    return "done"


def give(lamp, actor, person, kind="silence", hours=24, reason="Insults") -> int:
    with writing() as session:
        return sanctions.give(
            session.get_one(Campaign, lamp),
            session.get_one(Person, actor),
            session.get_one(Person, person),
            kind,
            hours,
            reason,
        ).id


def test_a_silence_binds_every_way_to_write_tells_its_person_and_ends_by_the_clock(lamp, one, given, watch):
    ana, mod = one(lamp, place=True), given.person(role="moderator").id
    stands = say(lamp, ana, "Before")
    give(lamp, mod, ana, hours=1)
    ways = (
        lambda c, p: thread.post(c, p, "Hello"),
        lambda c, p: ideas.post(c, p, "An idea"),
        lambda c, p: thread.edit(c, p, db.session.get_one(Entry, stands), "After"),
    )
    for way in ways:
        with writing() as session, pytest.raises(Refusal, match="Insults"):
            way(session.get_one(Campaign, lamp), session.get_one(Person, ana))
    db.session.rollback()
    assert db.session.scalars(select(Letter.kind).where(Letter.person_id == ana)).all() == ["sanction"]
    watch.step(hours=1)
    assert entry(say(lamp, ana, "Again")).state == "shown"
    with pytest.raises(Refusal, match="of the team"):
        give(lamp, mod, given.person(role="host").id)


def test_a_ban_is_of_the_whole_brand_and_joining_answers_as_to_everyone(lamp, one, given, watch):
    mod, eve = given.person(role="moderator").id, one(lamp, "Eve", email="eve@example.com")
    other = given.campaign("chair")  # of the same brand
    foreign = given.campaign("tram", brand="Somebody else")
    give(lamp, mod, eve, "ban", None)
    watch.set(other.milestone("waitlist").due + timedelta(minutes=1))
    for campaign_id, there in ((other.id, 0), (foreign.id, 1)):
        with writing() as session:
            campaign = session.get_one(Campaign, campaign_id)
            answers = joining.join_all(
                campaign,
                [joining.Wish("eve@example.com"), joining.Wish("EVE@example.com"), joining.Wish("new@example.com")],
            )
        assert not any(isinstance(answer, Refusal) for answer in answers)
        db.session.rollback()
        mine = select(func.count()).where(Place.campaign_id == campaign_id, Place.person_id == eve)
        assert db.session.scalar(mine) == there
        asked = select(func.count()).where(Letter.campaign_id == campaign_id, Letter.kind == "confirm")
        assert db.session.scalar(asked) == 1 + there


def test_who_may_not_join_is_who_may_not_write_for_a_ban(lamp, one, given, watch):
    mod, made = given.person(role="moderator").id, [lamp]
    etoile = {"brand": "Étoile"}, {"brand": "E\u0301TOILE"}  # beyond ASCII SQLite's lower() changes nothing
    for values in ({"brand": "AURORA"}, {"brand": "Tram"}, {"brand": ""}, {"brand": ""}, {"rehearsal": True}, *etoile):
        made.append(given.campaign(**values).id)
    people = [one(lamp, f"P{number}") for number in range(len(made))]
    for campaign_id, person_id in zip(made, people, strict=True):
        give(campaign_id, mod, person_id, "ban", 168)
    give(lamp, mod, one(lamp, "Silent"), "silence", 1)
    at_first = [{0, 1}, {0, 1}, {2}, {3}, {4}, {5}, {6, 7}, {6, 7}]
    for step, binds in ((0, at_first), (400, [set()] * 5 + [{5}] + [set()] * 2)):  # a rehearsal's clock stands
        watch.step(days=step)
        for campaign_id, bound in zip(made, binds, strict=True):
            db.session.rollback()
            campaign = db.session.get_one(Campaign, campaign_id)
            assert sanctions.banned(campaign, people) == {people[n] for n in bound} == set(sanctions.running_for(campaign, people))


def test_a_ban_of_the_brand_is_not_ended_by_a_word_said_in_another_campaign(lamp, one, given):
    mod, eve, other = given.person(role="moderator").id, one(lamp, "Eve"), given.campaign("chair").id
    ban = give(lamp, mod, eve, "ban", None)
    there = give(other, mod, eve, "silence", 1)
    again = give(lamp, mod, eve, "ban", 168)
    db.session.rollback()
    assert [db.session.get_one(Sanction, id).lifted_at is None for id in (ban, there, again)] == [False, True, True]
    assert sanctions.running(db.session.get_one(Campaign, other), db.session.get_one(Person, eve)).id == again


def test_a_place_asked_for_before_the_ban_is_not_confirmed_while_it_lasts(lamp, given, watch):
    mod, bob = given.person(role="moderator").id, given.person()
    chair = given.campaign("chair")
    watch.set(chair.milestone("waitlist").due)
    place = given.place(chair, bob, confirmed=False).id
    give(lamp, mod, bob.id, "ban", 168)
    with writing() as session, pytest.raises(Refusal, match="Insults"):
        waitlist.confirm(session.get_one(Place, place))
    watch.step(days=8)
    with writing() as session:
        waitlist.confirm(session.get_one(Place, place))
        assert session.get_one(Place, place).counted


def test_the_threads_rules_come_from_the_file_and_go_back_into_it(given):
    row = given.campaign("lamp", thread_rules={"first_posts": 2, "slow": 30, "hide": ["slur"]})
    with writing():
        plan = plans.plan_of(row)
        again = plans.load(replace(plan, slug="lamp-2"))
        assert plan.thread == again.thread_rules == {"first_posts": 2, "slow": 30, "hide": ["slur"]}
        assert campaign_file.parse(campaign_file.unparse(plan)).thread == plan.thread


def test_an_appeal_is_one_and_somebody_else_answers_it_if_there_is_somebody(lamp, one, given):
    ana, first = one(lamp), given.person(role="moderator").id
    id = give(lamp, first, ana)
    with writing() as session:
        appeals.send(
            session.get_one(Campaign, lamp),
            session.get_one(Person, ana),
            session.get_one(Sanction, id),
            "It was a joke",
        )
    with writing() as session, pytest.raises(Refusal, match="one appeal"):
        appeals.send(
            session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Sanction, id), "Please"
        )
    second = given.person(role="editor").id
    with pytest.raises(Refusal, match="somebody else"):
        decide(lamp, moderation_acts.keep, first, "appeal", id, "Fine")
    decide(lamp, moderation_acts.keep, second, "appeal", id, "A joke it was")
    assert entry(say(lamp, ana, "Thanks")).state == "waiting"
    db.session.rollback()
    assert db.session.scalars(select(Letter.kind).where(Letter.person_id == ana).order_by(Letter.id)).all() == [
        "sanction",
        "appeal",
    ]


def test_the_only_one_of_the_team_may_answer_their_own(lamp, one, given):
    ana, alone = one(lamp), given.person(role="moderator").id
    id = give(lamp, alone, ana)
    with writing() as session:
        appeals.send(
            session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Sanction, id), "No"
        )
    decide(lamp, moderation_acts.take_down, alone, "appeal", id, "It stays")
    db.session.rollback()
    assert sanctions.running(db.session.get_one(Campaign, lamp), db.session.get_one(Person, ana)) is not None


def test_every_decision_is_undone_as_it_was_reports_and_all(lamp, one, given):
    ana, mod = one(lamp), given.person(role="moderator").id
    waits, stands = say(lamp, ana, "First"), say(lamp, one(lamp, "Bea", place=True), "Said")
    flag(lamp, ana, stands)
    campaign = db.session.get_one(Campaign, lamp)

    def undone() -> None:
        db.session.rollback()
        with writing() as session:
            newest = moderation_acts.lately(session.get_one(Campaign, lamp))[0].id
            moderation_acts.undo(session.get_one(Campaign, lamp), session.get_one(Person, mod), newest)
        db.session.rollback()

    for verb, id, state in (
        (moderation_acts.keep, waits, ("hidden", "first")),  # once announced, its place is kept
        (moderation_acts.take_down, stands, ("shown", None)),
        (moderation_acts.keep, stands, ("shown", None)),
    ):
        decide(lamp, verb, mod, "entry", id, "Because")
        undone()
        assert (entry(id).state, entry(id).held) == state
        queue = [item.key for item in moderation.queue(campaign, moderation.KINDS)[0]]
        assert queue == [f"entry-{stands}", f"entry-{waits}"], "back where it was, the reported one first"
    decide(lamp, moderation_acts.take_down, mod, "entry", stands, "Because")
    decide(lamp, moderation_acts.take_down, mod, "entry", waits, "Because")
    with writing() as session:
        last = session.scalars(select(Audit.id).where(Audit.act == "entry.hide").order_by(Audit.id.desc())).first()
        thread.show(session.get_one(Campaign, lamp), None, session.get_one(Entry, waits))
    with writing() as session, pytest.raises(Refusal, match="happened to it since"):
        moderation_acts.undo(session.get_one(Campaign, lamp), None, last)
    assert checks.faults() == []


def test_who_decided_how_much_and_how_long_it_waited(lamp, one, given, watch):
    mod = given.person(role="moderator", name="Mira").id
    ids = [say(lamp, one(lamp, f"N{n}")) for n in range(3)]
    for minutes, id in zip((2, 3, 5), ids, strict=True):
        watch.step(minutes=minutes)
        decide(lamp, moderation_acts.keep if minutes < 5 else moderation_acts.take_down, mod, "entry", id, "Because")
    db.session.rollback()
    (load,) = moderation_load.load(db.session.get_one(Campaign, lamp), 1)
    assert (load.person.name, load.decided, load.down, load.undone) == ("Mira", 3, 1, 0)
    assert (load.usual, load.longest) == (timedelta(minutes=5), timedelta(minutes=10))


def test_a_ban_with_all_of_theirs_and_an_erasure_leave_no_word(lamp, one, given):
    ana, mod = one(lamp, place=True), given.person(role="moderator").id
    ids = [say(lamp, ana, f"Word {n}") for n in range(3)] + [say(lamp, ana, "a replica")]
    with writing() as session:
        campaign, person = session.get_one(Campaign, lamp), session.get_one(Person, ana)
        given_for_the_day = testimonials.send(campaign, person, "Wonderful, I read longer now.", "Ana", True)
        testimonial_acts.approve(campaign, None, given_for_the_day)
        sanctions.give(campaign, session.get_one(Person, mod), person, "ban", None, "Spam")
        assert moderation_acts.take_all_down(campaign, session.get_one(Person, mod), person, "Spam") == 5
        assert testimonials.following(campaign) is None
    assert [entry(id).state for id in ids] == ["hidden"] * 3 + ["rejected"] and checks.faults() == []
    with writing() as session:
        erasure.erase(session.get_one(Person, ana))
    db.session.rollback()
    assert {row.text for row in map(entry, ids)} == {""} and checks.faults() == []
    assert db.session.scalar(select(Sanction.reason)) == ""
    assert db.session.scalar(select(func.count()).select_from(Event)) >= 6
