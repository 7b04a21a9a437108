"""Live events: they begin and end by the clock, are told of once, and remind whoever asked, once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Letter, LiveEvent, Milestone, Person, Reminder
from launchpad.rules.live_events import Stage
from launchpad.rules.plan import EventPlan
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand, event_acts, live_events, rehearsals, reminders, state, timetable
from launchpad.services.erasure import erase
from launchpad.services.letter_texts import Pointless, compose
from tests.make import NOON

SECOND, MICRO = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def campaign(given, watch):
    return given.campaign("lamp")


@pytest.fixture
def at(campaign):
    """An hour into the launch."""
    return campaign.milestone("launch").due + timedelta(hours=1)


@pytest.fixture
def unboxing(campaign, at):
    return make(campaign, at)


def make(campaign, at, **more) -> LiveEvent:
    with writing():
        return event_acts.make(campaign, None, EventPlan(**{"title": "Unboxing", "at": at, "minutes": 30, **more}))


def reach(campaign) -> list[str]:
    reached = []
    for _ in range(50):
        with writing():
            name = timetable.reach_next(campaign.id)
        if name is None:
            return reached
        reached.append(name)
    raise AssertionError("it never ends")


def letters(kind: str) -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).filter_by(kind=kind).order_by(Letter.id)))


def ask(campaign, event, person) -> None:
    with writing():
        here, row = db.session.get_one(Campaign, campaign.id), db.session.get_one(LiveEvent, event.id)
        reminders.ask(here, row, db.session.get_one(Person, person.id))


def change(event, version=None, **more) -> None:
    with writing():
        row = db.session.get_one(LiveEvent, event.id)
        wish = EventPlan(**{"title": row.title, "at": row.at, "minutes": row.minutes, **more})
        event_acts.change(db.session.get_one(Campaign, row.campaign_id), None, row, version or row.version, wish)


def test_it_is_on_from_its_beginning_until_its_end_and_state_json_says_so_at_its_now(campaign, unboxing, at, watch):
    for moment, stage in (
        (at - MICRO, Stage.BEFORE), (at, Stage.LIVE),
        (at + timedelta(minutes=30) - MICRO, Stage.LIVE), (at + timedelta(minutes=30), Stage.OVER),
    ):  # fmt: skip
        assert live_events.show(campaign, unboxing, moment).stage is stage
        [told] = state.public(campaign, moment)["events"]
        assert told["live"] is (stage is Stage.LIVE) and told["id"] == unboxing.id


def test_strangers_are_told_from_the_waitlist_on(campaign, unboxing):
    waitlist = campaign.milestone("waitlist").due
    assert state.public(campaign, waitlist - MICRO)["events"] == []
    assert len(state.public(campaign, waitlist)["events"]) == 1


def test_nothing_outlives_its_beginning_or_its_end(campaign, unboxing, at):
    assert state.until_change(campaign, at - SECOND) == SECOND
    assert state.until_change(campaign, at + timedelta(minutes=30) - SECOND) == SECOND


def test_it_holds_up_no_phase_and_waits_for_none(campaign, watch):
    early = make(campaign, NOON + timedelta(days=1))
    watch.set(NOON + timedelta(days=2))
    assert reach(campaign) == ["preview", f"event_{early.id}_reminder", f"event_{early.id}_begins"]
    assert campaign.phase == "preview"
    watch.set(campaign.milestone("waitlist").due)
    assert reach(campaign) == ["waitlist"]


def test_the_thread_says_once_that_it_has_begun(campaign, unboxing, at, watch):
    watch.set(at - SECOND)
    reach(campaign)
    said = select(Entry).filter_by(campaign_id=campaign.id, kind="event")
    assert db.session.scalar(said) is None
    watch.set(at)
    assert reach(campaign) == [f"event_{unboxing.id}_begins"] and reach(campaign) == []
    [entry] = db.session.scalars(said)
    assert "Unboxing" in entry.text and entry.person_id is None


def test_whoever_asked_gets_one_letter_a_quarter_of_an_hour_before(campaign, unboxing, at, given, watch):
    member = given.person(member=True)
    given.person(member=True)
    ask(campaign, unboxing, member)
    ask(campaign, unboxing, member)
    watch.set(at - timedelta(minutes=15) - MICRO)
    reach(campaign)
    assert letters("reminder") == []
    watch.set(at - timedelta(minutes=15))
    assert reach(campaign) == [f"event_{unboxing.id}_reminder"]
    [letter] = letters("reminder")
    assert letter.person_id == member.id and not letter.marketing
    text = compose(letter)
    assert "begins at 13:00" in text.subject and "/events/stop/" in text.text
    with pytest.raises(Refusal):
        ask(campaign, unboxing, given.person(member=True))


def test_a_letter_is_not_sent_when_it_says_nothing_any_more(campaign, unboxing, at, given, watch):
    ask(campaign, unboxing, given.person(member=True))
    watch.set(at - timedelta(minutes=15))
    reach(campaign)
    [letter] = letters("reminder")
    watch.set(at + timedelta(minutes=10))
    assert compose(letter)
    watch.set(at + timedelta(minutes=10) + MICRO)
    with pytest.raises(Pointless):
        compose(letter)


def test_moved_after_its_reminder_it_reminds_again_by_the_new_moment(campaign, unboxing, at, given, watch):
    ask(campaign, unboxing, given.person(member=True))
    watch.set(at - timedelta(minutes=10))
    reach(campaign)
    [first] = letters("reminder")
    change(unboxing, at=at + timedelta(hours=2))
    db.session.rollback()
    with pytest.raises(Pointless):
        compose(first)
    watch.set(at + timedelta(minutes=5))
    assert reach(campaign) == [] and live_events.show(campaign, unboxing, campaign.now).stage is Stage.BEFORE
    watch.set(at + timedelta(hours=2) - timedelta(minutes=15))
    assert reach(campaign) == [f"event_{unboxing.id}_reminder-2"]
    assert len(letters("reminder")) == 2 and compose(letters("reminder")[1])


def test_moved_on_the_timetable_by_hand_its_reminder_comes_along(campaign, unboxing, at):
    later = at + timedelta(hours=3)
    with writing():
        by_hand.move(campaign, None, f"event_{unboxing.id}_begins", later, "the van is late")
    due = dict(db.session.execute(select(Milestone.name, Milestone.due)).all())
    assert due[f"event_{unboxing.id}_reminder"] == later - timedelta(minutes=15)
    assert db.session.get_one(LiveEvent, unboxing.id).at == later


def test_a_hold_keeps_it_from_beginning_and_a_release_that_shifts_takes_it_along(campaign, unboxing, at, watch):
    watch.set(at - timedelta(hours=1))
    reach(campaign)
    with writing():
        by_hand.hold(campaign, None, "", "power cut")
    watch.set(at + timedelta(minutes=1))
    db.session.rollback()
    assert reach(campaign) == [] and not live_events.show(campaign, unboxing, campaign.now).live
    with writing():
        by_hand.release(campaign, None, True, "power is back")
    db.session.rollback()
    show = live_events.show(campaign, unboxing, campaign.now)
    assert show.begins == at + timedelta(hours=1, minutes=1) == show.event.at and show.remindable


def test_cancelled_it_leaves_the_timetable_and_writes_to_those_who_asked(campaign, unboxing, at, given, watch):
    asked, stopped = given.person(member=True), given.person(member=True)
    ask(campaign, unboxing, asked)
    ask(campaign, unboxing, stopped)
    with writing() as session:
        reminders.stop_mine(session.get_one(LiveEvent, unboxing.id), session.get_one(Person, stopped.id))
    with writing() as session:
        event_acts.cancel(campaign, None, session.get_one(LiveEvent, unboxing.id), 1)
    [letter] = letters("event_cancelled")
    assert letter.person_id == asked.id and "Unboxing" in compose(letter).subject
    assert not [m.name for m in campaign.milestones if m.name.startswith("event_")]
    assert state.public(campaign, at)["events"] == []
    assert db.session.scalar(select(Audit.act).order_by(Audit.id.desc()).limit(1)) == "event.cancel"
    with pytest.raises(Refusal):
        change(unboxing, title="Again")


def test_begun_it_stays_where_it_is_and_ends_by_its_minutes_or_by_hand(campaign, unboxing, at, watch):
    watch.set(at + timedelta(minutes=10))
    reach(campaign)
    for wish in ({"at": at + timedelta(hours=1)}, {"minutes": 10}):
        with pytest.raises(Refusal):
            change(unboxing, **wish)
    change(unboxing, minutes=60)
    db.session.rollback()
    assert live_events.show(campaign, unboxing, campaign.now).ends == at + timedelta(minutes=60)
    with pytest.raises(Refusal):
        with writing() as session:
            event_acts.cancel(campaign, None, session.get_one(LiveEvent, unboxing.id), 2)
    with writing() as session:
        event_acts.end(campaign, None, session.get_one(LiveEvent, unboxing.id), 2)
    db.session.rollback()
    assert live_events.show(campaign, unboxing, campaign.now).over


def test_two_of_the_team_at_one_event_the_second_is_told(campaign, unboxing):
    change(unboxing, title="Unboxing with Marta")
    with pytest.raises(Refusal) as refused:
        change(unboxing, version=1, title="Unboxing with Jonas")
    assert refused.value.reason == "changed"
    assert db.session.get_one(LiveEvent, unboxing.id).title == "Unboxing with Marta"


def test_an_address_is_asked_first_and_gets_nothing_else(campaign, unboxing, at, given, watch):
    second = make(campaign, at + timedelta(hours=1), title="Questions")
    with writing():
        for event in (unboxing, second):
            reminders.ask_by_address(campaign, db.session.get_one(LiveEvent, event.id), "Ann@Example.com")
    [letter] = letters("reminder_confirm")
    token = compose(letter).text.split("/events/confirm/")[1].split()[0]
    watch.set(at - timedelta(minutes=15))
    reach(campaign)
    assert letters("reminder") == []
    with writing():
        assert reminders.confirm(token)
    with writing():
        assert reminders.confirm(token) is None
    watch.step(hours=1)
    reach(campaign)
    [reminder] = letters("reminder")
    assert reminder.person.email == "ann@example.com" and "Questions" in compose(reminder).subject


def test_erased_they_are_reminded_of_nothing(campaign, unboxing, at, given, watch):
    member = given.person(member=True)
    ask(campaign, unboxing, member)
    with writing() as session:
        erase(session.get_one(Person, member.id))
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 0
    watch.set(at - timedelta(minutes=15))
    reach(campaign)
    assert letters("reminder") == []


def test_a_copy_to_rehearse_has_its_events_anew_and_its_letters_at_the_rehearsed_moment(campaign, unboxing, at, given, watch):
    member = given.person(member=True)
    with writing():
        made = rehearsals.copy(db.session.get_one(Campaign, campaign.id))
        event = db.session.scalar(select(LiveEvent).filter_by(campaign_id=made.id))
        reminders.ask(made, event, member)
        copied = made.id, event.id
    made, event = db.session.get_one(Campaign, copied[0]), db.session.get_one(LiveEvent, copied[1])
    assert event.id != unboxing.id and event.at == at and made.milestone(f"event_{event.id}_reminder")
    with writing() as session:
        row = session.get_one(Campaign, copied[0]).rehearsal
        row.real_0, row.campaign_0, row.speed = watch.now, at - timedelta(minutes=15), 2000
    reach(made)
    watch.step(seconds=2)  # more than an hour of its time: the letter is written out after the event is over
    [letter] = letters("reminder")
    assert letter.campaign_id == copied[0] and letter.at == at - timedelta(minutes=15)
    assert "begins at 13:00" in compose(letter).subject
