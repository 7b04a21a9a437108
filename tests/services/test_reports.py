"""The report of a rehearsal: counted from rows, made once nothing moves any more."""

from datetime import timedelta

import pytest

from jobs import milestones
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Order, Story
from launchpad.services import crowd, rehearsals, reports
from tests.make import NOON


@pytest.fixture
def id(given, watch):
    """A rehearsal that was played to its end, without a crowd."""
    campaign = given.campaign()
    with writing():
        rehearsals.prepare(db.session.get(Campaign, campaign.id), 3000)
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))
    return campaign.id


def campaign(id):
    return db.session.get(Campaign, id, populate_existing=True)


def to_the_end(id, watch):
    watch.step(seconds=31 * 24 * 3600 / 3000 + 60)
    milestones.advance(id)
    watch.step(seconds=60)  # the recap's letter waits 24 hours of the campaign's for the team
    milestones.write_recaps()


def test_an_empty_rehearsal_has_honest_zeros_and_all_its_milestones(id, watch):
    to_the_end(id, watch)
    report = reports.report(campaign(id))
    assert [m["name"] for m in report["milestones"]] == [
        "preview", "waitlist", "head_start_founder", "head_start_member", "launch", "recap", "archive"
    ]  # fmt: skip
    assert all(m["reached"] and m["late_s"] >= 0 for m in report["milestones"])
    for name in ("places", "confirmed", "orders", "units", "oversold", "entries", "stories", "errors"):
        assert report[name] == 0 or name == "entries"
    assert report["letters"] == {} and report["refusals"] == {} and report["speed"] == 3000


def test_it_counts_what_is_confirmed_and_what_is_oversold(id, given, watch):
    people = [given.person(played_in=id) for _ in range(4)]
    given.place(campaign(id), people[0])
    given.place(campaign(id), people[1], confirmed=False)
    given.place(campaign(id), people[2], left_at=NOON + timedelta(days=6))
    given.order(campaign(id), people[0], quantity=2)
    given.order(campaign(id), people[1], state="ended")
    with writing() as session:
        for number, state in enumerate(("sent", "sent", "suppressed")):
            letter = Letter(kind="place", trigger=f"place:{number}", marketing=False, at=NOON, state=state)
            letter.campaign_id, letter.person_id, letter.reason = id, people[number].id, "gone"
            session.add(letter)
        session.add(Story(campaign_id=id, person_id=people[0].id, text="Mine", at=NOON, key="a"))
        campaign(id).rehearsal.tally = {"refusals": {"sold_out": 3}, "errors": 1}
    report = reports.report(campaign(id))
    assert (report["places"], report["confirmed"], report["orders"], report["units"]) == (3, 1, 1, 2)
    assert report["letters"] == {"place": 2} and report["stories"] == 1 and report["oversold"] == 0
    assert report["refusals"] == {"sold_out": 3} and report["errors"] == 1
    with writing() as session:  # no constraint counts orders: the report looks for itself
        session.query(Order).filter_by(campaign_id=id, state="confirmed").update({"quantity": 13})
    assert reports.report(campaign(id))["oversold"] == 3


def test_it_waits_for_the_crowd_live_holds_letters_and_the_recap(id, given, watch):
    assert not reports.at_rest(campaign(id))
    to_the_end(id, watch)
    assert reports.at_rest(campaign(id)) and reports.unwritten() == [id]
    with writing():
        campaign(id).rehearsal.crowd = 5
    assert not reports.at_rest(campaign(id))
    with writing():
        assert crowd.take(id, "me")
    with writing():
        crowd.finish(id, "me")
    assert reports.at_rest(campaign(id))
    person = given.person(played_in=id)
    order = given.order(campaign(id), person, state="held")
    assert not reports.at_rest(campaign(id))
    with writing() as session:
        session.get(Order, order.id).hold.state = "ended"
    assert reports.at_rest(campaign(id))
    with writing() as session:
        letter = Letter(kind="place", trigger="place:1", marketing=False, at=NOON, campaign_id=id, person_id=person.id)
        session.add(letter)
    assert not reports.at_rest(campaign(id))
    with writing() as session:  # one for later is not under way
        session.get(Letter, letter.id).due_at = clock.now() + timedelta(hours=1)
    assert reports.at_rest(campaign(id))


def test_a_recap_that_waits_for_the_team_is_waited_for(id, watch):
    watch.step(seconds=31 * 24 * 3600 / 3000 + 60)
    milestones.advance(id)
    assert not reports.at_rest(campaign(id))
    watch.step(seconds=60)
    milestones.write_recaps()
    assert reports.at_rest(campaign(id))


def test_it_is_kept_once_and_says_the_same_later(id, watch):
    to_the_end(id, watch)
    with writing():
        reports.write(id)
    assert reports.unwritten() == [] and campaign(id).rehearsal.report == reports.report(campaign(id))


def test_the_clock_stands_once_the_report_is_kept(id, watch):
    to_the_end(id, watch)
    with writing():
        reports.write(id)
    then = campaign(id).now
    watch.step(minutes=10)
    assert campaign(id).now == then and campaign(id).phase == "archived"
