"""The whole way of a person with a phone: from a friend's link to an order, in under a minute of their time.

Once with script where everybody of the waitlist may buy, once without where passes follow the line.
"""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from jobs import letters as letter_jobs
from jobs import milestones as milestone_jobs
from launchpad import demo
from launchpad.database import db, writing
from launchpad.models import Letter, Order, Person, Referral
from launchpad.rules import campaign_file
from launchpad.services import plans, referrals
from tests.browser.thumb import Thumb
from tests.browser.walk import Inspector

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LINK = re.compile(r"https?://\S+")
WAITLISTS = {
    "all": {"access": "all", "rule": "first_come"},
    "passes": {"access": "passes", "rule": "points", "wave": 50, "pass_hours": 24},
}
EMAIL = "joana@example.com"


@pytest.fixture(params=[(True, "all"), (False, "passes")], ids=["script, all", "no script, passes"])
def way(request, app, browser, live_site, watch):
    """The campaign of the demo with its waitlist open; what moves its clock; a phone; whether it follows the line."""
    script, access = request.param
    table = tomllib.loads((Path(demo.__file__).parent / "aurora-lamp.toml").read_text())
    del table["rehearsal"]
    table["waitlist"] = WAITLISTS[access]
    with writing():
        campaign = plans.load(campaign_file.parse(table))
        id, dues = campaign.id, {m.name: m.due for m in campaign.milestones}

    def until(milestone: str) -> None:
        watch.set(dues[milestone] + timedelta(minutes=1))
        milestone_jobs.advance(id)

    until("waitlist")
    inspector = Inspector(script, axe=False)  # the journey has asked about these pages
    thumb = Thumb(browser, live_site, inspector)
    yield until, thumb, access
    thumb.context.close()
    assert inspector.faults == []


def letter(kind: str) -> str:
    """The first link in the newest letter of a kind that was sent to that address."""
    while letter_jobs.send_due():
        pass
    db.session.rollback()
    mine = select(Letter.text).join(Person).where(Letter.kind == kind, Person.email == EMAIL).order_by(Letter.id.desc())
    return LINK.findall(db.session.scalar(mine))[0]


def test_from_a_friends_link_to_an_order_with_one_field_in_under_a_minute(way, given):
    until, phone, access = way
    friend = given.person("ana@example.com", member=True)
    phone.follow(f"/aurora-lamp/?ref={referrals.code_of(friend)}").reads("Join the line")
    phone.types("email", EMAIL).taps_on("Join the waitlist", "Look in your inbox")

    phone.follow(letter("confirm")).reads("It is held for you").taps_on("Confirm my place", "Your place in line")
    expect(phone.page.locator(".place-card .number")).to_have_text("1")
    phone.reads("Doors open for you").reads("You have 0 points" if access == "passes" else "Nobody with a confirmed place")

    until("head_start_member")
    phone.follow(letter("head_start")).reads("Early checkout").reads("€129.00")
    phone.taps_on("Set it aside and pay", "Set aside for you").reads("Pay within 10 min")
    phone.taps_on("Pay €129.00", "It is yours").reads(EMAIL)

    db.session.rollback()
    order = db.session.scalars(select(Order)).one()
    assert (order.state, order.head_start, order.source) == ("confirmed", True, "joined")
    assert db.session.scalars(select(Referral.referrer_id)).all() == [friend.id]
    phone.go("/aurora-lamp/place").reads(f"order {order.number}").reads_not("Go on paying")
    assert (phone.taps, phone.fields) == (8, 1)
    assert phone.seconds < 60
