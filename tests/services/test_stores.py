"""Orders of a store: the same state whatever came first, units counted once, violators flagged and never dropped."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Allowance, Campaign, Hook, Order, Person, StoreOrder, Task, Variant
from launchpad.outside.payments import signed as proofs
from launchpad.rules import store_csv
from launchpad.services import (
    audit,
    erasure,
    hooks,
    merging,
    people,
    reconciliation,
    referrals,
    store_links,
    store_setup,
    stores,
    tokens,
)
from launchpad.services.checks import orders as order_checks
from launchpad.services.checks import stock as stock_checks
from launchpad.services.revenue import revenue
from tests.make import NOON
from tests.store_payloads import SECRET, shopify, shopify_refund, signed, woocommerce

LAUNCH = NOON + timedelta(days=11)
EARLY = LAUNCH - timedelta(hours=10)  # in the head start of members
SHOP = {"provider": "shopify", "address": "https://shop.example.com", "prefix": "AURORA", "products": {"OAK": "4401"}}


@pytest.fixture
def campaign(given, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    return given.campaign(store=SHOP, stock=10)


def tell(provider: str, topic: str, payload: dict) -> None:
    """One delivery, proven, kept and worked as the web and the job would."""
    raw, headers = signed(provider, topic, payload)
    event = proofs.SENDERS[provider].verify(headers, raw, SECRET)
    with writing():
        hooks.keep(provider, event)
    ids = hooks.due(100)
    db.session.rollback()
    assert len(ids) <= 1
    for id in ids:
        with writing():
            hooks.work(id)


def state() -> dict:
    """All that counts, without ids."""
    db.session.expire_all()
    orders = db.session.scalars(select(Order))
    return {
        "orders": sorted((o.number, o.state, o.quantity, o.total, o.head_start, o.source, o.hold.state) for o in orders),
        "taken": {v.sku: v.taken for v in db.session.scalars(select(Variant))},
        "flags": sorted((row.ref, *sorted(row.flags)) for row in db.session.scalars(select(StoreOrder))),
        "allowed": sorted(a.taken for a in db.session.scalars(select(Allowance)) if a.taken),
    }


def sound() -> list[str]:
    db.session.expire_all()
    return [*stock_checks.faults(), *order_checks.faults()]


def test_an_order_is_made_refunded_and_never_revived(campaign):
    made = LAUNCH + timedelta(minutes=5)
    order = shopify(1001, made, 2)
    tell("shopify", "orders/create", order | {"financial_status": "pending"})
    assert state()["orders"] == [("SH-1001", "held", 2, 25800, False, "cold", "live")]
    tell("shopify", "orders/paid", order)
    assert state()["orders"] == [("SH-1001", "confirmed", 2, 25800, False, "cold", "sold")]
    assert db.session.scalar(select(Order.announce)) is False
    refund = shopify_refund(order, 5, 1)
    tell("shopify", "refunds/create", refund)
    assert state()["taken"] == {"OAK": 1}
    tell("shopify", "orders/updated", order | {"updated_at": "2027-01-01T00:00:00Z", "financial_status": "refunded"})
    tell("shopify", "orders/paid", order | {"note": "an older one, again"})
    assert state()["orders"] == [("SH-1001", "refunded", 2, 25800, False, "cold", "ended")]
    assert state()["taken"] == {"OAK": 0} and state()["allowed"] == [] and sound() == []


def test_a_purchase_of_other_wares_leaves_no_trace(campaign):
    tell("shopify", "orders/paid", shopify(1002, LAUNCH, sku="SOCKS") | {"email": "ben@example.com"})
    tell("shopify", "orders/paid", {"id": 5, "line_items": "no list"})
    assert db.session.scalars(select(StoreOrder)).all() == [] and db.session.scalars(select(Person)).all() == []
    assert db.session.scalar(select(Task.kind)) == "hook_failed"


def test_silence_counts_from_the_doors_from_the_setting_up_and_from_the_last_word(given, watch):
    doors = LAUNCH - timedelta(hours=48)  # of founders
    watch.set(doors + timedelta(hours=1))
    campaign = given.campaign(store=SHOP, created_at=NOON)
    assert not store_setup.silent(campaign), "doors have been open for an hour"
    watch.set(doors + timedelta(hours=7))
    assert store_setup.silent(campaign)
    with writing():
        audit.record(None, "campaign.load", campaign, f"campaign:{campaign.id}", {}, {"store.address": "https://new.example.com"})
        audit.record(None, "campaign.load", campaign, f"campaign:{campaign.id}", {}, {"tagline": "Not of the store"})
    assert not store_setup.silent(campaign), "a store just set up has had no time to say anything"
    watch.step(hours=7)
    assert store_setup.silent(campaign)
    tell("shopify", "orders/paid", shopify(1001, watch.now))
    assert not store_setup.silent(campaign)


def test_units_that_come_back_go_to_whoever_bought_first(given, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    campaign = given.campaign(store=SHOP, stock=1)
    first, second = shopify(1, LAUNCH + timedelta(seconds=1)), shopify(2, LAUNCH + timedelta(seconds=2), email="b@example.com")
    tell("shopify", "orders/paid", second)
    tell("shopify", "orders/paid", first)
    assert [(o[0], o[1]) for o in state()["orders"]] == [("SH-1", "confirmed"), ("SH-2", "parked")]
    assert db.session.scalar(select(Task.kind).where(Task.state == "open")) == "store_stock"
    tell("shopify", "refunds/create", shopify_refund(first, 1, 1))
    assert [(o[0], o[1]) for o in state()["orders"]] == [("SH-1", "refunded"), ("SH-2", "confirmed")]
    assert db.session.scalar(select(Task.kind).where(Task.state == "open")) is None
    assert sound() == [] and campaign is not None


def test_our_gate_is_asked_at_the_click_and_violators_are_flagged(campaign, given, watch):
    watch.set(EARLY)
    ada, eve = given.person("ada@example.com", member=True), given.person("eve@example.com", member=True)
    given.place(campaign, ada)
    with writing():
        code = store_links.give(campaign, ada, None, "OAK", 1)
        token, text, address = tokens.make("store", code.id), code.code, store_links.address(campaign, code, "OAK", 1)
    assert address.startswith("https://shop.example.com/cart/4401:1?") and token in address
    assert store_links.address(campaign, None, "OAK", 1) == "https://shop.example.com/cart/4401:1", "no query, no bare ?"
    with pytest.raises(stores.Refusal) as no, writing():
        store_links.give(campaign, eve, None, "OAK", 1)
    assert no.value.reason == "no_place"
    attributes = [{"name": "launchpad", "value": token}]
    tell("shopify", "orders/paid", shopify(1, EARLY, note_attributes=attributes, email="other@example.com"))
    order = db.session.scalar(select(Order))
    assert (order.person_id, order.head_start, order.source) == (ada.id, True, "member")
    codes = [{"code": text.lower(), "amount": "0.00", "type": "fixed_amount"}]
    later = EARLY + timedelta(minutes=1)
    tell("shopify", "orders/paid", shopify(2, later, 2, discount_codes=codes))
    tell("shopify", "orders/paid", shopify(3, later, email="eve@example.com"))
    flags = {row.ref: sorted(row.flags) for row in db.session.scalars(select(StoreOrder))}
    assert flags == {"1": ["address"], "2": ["again", "amount", "limit"], "3": ["early"]}
    assert {o.state for o in db.session.scalars(select(Order))} == {"confirmed"} and sound() == []
    with writing():
        kept, other = db.session.get(Person, ada.id), people.find_or_make("other@example.com")
        merging.merge(kept, other, None, "the same person")
    first = db.session.scalar(select(StoreOrder).where(StoreOrder.ref == "1"))
    task = db.session.scalar(select(Task.state).where(Task.subject == f"store_order:{first.id}:address"))
    assert (first.flags, task) == ({}, "done")
    with writing():
        again = store_links.fill_pool(campaign, None, 3)
    assert again is None and store_links.pool(campaign) == (3, 0, 0)
    assert len(store_links.pool_file(campaign).splitlines()) == 4


def test_who_was_erased_stays_so_though_the_store_goes_on_naming_them(campaign):
    order = shopify(1, LAUNCH)
    tell("shopify", "orders/paid", order)
    with writing() as session:
        erasure.erase(session.scalars(select(Person).where(Person.email == "ada@example.com")).one())
    tell("shopify", "orders/updated", order | {"updated_at": "2027-01-01T00:00:00Z", "financial_status": "refunded"})
    db.session.expire_all()
    assert [(one[0], one[1]) for one in state()["orders"]] == [("SH-1", "refunded")] and state()["taken"] == {"OAK": 0}
    assert [row.payload for row in db.session.scalars(select(Hook))] == [{}, {}]
    assert db.session.scalars(select(StoreOrder.address_key)).all() == [""]
    assert "ada@example.com" not in db.session.scalars(select(Person.email)).all()


def test_another_currency_waits_for_the_team(campaign):
    order = shopify(1, LAUNCH, currency="USD", presentment_currency="USD")
    tell("shopify", "orders/paid", order)
    row = db.session.scalar(select(StoreOrder))
    assert (state()["orders"][0][1], list(row.flags), state()["taken"]) == ("parked", ["currency"], {"OAK": 1})
    with writing():
        stores.accept(campaign, None, db.session.get(StoreOrder, row.id))
    tell("shopify", "orders/updated", order | {"note": "once more"})
    assert state()["orders"][0][1] == "confirmed" and sound() == []


def test_woocommerce_by_product_and_partly_refunded(given, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    given.campaign(store=SHOP | {"provider": "woocommerce"})
    order = woocommerce(727, LAUNCH, 2, sku="", refunds=[{"id": 7, "reason": "", "total": "-29.00"}])
    tell("woocommerce", "order.updated", order)
    tell("woocommerce", "order.created", woocommerce(727, LAUNCH, 2, sku="", status="pending"))
    assert state()["orders"] == [("WC-727", "confirmed", 2, 25800, False, "cold", "sold")]
    money = revenue(db.session.scalars(select(Campaign)).one())
    assert (money.taken_off, money.sold.revenue) == (2900, 22900)
    tell("woocommerce", "order.updated", order | {"status": "cancelled", "date_modified_gmt": "2027-01-01T00:00:00"})
    assert state()["orders"][0][1] == "cancelled" and state()["taken"] == {"OAK": 0} and sound() == []


def test_what_was_sold_in_the_store_before_this_one_is_still_shown(given, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    campaign = given.campaign(store=SHOP)
    tell("shopify", "orders/paid", shopify(1001, LAUNCH, 2))
    with writing() as session:
        session.get_one(Campaign, campaign.id).store = SHOP | {"provider": "woocommerce"}
    tell("woocommerce", "order.created", woocommerce(727, LAUNCH, 1))
    rows = stores.listed(campaign)
    shown = stores.orders_here(campaign, rows)
    assert [[(o.number, o.quantity) for o in shown[row.id]] for row in rows] == [[("WC-727", 1)], [("SH-1001", 2)]]
    assert stores.orders_here(given.campaign("other"), rows) == {row.id: [] for row in rows}
    assert stores.orders_here(campaign, []) == {}


def test_woocommerces_own_attribution_brings_our_code_and_the_friend_back(given, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    campaign = given.campaign(store=SHOP | {"provider": "woocommerce"})
    ada, friend = given.person("ada@example.com", member=True), given.person("friend@example.com", member=True)
    with writing():
        code = store_links.give(campaign, ada, None, "OAK", 1)
    for id, given_out, buyer in ((801, code, "ada@example.com"), (802, None, "b@example.com")):
        link = store_links.address(campaign, given_out, "OAK", 1, referrals.code_of(friend), "letter")
        meta = [
            {"id": n, "key": f"_wc_order_attribution_{name}", "value": value}
            for n, (name, value) in enumerate(parse_qsl(urlsplit(link).query)) if name.startswith("utm_")
        ]  # fmt: skip
        tell("woocommerce", "order.created", woocommerce(id, LAUNCH, billing={"email": buyer}, meta_data=meta))
    rows = {row.ref: row for row in db.session.scalars(select(StoreOrder))}
    assert (rows["801"].code_id, rows["802"].code_id) == (code.id, None)
    orders = {order.number: order for order in db.session.scalars(select(Order))}
    assert (orders["WC-802"].source, orders["WC-802"].source_note) == ("referred", "letter") and sound() == []


def test_a_file_heals_what_webhooks_lost_and_a_second_time_changes_nothing(campaign):
    paid, lost = shopify(3001, LAUNCH, 1), shopify(3002, LAUNCH, 2, email="b@example.com")
    tell("shopify", "orders/create", paid | {"financial_status": "pending"})
    head = "Name,Email,Financial Status,Paid at,Currency,Created at,Lineitem quantity,Lineitem sku,Lineitem price,"
    head += "Refunded Amount,Id\n"
    made = LAUNCH.strftime("%Y-%m-%d %H:%M:%S +0000")
    lines = [
        f"#3001,ada@example.com,paid,{made},EUR,{made},1,OAK,129.00,0.00,3001",
        f"#3002,b@example.com,paid,{made},EUR,{made},2,OAK,129.00,29.00,",
        f"#3003,c@example.com,paid,{made},EUR,{made},1,SOCKS,9.00,0.00,3003",
        f"#3004,d@example.com,paid,{made},EUR,no day,1,OAK,9.00,0.00,3004",
    ]
    sheet = store_csv.read((head + "\n".join(lines)).encode())
    assert sheet.kind == "shopify" and [line for line, _ in sheet.refused] == [5]
    before = state()
    found = reconciliation.check(campaign, "shopify", sheet)
    assert reconciliation.counts(found) == {"new": 1, "different": 1, "known": 0, "other": 1, "refused": 1}
    assert state() == before
    with writing():
        reconciliation.take_in("shopify", found.work)
    assert [order[:4] for order in state()["orders"]] == [("SH-3001", "confirmed", 1, 12900), ("SH-3002", "confirmed", 2, 25800)]
    healed = state()
    again = reconciliation.check(campaign, "shopify", sheet)
    assert (len(again.of("known")), again.work) == (2, [])
    tell("shopify", "orders/create", lost | {"financial_status": "pending"})
    tell("shopify", "orders/paid", lost)
    after = state()
    assert (after["orders"], after["taken"]) == (healed["orders"], healed["taken"]) and sound() == []
