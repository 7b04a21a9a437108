"""A campaign from its file: created, updated, refused whole, and written back."""

import threading
import time
import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Letter, LiveEvent, Milestone, Person, Poll, Reminder, Variant, Vote
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.services import by_hand, campaigns, plans, reminders
from launchpad.services.timetable import locked

FILE = """
[campaign]
slug = "aurora-lamp"
name = "Aurora Lamp"
timezone = "Europe/Lisbon"
currency = "EUR"
[schedule]
preview = 2026-12-01T09:00:00
waitlist = 2026-12-05T09:00:00
launch = 2026-12-12T18:00:00
recap = 2026-12-14T18:00:00
archive = 2026-12-31T18:00:00
[schedule.head_start]
member = 24
founder = 48
[[variants]]
sku = "OAK"
name = "Oak"
price = 12900
stock = 300
head_start_stock = 120
[[polls]]
question = "Which colour?"
options = ["Sand", "Forest"]
closes = 2026-12-04T09:00:00
[[prompts]]
text = "Show us your desk"
[[events]]
title = "Unboxing"
at = 2026-12-12T19:00:00
"""


def plan(text: str = FILE, **changed):
    return replace(campaign_file.parse(tomllib.loads(text)), **changed)


def load(*args, **values) -> Campaign:
    with writing():
        return plans.load(plan(*args, **values))


@pytest.fixture(autouse=True)
def early(watch):
    """It is 30 November, before everything."""
    watch.step(days=-1)
    return watch


def test_a_file_makes_a_campaign_with_its_whole_timetable(app):
    campaign = load()
    assert {m.name for m in campaign.milestones} == {
        "preview", "waitlist", "head_start_founder", "head_start_member", "launch", "recap", "archive", "poll_1_closes",
        "event_1_reminder", "event_1_begins",
    }  # fmt: skip
    assert not any(m.silent for m in campaign.milestones)
    assert campaign.phase == "draft" and campaign.rehearsal is None
    assert db.session.scalar(select(func.count()).select_from(Audit).where(Audit.act == "campaign.create")) == 1


def test_loading_again_updates_and_makes_nothing_twice(app):
    first = load().id
    again = load(name="Aurora Two")
    assert (again.id, again.name) == (first, "Aurora Two")
    assert db.session.scalar(select(func.count()).select_from(Milestone)) == 10
    assert db.session.scalar(select(func.count()).select_from(Poll)) == 1


def test_saving_gives_the_file_back(app):
    campaign = load()
    assert plans.plan_of(campaign) == plan()


def test_a_rehearsal_comes_with_a_clock_that_stands_an_hour_before_the_first_milestone(app):
    campaign = load(FILE + "\n[rehearsal]\nspeed = 3000\n")
    assert campaign.rehearsal.chosen_speed == 3000 and campaign.rehearsal.speed == 0
    assert campaign.now == campaign.milestone("preview").due - timedelta(hours=1)


def test_what_is_past_when_loaded_is_silent_and_the_rest_is_not(app, watch):
    watch.set(plan().due("waitlist"))
    campaign = load()
    assert {m.name for m in campaign.milestones if m.silent} == {"preview", "waitlist", "poll_1_closes"}
    assert {m.name for m in campaign.milestones if not m.letters} == {"preview", "waitlist", "poll_1_closes"}


def test_a_milestone_that_has_opened_cannot_be_moved_by_a_file(app, watch):
    load()
    watch.set(plan().due("preview"))
    with pytest.raises(Fault) as fault:
        load(FILE.replace("2026-12-01T09:00:00", "2026-12-02T09:00:00"))
    assert fault.value.key == "schedule.preview"
    assert campaigns.by_slug("aurora-lamp").milestone("preview").due == plan().due("preview")


def test_a_milestone_still_to_come_can(app, watch):
    load()
    watch.set(plan().due("preview"))
    campaign = load(FILE.replace("2026-12-31T18:00:00", "2027-01-31T18:00:00"))
    assert campaign.milestone("archive").due.month == 1 and campaign.version == 2


def test_stock_cannot_go_below_what_is_taken(app, given):
    campaign = load()
    with writing():
        db.session.scalar(select(Variant)).taken = 7
    seven = FILE.replace("stock = 300", "stock = 7").replace("head_start_stock = 120", "head_start_stock = 7")
    assert load(seven).id == campaign.id
    with pytest.raises(Fault) as fault:
        load(FILE.replace("stock = 300", "stock = 6").replace("head_start_stock = 120", "head_start_stock = 6"))
    assert fault.value.key == "variants[0].stock"
    assert db.session.scalar(select(Variant.stock)) == 7


def test_a_poll_that_was_voted_in_keeps_its_options(app, given):
    campaign, person = load(), given.person(member=True)
    poll = db.session.scalar(select(Poll))
    with writing() as session:
        session.add(Vote(poll_id=poll.id, person_id=person.id, at=campaign.now))
    with pytest.raises(Fault) as fault:
        load(FILE.replace('"Forest"', '"Ink"'))
    assert fault.value.key == "polls[0].options"
    assert load(FILE.replace("Which colour?", "Which colour, then?")).id == campaign.id


def test_an_unvoted_poll_may_change(app):
    load()
    load(FILE.replace('"Forest"', '"Ink"'))
    assert [o.text for o in db.session.scalar(select(Poll)).options] == ["Sand", "Ink"]


def test_a_code_that_is_no_currency_is_refused_with_nothing_changed(app):
    with pytest.raises(Fault) as fault:
        load(FILE.replace("EUR", "ZZZ"))
    assert fault.value.key == "campaign.currency" and campaigns.by_slug("aurora-lamp") is None


def test_a_real_campaign_does_not_become_a_rehearsal_by_its_file(app):
    load()
    with pytest.raises(Fault) as fault:
        load(FILE + "\n[rehearsal]\n")
    assert fault.value.key == "rehearsal"


LED = FILE + '\nlink = "https://stream.example.com/lamp"\nhost = "Marta"\ntext = "Ask her."\n'


def wants_a_reminder(given) -> int:
    member = given.person(member=True)
    with writing() as session:
        reminders.ask(session.scalar(select(Campaign)), session.scalar(select(LiveEvent)), session.get(Person, member.id))
    return member.id


def test_a_live_event_keeps_its_row_and_who_wants_to_be_reminded_when_the_file_moves_it(app, given):
    event = db.session.scalar(select(LiveEvent.id).filter_by(campaign_id=load(LED).id))
    wants_a_reminder(given)
    moved = load(LED.replace("12T19:00:00", "12T20:30:00"))
    assert plans.plan_of(moved).events[0].link == "https://stream.example.com/lamp"
    assert db.session.scalar(select(LiveEvent.id)) == event and db.session.scalar(select(Reminder.event_id)) == event
    due = {m.name: m.due for m in moved.milestones}
    assert due["event_1_begins"] - due["event_1_reminder"] == timedelta(minutes=15)
    assert due["event_1_begins"] == plans.plan_of(moved).events[0].at


def test_a_live_event_that_left_the_file_is_called_off_and_one_that_has_begun_stays(app, given, watch):
    load(LED)
    person = wants_a_reminder(given)
    watch.set(plan(LED).events[0].at)
    for wish in (FILE.split("[[events]]")[0], LED.replace("12T19:00:00", "12T20:30:00")):
        with pytest.raises(Fault) as fault:
            load(wish)
        assert fault.value.key.startswith("events")
    watch.step(hours=-1)
    campaign = load(FILE.split("[[events]]")[0])
    assert plans.plan_of(campaign).events == () and campaign.milestone("event_1_begins") is None
    assert db.session.scalar(select(Letter.person_id).filter_by(kind="event_cancelled")) == person


def test_a_held_campaign_is_not_planned_into_the_time_that_has_passed_meanwhile(app, given, watch):
    campaign, owner = load(), given.person(role="owner")
    with writing() as session:
        by_hand.hold(session.get(Campaign, campaign.id), owner, "", "the boat is late")
    watch.set(plan().due("preview") + timedelta(hours=3))  # the campaign's own time stands before its preview
    with pytest.raises(Fault) as fault:
        load(FILE.replace("2026-12-01T09:00:00", "2026-12-01T11:00:00"))
    assert fault.value.key == "schedule.preview"
    load(FILE.replace("2026-12-01T09:00:00", "2026-12-01T13:00:00"))


@pytest.mark.parametrize("order", ["ours", "campaign first"])
def test_a_plan_is_saved_while_somebody_buys_without_a_deadlock(app, watch, order):
    """A buyer holds the variant and comes to the campaign; with the locks of the plan the other way round, one dies."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    campaign_id = load().id
    variant_id = db.session.scalar(select(Variant.id))
    db.session.rollback()
    holding, coming, faults = threading.Event(), threading.Event(), []

    def buyer():
        with app.app_context(), writing() as session:
            session.execute(update(Variant).where(Variant.id == variant_id).values(taken=Variant.taken + 1))
            holding.set()
            coming.wait(20)
            time.sleep(0.3)  # the plan is at its first lock by now
            session.execute(update(Campaign).where(Campaign.id == campaign_id).values(seq=Campaign.seq + 1))

    def saver():
        holding.wait(20)
        with app.app_context(), writing():
            if order != "ours":
                locked(campaign_id)
            coming.set()
            plans.load(plan(name="Aurora Two"))

    def tried(verb):
        try:
            verb()
        except OperationalError as fault:
            faults.append(type(fault.orig).__name__)

    threads = [threading.Thread(target=tried, args=(verb,)) for verb in (buyer, saver)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == ([] if order == "ours" else ["DeadlockDetected"])
