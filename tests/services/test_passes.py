"""With access `passes` the head start follows the line: a first wave gets passes when its tier opens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import milestones
from launchpad.database import db
from launchpad.models import Campaign, Letter, Person, Place
from launchpad.services import buying

TICK = timedelta(microseconds=1)


@pytest.fixture
def line(given, watch):
    """A campaign with a wave of two, and five places in line, the first of them a founder's."""
    campaign = given.campaign(access="passes", waitlist={"wave": 2, "pass_hours": 24})
    opens = campaign.milestone("waitlist").due
    ids = []
    for n in range(5):
        person = given.person(member=True, tier="founder" if n == 0 else "member")
        given.place(campaign, person, at=opens + timedelta(hours=n), confirmed=n != 2)
        ids.append(person.id)
    return campaign.id, ids, {m.name: m.due for m in campaign.milestones}


def reach(campaign_id, watch, moment):
    watch.set(moment)
    milestones.advance(campaign_id)


def reason(campaign_id, person_id) -> str:
    campaign = db.session.get(Campaign, campaign_id, populate_existing=True)
    return buying.offer(campaign, db.session.get(Person, person_id)).reason


def test_the_first_of_the_line_get_passes_and_may_buy(line, watch):
    campaign, (founder, second, unconfirmed, fourth, fifth), due = line
    reach(campaign, watch, due["head_start_member"])
    assert reason(campaign, second) == "" and reason(campaign, fourth) == ""
    assert reason(campaign, fifth) == "no_pass" and reason(campaign, unconfirmed) == "no_pass"


def test_a_tier_that_opens_earlier_has_its_own_wave(line, watch):
    campaign, (founder, second, *_), due = line
    reach(campaign, watch, due["head_start_founder"])
    assert reason(campaign, founder) == "" and reason(campaign, second) == "not_open"


def test_a_pass_lasts_its_hours_and_ends_at_exactly_its_moment(line, watch):
    campaign, (founder, *_), due = line
    reach(campaign, watch, due["head_start_founder"])
    ends = due["head_start_founder"] + timedelta(hours=24)
    watch.set(ends - TICK)
    assert reason(campaign, founder) == ""
    watch.set(ends)
    assert reason(campaign, founder) == "pass_ended"


def test_only_who_has_a_pass_is_written_to(line, watch):
    campaign, (founder, second, _, fourth, _), due = line
    reach(campaign, watch, due["head_start_member"])
    written = db.session.scalars(select(Letter.person_id).where(Letter.kind == "head_start"))
    assert set(written) == {founder, second, fourth}


def test_everyone_may_buy_from_the_launch(line, watch):
    campaign, (*_, fifth), due = line
    reach(campaign, watch, due["launch"] - TICK)
    assert reason(campaign, fifth) == "no_pass"
    reach(campaign, watch, due["launch"])
    assert reason(campaign, fifth) == ""


def test_with_access_all_there_are_no_passes(given, watch):
    campaign, person = given.campaign(), given.person(member=True)
    given.place(campaign, person)
    reach(campaign.id, watch, campaign.milestone("head_start_member").due)
    assert db.session.scalar(select(Place.pass_from)) is None
