"""A head start lasts its hours of elapsed time, whatever the clocks of the place do meanwhile (S4)."""

import tomllib
from datetime import datetime, timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.rules import campaign_file
from launchpad.rules.timetable import opening
from launchpad.services import gate, plans, state
from launchpad.services.timetable import reach_next

FILE = """
[campaign]
slug = "lamp"
name = "Lamp"
timezone = "{zone}"
currency = "EUR"
[schedule]
preview = {year}-01-10T12:00:00
waitlist = {year}-01-20T12:00:00
launch = {launch}
recap = {year}-12-01T12:00:00
archive = {year}-12-20T12:00:00
[schedule.head_start]
member = 24
founder = 48
[[variants]]
sku = "OAK"
name = "Oak"
price = 100
stock = 5
"""
HOUR, HALF, TICK = timedelta(hours=1), timedelta(minutes=30), timedelta(microseconds=1)


@pytest.mark.parametrize(
    "zone, launch, longer",
    [
        ("Europe/Lisbon", "2027-03-28T12:00:00", -HOUR),
        ("Europe/Lisbon", "2027-10-31T12:00:00", HOUR),
        ("Australia/Lord_Howe", "2027-10-03T12:00:00", -HALF),
        ("Australia/Lord_Howe", "2027-04-04T12:00:00", HALF),
    ],
)
def test_a_head_start_across_a_change_of_the_clocks(app, given, watch, zone, launch, longer):
    """`longer`: by how much the day of the change is longer than 24 hours, so much later does a head start begin."""
    watch.set(datetime.fromisoformat("2027-01-01T00:00:00+00:00"))
    with writing():
        id = plans.load(campaign_file.parse(tomllib.loads(FILE.format(zone=zone, year=2027, launch=launch)))).id
    campaign = db.session.get(Campaign, id)
    member = given.person(member=True)
    place = given.place(campaign, member)
    doors = campaign.milestone("launch").due
    assert doors.astimezone(campaign.zone).replace(tzinfo=None) == datetime.fromisoformat(launch)
    for tier, hours in (("member", 24), ("founder", 48)):
        begins = opening(campaign.milestones, f"head_start_{tier}")
        assert doors - begins == timedelta(hours=hours), "of elapsed time"
        on_the_wall = begins.astimezone(campaign.zone).replace(tzinfo=None)
        assert on_the_wall == datetime.fromisoformat(launch) - timedelta(hours=hours) + longer
    begins = campaign.milestone("head_start_member").due
    for at, may in ((begins - TICK, False), (begins, True), (doors - TICK, True), (doors, True)):
        assert (gate.refusal(campaign, member, place, at, left=5) is None) is may
        assert state.public(campaign, at)["head_start"]["member"] is (may and at < doors)
        assert (gate.refusal(campaign, None, None, at, left=5) is None) is (at >= doors)
    reached = {}
    for due in sorted(m.due for m in campaign.milestones):
        for at in (due - TICK, due):
            watch.set(at)
            with writing():
                name = reach_next(id)
            assert (name is None) is (at < due)
        reached[name] = due
    db.session.rollback()
    assert {m.name: m.reached_at for m in db.session.get(Campaign, id).milestones} == reached
