"""The team and the money of an order: given back in part and whole, asked about, parked orders decided, tasks done."""

import pytest
from sqlalchemy import select

from jobs import hooks as hook_jobs
from jobs import payments as jobs
from launchpad.database import db, writing
from launchpad.models import Audit, Hook, Order, Payment, Refund, Task, Variant
from launchpad.services import hooks, parking
from tests.web.test_stripe import Buyer, adds_up, lamp, state, stripe, tasks  # noqa: F401


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person(member=True, role="owner"))


@pytest.fixture
def paid(lamp, visitor, stripe, watch):  # noqa: F811
    buyer = Buyer(visitor(), stripe, watch, quantity="2")
    buyer.hear(stripe.pay(buyer.session))
    return buyer


def at(act=""):
    id = db.session.scalar(select(Order.id).order_by(Order.id.desc()))
    db.session.rollback()
    return f"/team/lamp/orders/{id}{act}"


def acts():
    db.session.rollback()
    return list(db.session.scalars(select(Audit.act).order_by(Audit.id)))


def refund_rows():
    db.session.rollback()
    return [(row.amount, row.state) for row in db.session.scalars(select(Refund).order_by(Refund.id))]


def test_a_part_and_then_the_rest_go_back_at_stripe_and_count_when_it_says_so(paid, owner, stripe):  # noqa: F811
    page = owner.get(at()).get_data(as_text=True)
    assert 'value="258.00"' in page and "What Stripe said" in page
    assert owner.post(at("/refund"), {"reason": "A scratch", "amount": "50"}).status_code == 303
    assert state() == ("confirmed", "sold", 2) and refund_rows() == [(5000, "done")]
    assert db.session.scalar(select(Order.refunded)) == 5000
    assert "208.00" in owner.get(at()).get_data(as_text=True)
    assert owner.post(at("/refund"), {"reason": "They changed their mind"}).status_code == 303
    assert state() == ("refunded", "ended", 0) and refund_rows() == [(5000, "done"), (20800, "done")]
    paid.hear(*stripe.events)
    assert state() == ("refunded", "ended", 0)
    assert acts() == ["order.refund_ask"] * 2 and "refund-form" not in owner.get(at()).get_data(as_text=True)


@pytest.mark.parametrize("amount", ["0", "-1", "258.01", "0.001", "x", "9" * 20, "1e3", "9" * 40])
def test_what_cannot_go_back_is_refused_with_the_form(paid, owner, amount):
    answer = owner.post(at("/refund"), {"reason": "Why", "amount": amount}, seen=at())
    assert answer.status_code == 422 and refund_rows() == [] and b"refund-form" in answer.data


def test_a_refund_that_could_not_be_sent_is_sent_later_and_once(paid, owner, stripe):  # noqa: F811
    stripe.down = True
    assert owner.post(at("/refund"), {"reason": "Why", "amount": "258"}, seen=at()).status_code == 303
    assert refund_rows() == [(25800, "asked")] and state()[0] == "confirmed"
    assert "waits to be sent" in owner.get(at()).get_data(as_text=True)
    assert owner.post(at("/refund"), {"reason": "Why", "amount": "1"}).status_code == 422, "it is promised already"
    stripe.down = False
    jobs.settle_open()
    jobs.settle_open()
    assert refund_rows() == [(25800, "done")] and state() == ("refunded", "ended", 0) and len(stripe.refunds) == 1


def test_a_refund_that_the_bank_returns_is_put_before_the_team(paid, owner, stripe):  # noqa: F811
    owner.post(at("/refund"), {"reason": "Why"}, seen=at())
    found = {**next(iter(stripe.refunds.values())), "status": "failed"}
    paid.hear(stripe._event("refund.failed", found))
    assert refund_rows() == [(25800, "failed")] and ("refund_failed", "open") in tasks()
    assert state()[0] == "refunded", "nothing revives it"


def test_an_owner_asks_stripe_now_and_the_missed_payment_is_there(lamp, visitor, owner, stripe, watch):  # noqa: F811
    buyer = Buyer(visitor(), stripe, watch)
    stripe.pay(buyer.session)
    assert owner.post(at("/ask"), seen=at()).status_code == 303
    assert state() == ("confirmed", "sold", 1) and acts() == ["order.ask"]


def test_the_team_cancels_a_checkout_that_is_open_at_stripe(lamp, visitor, owner, stripe, watch):  # noqa: F811
    buyer = Buyer(visitor(), stripe, watch)
    assert owner.post(at("/cancel"), {"reason": "A test"}, seen=at()).status_code == 303
    assert state() == ("cancelled", "ended", 0) and stripe.sessions[buyer.session]["status"] == "expired"


def test_a_parked_order_is_let_stand_and_its_task_is_done(lamp, visitor, owner, stripe, watch):  # noqa: F811
    buyer = Buyer(visitor(), stripe, watch)
    buyer.hear(stripe.pay(buyer.session, amount=12000))
    page = owner.get("/team/lamp/tasks").get_data(as_text=True)
    assert "Another amount was paid" in page and "€120.00" in page and "€129.00" in page
    assert "1 task about payments" in owner.get("/team/lamp/").get_data(as_text=True)
    assert owner.post(at("/confirm"), {"reason": ""}, seen=at()).status_code == 422
    assert owner.post(at("/confirm"), {"reason": "We gave a discount"}).status_code == 303
    assert state() == ("confirmed", "sold", 1) and tasks() == [("amount", "done")] and acts() == ["order.confirm"]
    assert owner.post(at("/confirm"), {"reason": "Again"}).status_code == 422


def test_a_parked_order_without_units_stands_only_once_there_is_stock(lamp, visitor, owner, stripe, watch):  # noqa: F811
    stripe.paid_after_expiry = True
    buyer = Buyer(visitor(), stripe, watch)
    watch.step(minutes=10)
    jobs.settle_open()
    with writing() as session:
        session.scalars(select(Variant)).one().stock = 0
    buyer.hear(stripe.pay(buyer.session))
    assert state() == ("parked", "ended", 0)
    assert owner.post(at("/confirm"), {"reason": "Please"}, seen=at()).status_code == 422
    with writing() as session:
        session.scalars(select(Variant)).one().stock = 1
    assert owner.post(at("/confirm"), {"reason": "Please"}).status_code == 303
    assert state() == ("confirmed", "sold", 1)


def test_a_task_is_done_once_with_a_word_and_who_may_not_is_told(lamp, visitor, given, owner, stripe, watch):  # noqa: F811
    with writing():
        parking.park("unknown_order", "stripe:cs_1", order_named="NOPE", paid=100, currency="EUR")
    id = db.session.scalar(select(Task.id))
    assert "NOPE" in owner.get("/team/tasks").get_data(as_text=True)
    assert "NOPE" not in owner.get("/team/lamp/tasks").get_data(as_text=True)
    assert owner.post(f"/team/lamp/tasks/{id}/done", {"reason": "x"}).status_code == 404
    assert owner.post(f"/team/tasks/{id}/done", {"reason": " "}, seen="/team/tasks").status_code == 422
    assert owner.post(f"/team/tasks/{id}/done", {"reason": "Of our other shop"}).status_code == 303
    assert owner.post(f"/team/tasks/{id}/done", {"reason": "Again"}).status_code == 422
    assert "Of our other shop" in owner.get("/team/tasks?state=done").get_data(as_text=True) and acts() == ["task.done"]
    editor = visitor(given.person(member=True, role="editor"))
    assert editor.get("/team/lamp/tasks").status_code == 200 and editor.get("/team/tasks").status_code == 403
    assert editor.post(f"/team/tasks/{id}/done", {"reason": "x"}, seen="/team/lamp/tasks").status_code == 403


def test_a_message_that_could_not_be_worked_is_worked_by_a_button(paid, owner, stripe, watch, monkeypatch):  # noqa: F811
    given_back = stripe.give_back(paid.session)
    with monkeypatch.context() as broken:
        broken.setitem(hooks.WORKS, "stripe", None)
        paid.hear(given_back)
        for seconds in hooks.AGAIN_AFTER:
            watch.step(seconds=seconds)
            hook_jobs.work_due()
    assert tasks() == [("hook_failed", "open")] and state()[0] == "confirmed"
    id = db.session.scalar(select(Task.id))
    assert owner.post(f"/team/tasks/{id}/again", seen="/team/tasks").status_code == 303
    hook_jobs.work_due()
    assert state()[0] == "refunded" and tasks() == [("hook_failed", "done")]
    assert {row.state for row in db.session.scalars(select(Hook))} == {"done"}
    assert db.session.scalar(select(Payment.refunded)) == 25800
