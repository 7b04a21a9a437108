"""What webhooks lost is found in the store's own list, whatever its pages, and a store that does not answer is told of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import stores as jobs
from launchpad.config import Settings, SettingsFault
from launchpad.database import db, writing
from launchpad.models import Order, Person, Pull, StoreOrder, Task
from launchpad.services import erasure
from tests.outside import store_stub
from tests.outside.store_stub import StoreStub
from tests.services.test_stores import LAUNCH, SHOP, sound, state, tell
from tests.store_payloads import shopify, shopify_refund, woocommerce


@pytest.fixture
def stub(app, settings, monkeypatch, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    with StoreStub(most=3) as stub:
        keys = {
            "shopify_api_base": stub.base, "shopify_api_token": store_stub.TOKEN, "woocommerce_api_base": stub.base,
            "woocommerce_api_key": store_stub.KEY, "woocommerce_api_secret": store_stub.SECRET,
        }  # fmt: skip
        monkeypatch.setitem(app.extensions, "settings", replace(settings, **keys))
        yield stub


def at(**later):
    return LAUNCH + timedelta(**later)


def test_what_webhooks_lost_is_found_page_by_page_and_a_second_look_finds_nothing(stub, given, watch):
    given.campaign(store=SHOP, stock=20)
    told = [shopify(n, at(minutes=n), email=f"buyer{n}@example.com") for n in range(1, 8)]
    for order in told[::2]:
        tell("shopify", "orders/paid", order)
    back = shopify_refund(told[1], 90, 1)
    stub.orders = [*told, shopify(8, at(minutes=3), sku="SOCKS", email="other@example.com")]
    stub.orders[1] = told[1] | {"refunds": [back], "financial_status": "refunded", "updated_at": at(minutes=20).isoformat()}
    stub.busy = 1
    assert jobs.any_due()
    jobs.ask_stores()
    pages = [asked for path, asked in stub.calls if path == "/admin/api/2026-07/orders.json"]
    assert len(pages) == 4 and sum("page_info" in asked for asked in pages) == 2, "one said to come back, three pages"
    assert [(o[0], o[1]) for o in state()["orders"]] == [
        (f"SH-{n}", "refunded" if n == 2 else "confirmed") for n in range(1, 8)
    ]
    assert state()["taken"] == {"OAK": 6} and sound() == []
    pull = db.session.get(Pull, "shopify")
    assert (pull.seen, pull.trouble, pull.until) == (3, "", watch.now)
    emails = set(db.session.scalars(select(Person.email)))
    assert "buyer2@example.com" in emails and "other@example.com" not in emails, "socks are nobody's business here"
    assert not jobs.any_due()
    watch.step(minutes=5)
    before = state()
    jobs.ask_stores()
    db.session.expire_all()
    assert (db.session.get(Pull, "shopify").seen, state()) == (3, before)
    for order in told:  # late, and older than what the list said
        tell("shopify", "orders/create", order | {"financial_status": "pending"})
    assert state() == before


def test_an_order_that_changes_while_the_list_is_read_hides_no_other(stub, given):
    given.campaign(store=SHOP | {"provider": "woocommerce"}, stock=20)
    stub.orders = [woocommerce(n, at(minutes=n), billing={"email": f"b{n}@example.com"}) for n in range(1, 8)]
    stub.orders += [woocommerce(n, at(minutes=9), billing={"email": f"b{n}@example.com"}) for n in range(8, 15)]  # one moment

    def change():
        stub.after_a_page = lambda: None
        stub.orders[0]["date_modified_gmt"] = at(minutes=30).strftime("%Y-%m-%dT%H:%M:%S")

    stub.after_a_page = change
    assert jobs.pull("woocommerce") == 14
    assert {row.ref for row in db.session.scalars(select(StoreOrder))} == {str(n) for n in range(1, 15)}
    assert len(stub.calls) < 12 and sound() == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401}, "does not accept the key"),
        ({"elsewhere": "http://127.0.0.1:9/inner"}, "another address"),
        ({"status": 500}, "status 500"),
        ({"body": b"<html>"}, "no JSON"),
        ({"body": {"orders": "none"}}, "no list"),
        ({"body": {"orders": [7]}}, "no list"),
        ({"busy": 9}, "status 429"),
    ],
)
def test_a_store_that_does_not_answer_is_told_of_and_asked_again(stub, given, watch, fault, words):
    given.campaign(store=SHOP, stock=20)
    stub.orders = [shopify(1, at(minutes=1)), {"id": 2, "line_items": "no list", "updated_at": at(minutes=2).isoformat()}]
    for name, value in fault.items():
        setattr(stub, name, value)
    assert jobs.pull("shopify") is None
    pull = db.session.get(Pull, "shopify")
    assert words in pull.trouble and not jobs.any_due()
    assert db.session.scalar(select(Task.kind)) == "store_silent"
    stub.status, stub.elsewhere, stub.busy, stub.body = 200, "", 0, None
    watch.step(minutes=5)
    assert jobs.any_due()
    jobs.ask_stores()
    db.session.expire_all()
    tasks = sorted(db.session.execute(select(Task.kind, Task.state)).all())
    assert tasks == [("hook_failed", "open"), ("store_silent", "done")] and db.session.get(Pull, "shopify").trouble == ""
    assert db.session.scalar(select(Order.number)) == "SH-1"


def test_who_was_erased_is_not_learned_again_from_the_list(stub, given, watch):
    given.campaign(store=SHOP)
    tell("shopify", "orders/paid", shopify(1, at(minutes=1)))
    with writing() as session:
        erasure.erase(session.scalars(select(Person).where(Person.email == "ada@example.com")).one())
    stub.orders = [shopify(1, at(minutes=1), status="refunded", updated=at(minutes=9))]
    assert jobs.pull("shopify") == 1
    assert state()["orders"][0][1] == "refunded"
    assert "ada@example.com" not in db.session.scalars(select(Person.email)).all()


def test_a_store_is_asked_from_its_doors_until_a_month_after_the_end(stub, given, watch):
    campaign = given.campaign(store=SHOP)
    opens, ends = campaign.milestone("head_start_founder").due, campaign.milestone("archive").due
    for moment, asked in ((opens - timedelta(seconds=1), False), (opens, True), (ends + timedelta(days=30), False)):
        watch.set(moment)
        db.session.rollback()
        assert jobs.any_due() is asked, moment
    assert stub.calls == []


@pytest.mark.parametrize("base", ["shop.example.com", "http://shop.example.com", "https://", "https://u:p@x.example.com", "https://x/?a=1"])
def test_a_key_is_sent_nowhere_but_by_https(base, tmp_path):
    with pytest.raises(SettingsFault, match="SHOPIFY_API_BASE"):
        Settings.from_environment({"LAUNCHPAD_DATA_DIR": str(tmp_path), "SHOPIFY_API_BASE": base})
