"""The state after events in any order, repeated, at once and with gaps is the state after each of them once, in order."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from jobs import hooks as hook_jobs
from jobs import payments as jobs
from launchpad.database import db, writing
from launchpad.models import Campaign, Hold, Letter, Order, Payment, Person, Task, Variant
from launchpad.outside.payments.events import Event
from launchpad.services import buying, hooks
from launchpad.services.checks import stock as checks
from tests.outside import stripe_stub
from tests.outside.stripe_stub import StripeStub

LIVE = bool(os.environ.get("LIVE"))
ORDERS = 260 if LIVE else 13  # 400 events and more, or a short pick
pytestmark = pytest.mark.timeout(1800 if LIVE else 120)
TIMES = 5
THREADS = 16

# What happens to an order at Stripe, one after the other: (what, more).
LIVES = (
    [("pay", {})],
    [("pay", {}), ("give_back", {"amount": 5000})],
    [("pay", {}), ("give_back", {"amount": 5000}), ("give_back", {})],
    [("pay", {}), ("give_back", {}), ("dispute", {})],
    [("pay", {"later": True}), ("bank", {"good": True})],
    [("pay", {"later": True}), ("bank", {"good": False})],
    [("pay", {"later": True}), ("bank", {"good": True}), ("give_back", {})],
    [("pay", {"amount": 1})],
    [("pay", {"currency": "usd"}), ("give_back", {})],
    [("expire", {})],
    [("pay", {}), ("dispute", {}), ("dispute", {"status": "lost"})],
    [("expire", {}), ("pay", {})],
    [],
)


@pytest.fixture
def stub(app, settings, monkeypatch, watch):
    with StripeStub() as stub:
        keys = {"stripe_secret_key": stripe_stub.ACCOUNT, "stripe_webhook_secret": stripe_stub.SECRET}
        monkeypatch.setitem(app.extensions, "settings", replace(settings, **keys, stripe_api_base=stub.base))
        stub.clock, stub.paid_after_expiry = (lambda: watch.now.timestamp()), True
        yield stub


def checkouts(given, watch, slug: str) -> list[int]:
    """A campaign with an order for each life, each with its session open at Stripe; their ids."""
    campaign = given.campaign(slug, stock=ORDERS)
    watch.set(campaign.milestone("launch").due)
    campaign_id, made = campaign.id, []
    people = [given.person().id for _ in range(ORDERS)]
    with writing() as session:
        for n, id in enumerate(people):
            lamp, person = session.get(Campaign, campaign_id), session.get(Person, id)
            made.append(buying.buy(lamp, person, "OAK", 1, f"key-{n}", buying.guest(person.email)).id)
    for id in made:
        assert jobs.begin(id)
    db.session.rollback()
    return made


def happen(stub, number: str, life, watch) -> list[dict]:
    """Let a life happen at Stripe; its events."""
    session, found = stub.session_of(number), []
    for what, more in life:
        if what == "expire":
            stub._route("POST", ["checkout", "sessions", session, "expire"], {})
            found.append(stub.events[-1])
        else:
            found.append(getattr(stub, what)(session, **more))
    return found


def keep(events: list[dict]) -> None:
    with writing():
        for event in events:
            hooks.keep("stripe", Event(event["id"], event["type"], event))


def outcome(ids: list[int]) -> list[tuple]:
    """What became of each order, as far as it may not depend on how it was told."""
    db.session.rollback()
    found = []
    for id in ids:
        order, payment = db.session.get(Order, id), db.session.scalar(select(Payment).filter_by(order_id=id))
        told = [order.state, order.hold.state, order.refunded, payment.amount, payment.refunded, payment.dispute]
        tasks = sorted(db.session.execute(select(Task.kind, Task.state).filter_by(order_id=id)).all())
        confirmed = select(Letter.id).filter_by(person_id=order.person_id, kind="order")
        found.append((*told, [tuple(task) for task in tasks], len(db.session.scalars(confirmed).all())))
    db.session.rollback()
    return found


def work_until_quiet(watch) -> None:
    for _ in range(4):
        hook_jobs.work_due()
        watch.step(seconds=16)


def test_the_state_is_that_of_the_events_once_in_order(app, given, watch, stub):
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    lives = [LIVES[n % len(LIVES)] for n in range(ORDERS)]
    told = checkouts(given, watch, "told-in-order")
    numbers = list(db.session.scalars(select(Order.number).where(Order.id.in_(told)).order_by(Order.id)))
    for number, life in zip(numbers, lives, strict=True):
        keep(happen(stub, number, life, watch))
    work_until_quiet(watch)
    wanted = outcome(told)
    assert len({state for state, *_ in wanted}) >= 5, "the lives lead to different ends"

    mixed = checkouts(given, watch, "told-in-any-order")
    numbers = list(db.session.scalars(select(Order.number).where(Order.id.in_(mixed)).order_by(Order.id)))
    db.session.rollback()
    events = [event for number, life in zip(numbers, lives, strict=True) for event in happen(stub, number, life, watch)]
    told_twice = [(stub.signed(event)) for event in events if dice.random() > 0.15 for _ in range(TIMES)]
    dice.shuffle(told_twice)

    def deliver(part: list) -> list[int]:
        client, said = app.test_client(), []
        for raw, headers in part:
            said.append(client.post("/hooks/stripe", data=raw, headers=headers).status_code)
            if len(said) % 7 == 0:
                with app.app_context():
                    hook_jobs.work_due()
        return said

    with ThreadPoolExecutor(THREADS) as pool:
        parts = [told_twice[n::THREADS] for n in range(THREADS)]
        answers = [status for said in pool.map(deliver, parts) for status in said]
    assert set(answers) == {200} and len(answers) == len(told_twice)
    jobs.pull()  # some were never delivered: Stripe's own list has them
    work_until_quiet(watch)
    assert outcome(mixed) == wanted, f"seed {seed}"
    assert checks.faults() == []
    sold = db.session.query(Hold).filter(Hold.state.in_(("sold", "live"))).count()
    assert sum(db.session.scalars(select(Variant.taken))) == sold


def test_without_one_row_an_event_the_same_words_would_be_worked_twice(given, watch, stub, monkeypatch):
    """The negative control: what makes repetition harmless for who only counts is that an event is one row."""
    worked = []
    monkeypatch.setitem(hooks.WORKS, "stripe", lambda hook: worked.append(hook.event_id) or hooks.Outcome("done"))
    event = {"id": "evt_1", "type": "x", "data": {"object": {}}}
    keep([event] * 5)
    hook_jobs.work_due()
    assert worked == ["evt_1"]
    with writing():
        for n in range(4):
            hooks.keep("stripe", Event(f"evt_1-{n}", "x", event))
    hook_jobs.work_due()
    assert len(worked) == 5


def test_what_is_left_open_is_ended_and_nothing_is_asked_for_ever(given, watch, stub):
    ids = checkouts(given, watch, "left-open")
    watch.step(minutes=10)
    jobs.settle_open()
    assert {state for state, *_ in outcome(ids)} == {"ended"}
    calls = len(stub.calls)
    watch.step(hours=1)
    jobs.settle_open()
    assert len(stub.calls) == calls and db.session.scalar(select(Variant.taken)) == 0
    assert not jobs.any_open()


def test_a_session_that_stripe_does_not_know_holds_up_no_other(given, watch, stub, monkeypatch):
    ids = checkouts(given, watch, "unknown")
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "BATCH", 2)
    number = db.session.get(Order, ids[0]).number
    del stub.sessions[stub.session_of(number)]  # made with another key, say: test became live
    watch.step(minutes=10)
    for _ in range(len(ids)):
        jobs.settle_open()
    assert [state for state, *_ in outcome(ids)] == ["held"] + ["ended"] * (len(ids) - 1), "its units stay: it said nothing"
    assert db.session.scalar(select(Payment.trouble).filter_by(order_id=ids[0])).startswith("InvalidRequestError")
