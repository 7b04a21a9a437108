"""A store's webhooks shuffled, each five times, 16 at once, some lost: with its own list as if each came once, in order."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import hooks as hook_jobs
from jobs import stores as jobs
from launchpad.database import db, writing
from launchpad.models import Allowance, Hook, Order, Payment, Pull, StoreOrder, Task, Variant
from tests.outside import store_stub
from tests.outside.store_stub import StoreStub
from tests.services.test_stores import LAUNCH, SHOP, sound, state, tell
from tests.store_payloads import SECRET, shopify, shopify_refund, signed, woocommerce

LIVE = bool(os.environ.get("LIVE"))
ORDERS = 200 if LIVE else 8  # 500 events and more, or a short pick
TIMES, THREADS = 5 if LIVE else 2, 16
pytestmark = pytest.mark.timeout(1800 if LIVE else 120)


def of_shopify(many: int) -> tuple[list[tuple[str, dict]], list[dict]]:
    """What a store tells that sells more than there is, in order; and its own list when all is over."""
    told, listed = [], []
    for n in range(many):
        made = LAUNCH + timedelta(seconds=n)
        order = shopify(2000 + n, made, 1 + n % 2, email=f"buyer{n % (many * 2 // 3)}@example.com")
        told.append(("orders/create", order | {"financial_status": "pending"}))
        order = order | {"updated_at": (made + timedelta(seconds=1)).isoformat()}
        told.append(("orders/paid", order))
        if n % 5 == 0:
            back = shopify_refund(order, 9000 + n, 1, "no_restock" if n % 10 else "return")
            told.append(("refunds/create", back))
            status = "partially_refunded" if order["line_items"][0]["quantity"] > 1 else "refunded"
            order = order | {"refunds": [back], "financial_status": status}
            order["updated_at"] = (made + timedelta(minutes=5)).isoformat()
            told.append(("orders/updated", order))
        if n % 7 == 0:
            gone = (made + timedelta(hours=1)).isoformat()
            order = order | {"updated_at": gone, "cancelled_at": gone}
            told.append(("orders/cancelled", order))
        listed.append(order)
    return told, listed


def of_woocommerce(many: int) -> tuple[list[tuple[str, dict]], list[dict]]:
    """The same of the other store."""
    told, listed = [], []
    for n in range(many):
        made = LAUNCH + timedelta(seconds=n)
        who = {"billing": {"email": f"buyer{n % (many * 2 // 3)}@example.com", "first_name": "B", "last_name": str(n)}}

        def version(status, _id=2000 + n, _made=made, _units=1 + n % 2, _who=who, **more):
            return woocommerce(_id, _made, _units, status=status, **_who, **more)

        told.append(("order.created", version("pending")))
        order = version("processing", updated=made + timedelta(seconds=1))
        told.append(("order.updated", order))
        if n % 5 == 0:
            refund = [{"id": 9000 + n, "reason": "", "total": "-29.00"}]
            order = version("processing", updated=made + timedelta(minutes=5), refunds=refund)
            told.append(("order.updated", order))
        if n % 3 == 0:
            ends = ("completed", "refunded", "cancelled", "failed")[n // 3 % 4]
            order = version(ends, updated=made + timedelta(hours=1), refunds=order["refunds"])
            told.append(("order.updated", order))
        listed.append(order)
    return told, listed


def forget_all() -> None:
    with writing() as session:
        for model in (Task, Payment, Order, StoreOrder, Allowance, Hook, Pull):
            session.execute(model.__table__.delete())
        session.execute(Variant.__table__.update().values(taken=0))


@pytest.mark.parametrize(("provider", "rush"), [("shopify", of_shopify), ("woocommerce", of_woocommerce)])
def test_shuffled_repeated_at_once_and_with_gaps_it_is_the_same_as_once_in_order(
    app, given, watch, settings, monkeypatch, provider, rush
):
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    watch.set(LAUNCH + timedelta(hours=2))
    given.campaign(store=SHOP | {"provider": provider}, stock=ORDERS * 3 // 4)
    events, listed = rush(ORDERS)
    for topic, payload in events:
        tell(provider, topic, payload)
    wanted = state()
    assert len({order[1] for order in wanted["orders"]}) >= 4 and any("stock" in flags for flags in wanted["flags"])
    assert sound() == []
    forget_all()

    told = [signed(provider, topic, payload) for topic, payload in events if dice.random() > 0.15 for _ in range(TIMES)]
    dice.shuffle(told)
    monkeypatch.setitem(app.extensions, "settings", replace(settings, **{f"{provider}_webhook_secret": SECRET}))

    def deliver(part: list) -> list[int]:
        client, said = app.test_client(), []
        for raw, headers in part:
            said.append(client.post(f"/hooks/{provider}", data=raw, headers=headers).status_code)
            if len(said) % 9 == 0:
                with app.app_context():
                    hook_jobs.work_due()
        return said

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [status for said in pool.map(deliver, [told[n::THREADS] for n in range(THREADS)]) for status in said]
    assert set(answers) == {200} and len(answers) == len(told)
    hook_jobs.work_due()
    db.session.rollback()
    with StoreStub(most=60) as stub:  # some were never delivered: the store's own list has them
        keys = {
            "shopify_api_base": stub.base, "shopify_api_token": store_stub.TOKEN, "woocommerce_api_base": stub.base,
            "woocommerce_api_key": store_stub.KEY, "woocommerce_api_secret": store_stub.SECRET,
        }  # fmt: skip
        monkeypatch.setitem(app.extensions, "settings", replace(settings, **keys))
        stub.orders = listed
        missed = jobs.pull(provider)
    print(f"{provider}: {len(events)} events, {len(told)} deliveries, {missed} orders that only the list told, seed {seed}")
    assert state() == wanted, f"seed {seed}"
    assert sound() == []
    assert len(db.session.scalars(select(StoreOrder.id)).all()) == ORDERS
