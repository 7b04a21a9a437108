"""A campaign from its file: created, updated, refused whole, and written back."""

import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Milestone, Poll, Variant, Vote
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.services import campaigns, plans

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
        "preview", "waitlist", "head_start_founder", "head_start_member", "launch", "recap", "archive", "poll_1_closes"
    }  # fmt: skip
    assert not any(m.silent for m in campaign.milestones)
    assert campaign.phase == "draft" and campaign.rehearsal is None
    assert db.session.scalar(select(func.count()).select_from(Audit).where(Audit.act == "campaign.create")) == 1


def test_loading_again_updates_and_makes_nothing_twice(app):
    first = load().id
    again = load(name="Aurora Two")
    assert (again.id, again.name) == (first, "Aurora Two")
    assert db.session.scalar(select(func.count()).select_from(Milestone)) == 8
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
