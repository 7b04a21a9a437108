"""Buying by the pages: before my moment and at it, signed in, as a guest, by the letter's link; paying, giving back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.app import create_app
from launchpad.database import db
from launchpad.models import Allowance, Campaign, Entry, Letter, Order, Person, TierTaken, Variant
from launchpad.services import campaigns, tokens
from launchpad.services.checks import stock as checks
from launchpad.web.limits import limiter
from tests.conftest import Visitor


class Shop:
    """The campaign `lamp` with its moments, which outlive the rows."""

    def __init__(self, campaign):
        self.id = campaign.id
        self.moments = {m.name: m.due for m in campaign.milestones}

    def __getattr__(self, name):
        return self.moments[name]


@pytest.fixture
def lamp(given):
    return Shop(given.campaign("lamp", stock=10))


@pytest.fixture(autouse=True)
def adds_up(app):
    """Whatever a test did, the rows add up after it."""
    yield
    db.session.remove()
    assert checks.faults() == []


@pytest.fixture
def early(given, lamp):
    """A member with a confirmed place of the waitlist's first moment."""
    ana = given.person("ana@example.com", member=True, name="Ana")
    given.place(campaigns.by_slug("lamp"), ana)
    return ana


def ask(browser, **fields):
    """Send a checkout without having seen one: with the token of the sign-in page."""
    return browser.post("/lamp/buy", {"sku": "OAK", "quantity": "1", "key": "k", **fields}, seen="/sign-in")


def buy(browser, path="/lamp/buy", **fields):
    """Fill in the checkout as it stands; `fields` win."""
    page = browser.get(path).get_data(as_text=True)
    key = re.search(r'name="key" value="([^"]+)"', page)
    return browser.post(path, {"sku": "OAK", "quantity": "1", "key": key and key[1], **fields})


def pay(browser, address):
    path, _, query = address.partition("?")
    browser.get(address)
    token = query.removeprefix("token=")
    return browser.post(f"{path}/pay", {"token": token} if token else {})


def taken():
    return db.session.scalar(select(Variant.taken))


def orders(state=None):
    query = select(func.count()).select_from(Order)
    return db.session.scalar(query.where(Order.state == state) if state else query)


def test_in_the_head_start_a_place_buys_from_its_tiers_opening_and_not_a_microsecond_before(
    lamp, early, visitor, watch
):
    browser = visitor(early)
    watch.set(lamp.head_start_member)
    watch.step(microseconds=-1)
    page = browser.get("/lamp/buy")
    assert page.status_code == 200 and b"data-clock" in page.data and b'name="key"' not in page.data
    answer = ask(browser)
    assert answer.status_code == 422 and b"not open yet" in answer.data and orders() == 0
    watch.step(microseconds=1)
    answer = buy(browser, quantity="2")
    assert answer.status_code == 303
    assert b"Set aside for you" in browser.get(answer.location).data and taken() == 2
    answer = pay(browser, answer.location)
    page = browser.get(answer.location).get_data(as_text=True)
    assert answer.status_code == 303 and "It is yours" in page and "€258.00" in page
    order = db.session.scalar(select(Order))
    assert (order.state, order.head_start, order.source, order.tier) == ("confirmed", True, "member", "member")
    assert [letter.trigger for letter in db.session.scalars(select(Letter))] == [f"order:{order.id}"]


def test_before_any_head_start_buying_is_a_wrong_role(lamp, early, visitor, watch):
    watch.set(lamp.waitlist)
    assert ask(visitor(early)).status_code == 403
    assert visitor().get("/lamp/buy").status_code == 200


@pytest.mark.parametrize("late, status", [(-1, 303), (0, 422)])
def test_a_place_submitted_at_the_opening_is_too_late(lamp, given, visitor, watch, late, status):
    ben = given.person(member=True)
    given.place(campaigns.by_slug("lamp"), ben, at=lamp.head_start_member + timedelta(microseconds=late))
    watch.set(lamp.head_start_member)
    browser = visitor(ben)
    answer = ask(browser)
    assert answer.status_code == status and (status == 303 or b"head start has begun" in answer.data)
    watch.set(lamp.launch)
    assert buy(browser).status_code == 303


def test_a_place_that_is_not_confirmed_or_was_left_opens_nothing(lamp, given, visitor, watch):
    campaign = campaigns.by_slug("lamp")
    waiting, gone = given.person(member=True), given.person(member=True)
    given.place(campaign, waiting, confirmed=False)
    given.place(campaign, gone, left_at=lamp.waitlist)
    watch.set(lamp.head_start_member)
    browsers = [visitor(person) for person in (waiting, gone, given.person(member=True))]
    said = [ask(browser) for browser in browsers]
    assert [answer.status_code for answer in said] == [422, 422, 422] and orders() == 0
    assert b"confirm your place first" in said[0].data and b"for the waitlist" in said[1].data
    watch.set(lamp.launch)
    assert [buy(browser).status_code for browser in browsers] == [303, 303, 303]


def test_a_tier_buys_from_its_own_opening_at_its_own_price(given, visitor, watch):
    campaign = given.campaign("lamp")
    shop = Shop(campaign)
    founder, member = given.person(member=True, tier="founder"), given.person(member=True)
    given.place(campaign, founder)
    given.place(campaign, member)
    with given.writing() as session:
        session.scalars(select(Variant)).one().prices = {"founder": 11900}
    watch.set(shop.head_start_founder)
    one, two = visitor(founder), visitor(member)
    assert buy(one).status_code == 303 and ask(two).status_code == 422
    watch.set(shop.launch)
    assert buy(two).status_code == 303
    assert list(db.session.scalars(select(Order.price).order_by(Order.id))) == [11900, 12900]


def test_a_guest_who_types_a_founders_address_gets_neither_head_start_nor_price(given, visitor, watch):
    campaign = given.campaign("lamp")
    shop = Shop(campaign)
    founder = given.person("ana@example.com", member=True, tier="founder")
    given.place(campaign, founder)
    with given.writing() as session:
        session.scalars(select(Variant)).one().prices = {"founder": 1}
    watch.set(shop.head_start_member)
    for email in ("ana@example.com", "nobody@example.com"):
        answer = ask(visitor(), email=email)
        assert answer.status_code == 422 and b"for the waitlist" in answer.data and orders() == 0
    watch.set(shop.launch)
    assert buy(visitor(), email="ana@example.com").status_code == 303
    assert db.session.scalar(select(Order.price)) == 12900
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_from_the_launch_a_guest_buys_and_sees_the_order_by_its_token_alone(lamp, visitor, watch):
    watch.set(lamp.launch)
    browser, thief = visitor(), visitor()
    answer = buy(browser, email="new@example.com", name="Nia")
    assert answer.status_code == 303 and "?token=" in answer.location
    assert thief.get(answer.location.split("?")[0]).status_code == 404
    assert thief.post(answer.location.split("?")[0] + "/pay", seen="/sign-in").status_code == 404
    assert pay(browser, answer.location).status_code == 303
    assert b"It is yours" in browser.get(answer.location).data
    assert (orders("confirmed"), db.session.scalar(select(Order.source)), db.session.scalar(select(Order.tier))) == (
        1,
        "cold",
        "",
    )


def test_a_microsecond_before_the_launch_it_is_not_open_to_strangers(lamp, visitor, watch):
    watch.set(lamp.launch)
    watch.step(microseconds=-1)
    browser = visitor()
    assert b"data-clock" in browser.get("/lamp/buy").data
    assert ask(visitor(), email="n@example.com").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0, "a refusal makes nobody"


def test_the_sale_ends_with_the_archive(lamp, early, visitor, watch):
    watch.set(lamp.archive)
    watch.step(microseconds=-1)
    browser = visitor(early)
    assert buy(browser).status_code == 303
    watch.step(microseconds=1)
    assert ask(browser, key="k2").status_code == 403


def test_the_link_of_a_letter_buys_without_signing_in_and_a_look_spends_nothing(lamp, given, visitor, watch):
    ben = given.person("ben@example.com", member=True, name="Ben")
    link = f"/lamp/pass/{tokens.make('pass', given.place(campaigns.by_slug('lamp'), ben).id)}"
    watch.set(lamp.head_start_member)
    browser = visitor()
    assert browser.get(link).status_code == 200 and orders() == 0
    answer = buy(browser, link)
    assert answer.status_code == 303 and pay(browser, answer.location).status_code == 303
    order = db.session.scalar(select(Order))
    assert order.person.email == "ben@example.com" and order.head_start and order.state == "confirmed"
    assert browser.get("/lamp/place").location.startswith("/sign-in"), "it signs nobody in"
    assert visitor().get("/lamp/pass/nonsense").status_code == 404


def test_a_double_click_is_one_order(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    browser = visitor(early)
    first = buy(browser, key="same")
    second = buy(browser, key="same")
    assert first.location == second.location and orders() == 1 and taken() == 1
    assert buy(browser, key="same", quantity="2").status_code == 422
    assert orders() == 1 and taken() == 1


def test_paying_twice_is_one_sale(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    browser = visitor(early)
    address = buy(browser).location
    assert pay(browser, address).status_code == 303
    assert browser.post(f"{address}/pay", seen="/sign-in").status_code == 303
    assert taken() == 1 and db.session.scalar(select(func.count()).select_from(Letter)) == 1


def test_a_hold_lasts_to_its_moment_and_not_longer(lamp, given, visitor, watch):
    watch.set(lamp.launch)
    one, two = visitor(given.person(member=True)), visitor(given.person(member=True))
    first, second = buy(one).location, buy(two).location
    watch.step(minutes=10, microseconds=-1)
    assert pay(one, first).status_code == 303
    watch.step(microseconds=1)
    page = two.get(second).get_data(as_text=True)
    assert "time to pay has passed" in page and "/pay" not in page
    answer = two.post(f"{second}/pay", seen="/sign-in")
    assert answer.status_code == 422 and b"Nothing was charged" in answer.data
    assert (orders("confirmed"), orders("ended"), taken()) == (1, 1, 1)


def test_who_finds_it_sold_out_gets_what_an_overdue_hold_kept(given, visitor, watch):
    shop = Shop(given.campaign("lamp", stock=1))
    watch.set(shop.launch)
    assert ask(visitor(), email="slow@example.com").status_code == 303
    quick = visitor()
    assert b"Sold out" in ask(quick, email="quick@example.com").data
    watch.step(minutes=10, microseconds=-1)
    assert ask(quick, email="quick@example.com").status_code == 422
    watch.step(microseconds=1)
    assert ask(quick, email="quick@example.com").status_code == 303
    assert (orders("ended"), orders("held"), taken()) == (1, 1, 1)


def test_who_is_at_the_limit_by_a_hold_that_is_overdue_is_not(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    browser = visitor(early)
    assert buy(browser, quantity="2").status_code == 303
    assert ask(browser, key="again").status_code == 422
    watch.step(minutes=10)
    assert ask(browser, key="again").status_code == 303


def test_giving_back_frees_the_units_once_and_a_sale_cannot_be_given_back(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    browser = visitor(early)
    first = buy(browser, quantity="2").location
    for _ in range(2):
        assert browser.post(f"{first}/cancel", seen="/sign-in").status_code == 303
        assert (orders("cancelled"), taken()) == (1, 0)
    second = buy(browser).location
    pay(browser, second)
    assert browser.post(f"{second}/cancel", seen="/sign-in").status_code == 422
    assert (orders("confirmed"), taken()) == (1, 1)
    assert browser.post(f"{first}/pay", seen="/sign-in").status_code == 422


def test_the_limit_holds_over_session_letter_and_guest(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    assert buy(visitor(early), quantity="2").status_code == 303
    answer = buy(visitor(), email="ana@example.com")
    assert answer.status_code == 422 and b"per person" in answer.data
    assert db.session.scalar(select(Allowance.taken)) == 2


def test_the_head_start_sells_its_part_and_no_more(lamp, given, visitor, watch):
    watch.set(lamp.waitlist)
    people = [given.person(member=True) for _ in range(4)]
    for person in people:
        given.place(campaigns.by_slug("lamp"), person)
    watch.set(lamp.head_start_member)
    browsers = [visitor(person) for person in people]
    said = [ask(browser, quantity="2").status_code for browser in browsers]
    assert said == [303, 303, 422, 422] and taken() == 4  # five are set aside
    watch.set(lamp.launch)
    assert buy(browsers[3], quantity="2").status_code == 303


def test_a_cap_by_tier(given, visitor, watch):
    campaign = given.campaign("lamp")
    shop = Shop(campaign)
    people = [given.person(member=True, tier=tier) for tier in ("founder", "founder", "member", "gold")]
    for person in people:
        given.place(campaign, person)
    with given.writing() as session:
        variant = session.scalars(select(Variant)).one()
        variant.head_start_stock, variant.head_start_caps = 3, {"founder": 1, "member": 2}
    watch.set(shop.head_start_member)
    browsers = [visitor(person) for person in people]
    said = [ask(browser).status_code for browser in browsers]
    assert said == [303, 422, 303, 303], "gold shares what is set aside for members"
    assert sorted(db.session.execute(select(TierTaken.tier, TierTaken.taken)).all()) == [("founder", 1), ("member", 2)]


def test_stop_sales_shuts_the_gate_and_lets_a_hold_finish(lamp, early, visitor, watch):
    watch.set(lamp.launch)
    browser = visitor(early)
    address = buy(browser).location
    with_stop = db.session.get(Campaign, lamp.id)
    with_stop.sales_stopped_at, with_stop.sales_message = watch.now, "One minute, please."
    db.session.commit()
    answer = ask(browser)
    assert answer.status_code == 422 and orders() == 1
    assert b"One minute, please." in browser.get("/lamp/buy").data
    assert pay(browser, address).status_code == 303 and orders("confirmed") == 1


def test_the_thread_says_first_sale_quarters_sold_out_once_and_buyers_only_when_they_agreed(given, visitor, watch):
    shop = Shop(given.campaign("lamp", stock=4))
    watch.set(shop.launch)
    for number in range(4):
        person = given.person(member=True, name=f"Ana {number}")
        browser = visitor(person)
        address = buy(browser, **({"announce": "1"} if number == 1 else {})).location
        pay(browser, address)
    facts = list(db.session.scalars(select(Entry.fact).order_by(Entry.id)))
    assert [fact for fact in facts if not fact.startswith("order:")] == [
        "first_sale",
        "stock_25",
        "stock_50",
        "stock_75",
        "sold_out",
    ]
    said = db.session.scalars(select(Entry).where(Entry.kind == "purchase")).all()
    assert len(said) == 1 and "Ana 1" in said[0].text and "Oak" in said[0].text


WRONG = [
    ("quantity", "0"), ("quantity", "-1"), ("quantity", "9" * 50), ("quantity", "2147483648"), ("quantity", "1.5"),
    ("quantity", ""), ("quantity", "\x00"), ("sku", ""), ("sku", "GOLD"), ("sku", "\x00"), ("sku", "s" * 9000),
    ("sku", "\U0001f600"), ("key", ""), ("key", "k" * 101), ("email", "x"), ("email", "\x00@example.com"),
    ("email", "e" * 9000), ("name", "n" * 9000),
]  # fmt: skip


@pytest.mark.parametrize("field, value", WRONG, ids=range(len(WRONG)))
def test_a_bad_value_is_refused_with_the_form(lamp, visitor, watch, field, value):
    watch.set(lamp.launch)
    answer = buy(visitor(), **{"email": "new@example.com", field: value})
    assert answer.status_code == 422 and orders() == 0


@pytest.mark.parametrize("number", ["x", "%00", "n" * 500, "é", "AAAAA-AAAAA"])
def test_an_order_that_is_not_there(lamp, visitor, watch, number):
    watch.set(lamp.launch)
    assert visitor().get(f"/lamp/orders/{number}?token=\x00").status_code == 404


@pytest.fixture
def limited(app, settings, monkeypatch):
    """The same site with its rate limits on."""
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # put back at the end: all apps share the limiter
    site = create_app(replace(settings, testing=False))
    yield site
    with site.app_context():
        db.engine.dispose()


def test_guests_of_one_address_are_limited_and_people_who_signed_in_are_not(lamp, given, limited, watch):
    watch.set(lamp.launch)
    known, guest = Visitor(limited).be(given.person(member=True)), Visitor(limited)
    said = [ask(guest, email=f"n{n}@example.com", quantity="3").status_code for n in range(31)]
    assert said == [422] * 30 + [429]
    assert ask(known).status_code == 303


def test_one_order_has_as_many_units_as_one_order_may_and_a_person_orders_again_for_more(app, given, visitor, watch):
    shop = Shop(given.campaign("lamp", stock=10, per_person=3, per_order=2))
    watch.set(shop.launch)
    browser = visitor()
    page = browser.get("/lamp/buy").get_data(as_text=True)
    assert "At most 2 in one order, 3 per person." in page and 'max="2"' in page
    no = buy(browser, quantity="3", email="ana@example.com")
    assert no.status_code == 422 and "At most 2 in one order. Order again for more." in no.get_data(as_text=True)
    assert (taken(), orders()) == (0, 0)
    assert buy(browser, quantity="2", email="ana@example.com").status_code == 303
    assert buy(browser, quantity="1", email="ana@example.com").status_code == 303
    assert "At most 3 per person" in buy(browser, quantity="1", email="ana@example.com").get_data(as_text=True)
    assert taken() == 3
