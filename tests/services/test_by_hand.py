"""Acts by hand: rows, audit, and what the rest of the program is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Event
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand
from tests.make import NOON

TICK = timedelta(microseconds=1)


@pytest.fixture
def campaign(given, watch):
    return given.campaign()


@pytest.fixture
def owner(given):
    return given.person(role="owner")


def act(verb, campaign, *rest, **more):
    with writing():
        verb(db.session.get(Campaign, campaign.id), *rest, **more)
    return db.session.get(Campaign, campaign.id)


def due(campaign, name):
    return db.session.get(Campaign, campaign.id).milestone(name).due


def refused(verb, campaign, *rest):
    with pytest.raises(Refusal) as refusal:
        act(verb, campaign, *rest)
    return refusal.value.reason


def test_moving_the_launch_takes_its_head_starts_along_and_is_on_record(app, campaign, owner):
    old, new = due(campaign, "launch"), due(campaign, "launch") + timedelta(days=1)
    woken = []
    app.extensions["wakes"]["timetable"], kept = woken.append, app.extensions["wakes"]["timetable"]
    try:
        after = act(by_hand.move, campaign, owner, "launch", new, "The boat is late")
    finally:
        app.extensions["wakes"]["timetable"] = kept
    assert after.milestone("launch").due == new
    assert after.milestone("head_start_member").due == new - timedelta(hours=24)
    assert after.version == 2 and woken == [campaign.id]
    row = db.session.scalar(select(Audit).filter_by(act="milestone.move"))
    assert row.person_id == owner.id and row.reason == "The boat is late"
    assert row.before["launch"] == old.isoformat() and row.after["launch"] == new.isoformat()
    assert db.session.scalar(select(Event.kind).filter_by(campaign_id=campaign.id)) == "state"


def test_an_act_without_a_reason_is_refused_and_changes_nothing(campaign, owner):
    assert (
        refused(by_hand.move, campaign, owner, "launch", due(campaign, "launch") + timedelta(days=1), " ") == "reason"
    )
    assert db.session.get(Campaign, campaign.id).version == 1


def test_what_has_opened_stays_where_it_is(campaign, owner, watch):
    assert refused(by_hand.move, campaign, owner, "preview", NOON + timedelta(days=1), "why not") == "already_open"
    watch.set(NOON - TICK)
    after = act(by_hand.move, campaign, owner, "preview", NOON + timedelta(days=1), "a day more")
    assert after.milestone("preview").due == NOON + timedelta(days=1)


def test_a_head_start_moved_by_itself_has_other_hours_printed(campaign, owner):
    new = due(campaign, "launch") - timedelta(hours=36)
    assert (
        act(by_hand.move, campaign, owner, "head_start_member", new, "more time").milestone("head_start_member").hours
        == 36
    )


def test_open_now_opens_at_this_moment(campaign, owner, watch):
    milestones.advance(campaign.id)
    watch.step(days=1)
    after = act(by_hand.open_now, campaign, owner, "waitlist", "they are eager")
    assert after.phase == "waitlist"
    milestones.advance(campaign.id)
    row = db.session.get(Campaign, campaign.id).milestone("waitlist")
    assert row.due == row.reached_at == watch.now


def test_a_go_is_remembered_and_opens(campaign, owner, watch):
    with writing():
        db.session.get(Campaign, campaign.id).milestone("waitlist").waits = True
    watch.set(NOON + timedelta(days=5))
    assert db.session.get(Campaign, campaign.id).phase == "preview"
    after = act(by_hand.go, campaign, owner, "waitlist")
    assert after.phase == "waitlist" and after.milestone("waitlist").went_at == watch.now


def test_a_held_campaign_stands_still(campaign, owner, watch):
    milestones.advance(campaign.id)
    act(by_hand.hold, campaign, owner, "One moment", "power cut")
    watch.set(due(campaign, "waitlist") + timedelta(hours=1))
    assert milestones.advance(campaign.id) == 0
    assert db.session.get(Campaign, campaign.id).phase == "preview"
    assert refused(by_hand.hold, campaign, owner, "", "again") == "held"
    assert refused(by_hand.open_now, campaign, owner, "waitlist", "now") == "held"
    assert refused(by_hand.move, campaign, owner, "waitlist", watch.now - TICK, "into the past") == "past"


def test_what_fell_due_in_the_hold_opens_at_the_release_and_is_never_recorded_earlier(campaign, owner, watch):
    milestones.advance(campaign.id)
    act(by_hand.hold, campaign, owner, "", "power cut")
    watch.set(due(campaign, "waitlist") + timedelta(hours=1))
    act(by_hand.release, campaign, owner, False, "light is back")
    assert milestones.advance(campaign.id) == 1
    row = db.session.get(Campaign, campaign.id).milestone("waitlist")
    assert row.reached_at == watch.now and row.late == 0


def test_a_release_with_shift_moves_what_had_not_opened_by_the_held_time(campaign, owner, watch):
    milestones.advance(campaign.id)
    old = {m.name: m.due for m in campaign.milestones}
    act(by_hand.hold, campaign, owner, "", "power cut")
    watch.step(hours=5)
    after = act(by_hand.release, campaign, owner, True, "light is back")
    assert after.milestone("preview").due == old["preview"]
    assert all(m.due == old[m.name] + timedelta(hours=5) for m in after.milestones if m.name != "preview")
    assert refused(by_hand.release, campaign, owner, True, "again") == "not_held"


def test_sales_stop_and_go_on(campaign, owner, watch):
    stopped = act(by_hand.stop_sales, campaign, owner, "Back at noon", "a wrong price")
    assert stopped.sales_stopped_at == watch.now and stopped.sales_message == "Back at noon"
    assert refused(by_hand.stop_sales, campaign, owner, "", "again") == "stopped"
    assert act(by_hand.resume_sales, campaign, owner).sales_stopped_at is None
    assert refused(by_hand.resume_sales, campaign, owner) == "not_stopped"
    assert set(db.session.scalars(select(Audit.act))) == {"sales.stop", "sales.resume"}
