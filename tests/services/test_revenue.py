"""What was sold and who of the waitlist bought: every way of adding up has the same sum, on rows of any kind."""

import random
import re
from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Order, Place
from launchpad.rules import attribution
from launchpad.services import buying, numbers, referrals
from launchpad.services.conversion import cohorts
from launchpad.services.revenue import MOST, OTHERS, Sold, revenue
from tests.make import NOON


def total(found: dict[str, Sold]) -> Sold:
    return sum(found.values(), Sold())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_parts_sum_up_to_the_whole(app, given, seed):
    chance = random.Random(seed)
    campaign = given.campaign("lamp", stock=2000)
    paid = kept = 0
    for n in range(60):
        person = given.person(member=chance.random() < 0.5, tier=chance.choice(["member", "founder"]))
        if chance.random() < 0.6:
            source = chance.choice(["", "news", f"source {n}"])
            at = campaign.milestone("waitlist").due + timedelta(hours=chance.randrange(100))
            given.place(campaign, person, confirmed=chance.random() < 0.8, at=at, source=source, sku=chance.choice([None, "OAK"]))
        state = chance.choice(["confirmed", "confirmed", "refunded", "held", "parked"])
        order = given.order(
            campaign, person, quantity=chance.randint(1, 3), state=state, source=chance.choice(attribution.SOURCES),
            came_by=chance.choice([None, "", "news", *[f"source {n}"] * 5]), matched=chance.choice([None, True, False]),
            head_start=chance.random() < 0.5, refunded=(back := chance.choice([0, 0, 100, 12900, 99999])),
        )  # fmt: skip
        if state in ("confirmed", "refunded"):
            paid += order.total
            kept += order.total - min(back, order.total) if state == "confirmed" else 0
    found = numbers.numbers(campaign)
    money = found.revenue
    assert total(money.by_source) == total(money.by_stage) == total(money.by_first) == money.sold
    assert total(money.joined_by) == money.by_source["joined"]
    assert OTHERS in money.by_first and len(money.by_first) <= MOST + 2
    assert (money.sold.revenue, money.gross) == (kept, paid)
    assert Sold() != money.unmatched and money.unmatched.revenue < money.sold.revenue
    for cohort in found.cohorts.values():
        places, bought = sum(c.places for c in cohort), sum(c.buyers for c in cohort)
        assert (places, bought, sum(c.early for c in cohort)) == (found.confirmed, found.buyers, found.early)


def test_a_cohort_is_a_day_of_the_campaigns_own_zone(app, given, watch):
    campaign = given.campaign("lamp", timezone="Asia/Tokyo", preview=NOON)
    midnight = campaign.milestone("waitlist").due.replace(hour=15)  # in Tokyo
    for at in (midnight - timedelta(microseconds=1), midnight, midnight + timedelta(hours=1)):
        person = given.person()
        given.place(campaign, person, at=at, source="news")
    given.order(campaign, person, head_start=True)
    found = cohorts(campaign)
    assert [(c.name, c.places, c.early, c.late) for c in found["day"]] == [("Sat 5 Dec 2026", 1, 0, 0), ("Sun 6 Dec 2026", 2, 1, 0)]
    assert [(c.name, c.share) for c in found["source"]] == [("news", 1 / 3)]
    assert [c.name for c in found["wish"]] == ["no wish"]


def test_touches_are_frozen_on_place_and_order_and_a_strangers_first_is_not_known(app, given, visitor, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("waitlist").due)
    guest = visitor()
    page = "/lamp/waitlist?utm_source=news&utm_medium=email&utm_campaign=dawn&ref=abc-123"
    guest.post("/lamp/waitlist", {"email": "ana@example.com", **hidden(guest, page)}, seen=page)
    assert db.session.scalars(db.select(Place)).one().touch == {
        "source": "news", "utm_medium": "email", "utm_campaign": "dawn", "ref": "abc-123", "landing": "/lamp/waitlist",
    }  # fmt: skip
    watch.set(campaign.milestone("launch").due)
    page = "/lamp/buy?utm_source=ads"
    guest.post("/lamp/buy", {"email": "eva@example.com", "sku": "OAK", "quantity": 1, **hidden(guest, page)}, seen=page)
    order = db.session.scalars(db.select(Order)).one()
    assert (order.came_by, order.source_note, order.matched) == (None, "ads", False)
    assert order.touch == {"last": {"source": "ads", "landing": "/lamp/buy"}}
    assert "Set-Cookie" not in guest.page.headers


def hidden(visitor, path: str) -> dict[str, str]:
    """What the form of that page carries unseen."""
    text = visitor.get(path).get_data(as_text=True)
    form = text[text.index('<form class="form') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[: form.index("</form>")]))


def test_who_is_signed_in_keeps_the_first_touch_through_links_that_say_nothing(app, given, visitor, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due)
    member = visitor(given.person(member=True))
    member.get("/lamp/?utm_source=news")
    member.get("/lamp/?utm_source=later")
    page = "/lamp/buy?utm_source=ads"
    member.post("/lamp/buy", {"sku": "OAK", "quantity": 1, **hidden(member, page)}, seen=page)
    order = db.session.scalars(db.select(Order)).one()
    assert (order.came_by, order.source_note, order.matched, order.source) == ("news", "ads", True, "member")
    assert order.touch["first"]["source"] == "news"


def test_a_strange_host_that_links_here_is_a_source_and_ours_is_none(app, given, visitor, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("waitlist").due)
    stranger = visitor()
    told = {"https://blog.example.com/a": True, "http://127.0.0.1:8000/lamp/": False, "http://[x": False}
    for referrer, expected in told.items():
        text = stranger.get("/lamp/waitlist", headers={"Referer": referrer}).get_data(as_text=True)
        assert ('name="source" value="blog.example.com"' in text) == expected


def test_a_joined_order_tells_by_which_first_touch_they_joined(app, given, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due)
    waited, invited, friend = given.person(confirmed_at=NOON), given.person(), given.person(member=True)
    given.place(campaign, waited, source="news")
    with writing() as session:
        row = session.get(type(invited), invited.id)
        row.member_at = row.confirmed_at = campaign.milestone("waitlist").due
        row.member_source = "invite:RENTED"
    for person, ref in ((waited, ""), (invited, ""), (given.person(), referrals.code_of(friend))):
        with writing():
            buying.pay(buying.buy(campaign, person, "OAK", 1, f"k{person.id}", buying.guest(person.email), ref=ref))
    found = revenue(campaign)
    assert set(found.joined_by) == {"news", "invite:RENTED"}
    assert (found.by_source["joined"].orders, found.by_source["referred"].orders, found.unmatched.orders) == (2, 1, 1)
