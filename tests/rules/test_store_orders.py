"""What a store tells of an order: read from its own shapes, and the same whatever came first."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from launchpad.rules import shopify_orders, store_orders, woocommerce_orders
from launchpad.rules.store_money import minor
from launchpad.rules.store_orders import Fault, merge, money_back, version_of, wants
from tests.store_payloads import shopify, shopify_refund, woocommerce

MADE = datetime(2026, 12, 12, 18, 5, tzinfo=UTC)


def parts(record: dict) -> list[tuple]:
    return [(want.state, want.sold, want.back, want.kept) for want in wants(record)]


def test_an_order_of_shopify():
    order = shopify(
        820982911946154508, MADE, 2, note_attributes=[{"name": "launchpad", "value": "TOKEN"}],
        discount_codes=[{"code": "aurora-1", "amount": "0.00", "type": "fixed_amount"}],
    )  # fmt: skip
    order["line_items"][0]["discount_allocations"] = [{"amount": "8.00"}]
    told = shopify_orders.read("orders/create", order, {"EUR"})
    assert (told.ref, told.email, told.name) == ("820982911946154508", "ada@example.com", "Ada Lovelace")
    version = told.version
    assert (version.currency, version.codes, version.token, version.source) == ("EUR", ("AURORA-1",), "TOKEN", "letter")
    assert version.created == "2026-12-12T18:05:00.000000+00:00"
    [line] = version.lines
    assert (line.sku, line.product, line.quantity, line.amount) == ("OAK", "4401", 2, 25000)


def test_prices_are_read_in_the_campaigns_currency_where_the_buyer_or_the_shop_has_it():
    order = shopify(1, MADE, currency="USD", presentment_currency="EUR")
    order["line_items"][0]["price_set"] = {
        "shop_money": {"amount": "140.00", "currency_code": "USD"},
        "presentment_money": {"amount": "129.00", "currency_code": "EUR"},
    }
    order["line_items"][0]["price"] = "140.00"
    for wanted, currency, amount in (({"EUR"}, "EUR", 12900), ({"USD"}, "USD", 14000), ({"GBP"}, "USD", 14000)):
        version = shopify_orders.read("orders/paid", order, wanted).version
        assert (version.currency, version.lines[0].amount) == (currency, amount)


@pytest.mark.parametrize(
    "amount, currency, units",
    [("129.00", "EUR", 12900), ("12900", "JPY", 12900), ("12900.00", "JPY", 12900), ("1.250", "KWD", 1250), (0.1, "EUR", 10)],
)
def test_minor_units(amount, currency, units):
    assert minor(amount, currency) == units


@pytest.mark.parametrize(
    "status, state",
    [("processing", "paid"), ("completed", "paid"), ("on-hold", "pending"), ("pending", "pending"), ("failed", "cancelled"),
     ("cancelled", "cancelled"), ("refunded", "refunded"), ("trash", "cancelled")],
)  # fmt: skip
def test_an_order_of_woocommerce(status, state):
    told = woocommerce_orders.read("order.updated", woocommerce(727, MADE, 2, status=status))
    assert (told.version.state, told.version.number, told.email) == (state, "727", "ada@example.com")
    [line] = told.version.lines
    assert (line.sku, line.product, line.quantity, line.amount) == ("OAK", "4401", 2, 25800)


def test_refunds_are_net_whether_they_come_alone_in_the_order_or_twice():
    order = shopify(5, MADE, 3)
    refund = shopify_refund(order, 9, 1)
    broken = shopify_refund(order, 10, 1, "no_restock")
    kind = {"EUR"}
    tellings = [
        shopify_orders.read("orders/paid", order, kind),
        shopify_orders.read("refunds/create", refund, kind),
        shopify_orders.read("refunds/create", broken, kind),
        shopify_orders.read("orders/updated", order | {"refunds": [refund, broken], "updated_at": "2026-12-13T09:00:00Z"}, kind),
    ]
    for seed in range(20):
        record: dict = {}
        for told in random.Random(seed).sample(tellings * 3, 12):
            record = merge(record, told)
        assert parts(record) == [("paid", 1, 1, 1)]
        assert money_back(record) == 0
    record = merge(record, shopify_orders.read("refunds/create", shopify_refund(order, 11, 0), kind))
    assert money_back(record) == 0  # a refund of nothing


def test_an_older_event_never_revives_and_equal_moments_are_told_apart_by_state():
    paid = shopify_orders.read("orders/paid", shopify(5, MADE), ())
    made = shopify_orders.read("orders/create", shopify(5, MADE, status="pending"), ())
    gone = shopify(5, MADE, status="refunded", updated=MADE + timedelta(hours=1)) | {"cancelled_at": "2026-12-12T19:05:00Z"}
    over = shopify_orders.read("orders/cancelled", gone, ())
    record = merge(merge(merge({}, over), paid), made)
    assert parts(record) == [("refunded", 0, 1, 0)]
    assert parts(merge(merge({}, paid), made)) == parts(merge(merge({}, made), paid)) == [("paid", 1, 0, 0)]


def test_without_the_stores_own_clock_the_order_of_arrival_would_decide(monkeypatch):
    """The control: what the test above rests on is switched off, and it is seen."""
    monkeypatch.setattr(store_orders, "_age", lambda version: 0)  # whatever came first stays
    paid = shopify_orders.read("orders/paid", shopify(5, MADE), ())
    made = shopify_orders.read("orders/create", shopify(5, MADE, status="pending"), ())
    assert parts(merge(merge({}, paid), made)) != parts(merge(merge({}, made), paid))


def test_a_deleted_order_is_cancelled_unless_it_was_paid():
    gone = woocommerce_orders.read("order.deleted", {"id": 727})
    waiting = woocommerce_orders.read("order.created", woocommerce(727, MADE, status="on-hold"))
    assert parts(merge(merge({}, gone), waiting)) == parts(merge(merge({}, waiting), gone)) == [("cancelled", 0, 1, 0)]
    paid = woocommerce_orders.read("order.created", woocommerce(727, MADE))
    assert parts(merge(merge({}, gone), paid)) == [("paid", 1, 0, 0)]


@pytest.mark.parametrize("key", ["id", "line_items", "currency", "created_at"])
@pytest.mark.parametrize("value", [None, [], {"a": 1}, "\x00", 1e400, True, -1])
def test_whatever_is_no_order_is_a_fault(key, value):
    order = shopify(5, MADE)
    order[key] = value
    try:
        told = shopify_orders.read("orders/paid", order, {"EUR"})
    except Fault as fault:
        assert str(fault)
    else:
        assert told.ref and version_of(merge({}, told)) is not None  # harmless, such as no lines
    order.pop(key)
    with pytest.raises(Fault):
        shopify_orders.read("orders/paid", order, {"EUR"})
    assert store_orders.wants({}) == []
