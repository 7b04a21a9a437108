"""Paying with Stripe, by the pages: from the checkout to Stripe's page and back, late, twice, refused, given back."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from jobs import hooks as hook_jobs
from jobs import payments as jobs
from jobs import upkeep
from launchpad.database import db, writing
from launchpad.models import Entry, Letter, Order, Payment, Task, Variant
from launchpad.services.checks import orders as order_checks
from launchpad.services.checks import payments as payment_checks
from launchpad.services.checks import stock as stock_checks
from tests.outside import stripe_stub
from tests.outside.stripe_stub import StripeStub


@pytest.fixture
def stripe(app, settings, monkeypatch, watch):
    """The site takes money through a Stripe that is a stub."""
    with StripeStub() as stub:
        with_stripe = replace(
            settings, stripe_secret_key=stripe_stub.ACCOUNT, stripe_webhook_secret=stripe_stub.SECRET, stripe_api_base=stub.base
        )
        monkeypatch.setitem(app.extensions, "settings", with_stripe)
        stub.clock = lambda: watch.now.timestamp()
        yield stub


@pytest.fixture(autouse=True)
def adds_up(app):
    """Whatever a test did, the rows add up after it."""
    yield
    db.session.rollback()
    assert [*stock_checks.faults(), *order_checks.faults(), *payment_checks.faults()] == []


@pytest.fixture
def lamp(given, watch, stripe):
    """A campaign on its launch day; its id."""
    campaign = given.campaign("lamp", stock=4)
    watch.set(campaign.milestone("launch").due)
    return campaign.id


class Buyer:
    """Somebody at the checkout, with what they see."""

    def __init__(self, visitor, stripe, watch, **fields):
        self.browser, self.stripe, self.watch = visitor, stripe, watch
        page = visitor.get("/lamp/buy").get_data(as_text=True)
        key = re.search(r'name="key" value="([^"]+)"', page)[1]
        self.fields = {"sku": "OAK", "quantity": "1", "key": key, "email": "ana@example.com", "name": "Ana", **fields}
        self.answer = visitor.post("/lamp/buy", self.fields)
        db.session.rollback()
        self.number = db.session.scalar(select(Order.number).order_by(Order.id.desc()))
        db.session.rollback()

    @property
    def session(self):
        return self.stripe.session_of(self.number)

    @property
    def path(self):
        """The order's page, as Stripe was told to come back to it."""
        return re.sub(r"^http://[^/]+", "", self.stripe.sessions[self.session]["success_url"]).replace("&from=payment", "")

    def see(self, more="") -> str:
        return self.browser.get(self.path + more).get_data(as_text=True)

    def press(self, act):
        path, _, query = self.path.partition("?")
        return self.browser.post(f"{path}/{act}", {"token": query.removeprefix("token=")}, seen="/sign-in")

    def hear(self, *events):
        """Stripe delivers, and the worker works."""
        for event in events:
            raw, headers = self.stripe.signed(event)
            assert self.browser.client.post("/hooks/stripe", data=raw, headers=headers).status_code == 200
        db.session.rollback()
        hook_jobs.work_due()
        db.session.rollback()


@pytest.fixture
def buyer(lamp, visitor, stripe, watch):
    return Buyer(visitor(), stripe, watch)


def state():
    """The newest order, its hold, and the units taken."""
    db.session.rollback()
    order = db.session.scalar(select(Order).order_by(Order.id.desc()))
    found = order.state, order.hold.state, db.session.scalar(select(Variant.taken))
    db.session.rollback()
    return found


def tasks():
    db.session.rollback()
    return [(task.kind, task.state) for task in db.session.scalars(select(Task).order_by(Task.id))]


def letters():
    return list(db.session.scalars(select(Letter.kind).order_by(Letter.id)))


def test_a_buyer_pays_on_stripes_page_and_the_order_is_theirs_by_its_signed_word_alone(buyer, stripe):
    assert buyer.answer.status_code == 303 and buyer.answer.location == f"{stripe.base}/pay/{buyer.session}"
    session = stripe.sessions[buyer.session]
    assert (session["amount_total"], session["currency"], session["client_reference_id"]) == (12900, "eur", buyer.number)
    assert session["customer_details"]["email"] == "ana@example.com"
    page = buyer.see()
    assert "Set aside for you" in page and "data-clock" in page and "Pay €129.00" in page
    assert "form-action 'self' https:" in buyer.browser.page.headers["Content-Security-Policy"]
    event = stripe.pay(buyer.session)
    page = buyer.see("&from=payment")
    assert "asking about your payment" in page and buyer.browser.page.headers["Refresh"] and state()[0] == "held"
    buyer.hear(event)
    assert "It is yours" in buyer.see() and state() == ("confirmed", "sold", 1) and letters() == ["order"]


def test_the_double_click_and_going_back_open_one_session(buyer, stripe):
    again = buyer.browser.post("/lamp/buy", buyer.fields)
    assert again.location == buyer.answer.location == buyer.press("pay").location
    assert len(stripe.sessions) == 1 and state() == ("held", "live", 1)


def test_while_stripe_is_away_the_units_stay_and_the_page_says_try_again(lamp, visitor, stripe, watch):
    stripe.down = True
    buyer = Buyer(visitor(), stripe, watch)
    assert "/lamp/orders/" in buyer.answer.location and state() == ("held", "live", 1)
    page = buyer.browser.get(buyer.answer.location).get_data(as_text=True)
    assert "could not be reached" in page and "Nothing was charged" in page and "Try again" in page
    stripe.down = False
    path, _, query = buyer.answer.location.partition("?")
    answer = buyer.browser.post(f"{path}/pay", {"token": query.removeprefix("token=")})
    assert answer.location == f"{stripe.base}/pay/{buyer.session}"
    buyer.hear(stripe.pay(buyer.session))
    assert state() == ("confirmed", "sold", 1)


def test_units_are_freed_when_stripe_says_that_the_session_is_over_and_not_before(buyer, stripe, watch):
    watch.step(minutes=10)
    stripe.down = True
    upkeep.sweep()
    jobs.settle_open()
    assert state() == ("held", "live", 1), "nobody knows whether it was paid"
    assert "One moment" in buyer.see()
    stripe.down = False
    jobs.settle_open()
    assert state() == ("ended", "ended", 0) and stripe.sessions[buyer.session]["status"] == "expired"
    assert "Nothing was charged" in buyer.see()
    assert not jobs.any_open()


def test_who_paid_in_the_last_second_has_it_though_the_word_of_it_is_late(buyer, stripe, watch):
    lost = stripe.pay(buyer.session)
    watch.step(minutes=10)
    jobs.settle_open()
    assert state() == ("confirmed", "sold", 1)
    buyer.hear(lost)
    assert state() == ("confirmed", "sold", 1) and letters() == ["order"]


def test_a_payment_of_which_no_word_came_is_found_by_asking(buyer, stripe, watch):
    stripe.pay(buyer.session)
    watch.step(minutes=2, microseconds=-1)
    assert not jobs.any_open()
    watch.step(microseconds=1)
    jobs.settle_open()
    assert state()[0] == "confirmed" and not jobs.any_open()


def test_words_that_never_came_are_read_from_stripes_own_list(buyer, stripe, watch):
    stripe.pay(buyer.session)
    stripe.give_back(buyer.session)
    assert jobs.pull_due() and jobs.pull() == 2 and jobs.pull() == 0 and not jobs.pull_due()
    hook_jobs.work_due()
    assert state() == ("refunded", "ended", 0)
    watch.step(minutes=5)
    assert jobs.pull_due()


def test_a_bank_that_takes_days_keeps_the_units_until_it_has_decided(buyer, stripe, watch):
    buyer.hear(stripe.pay(buyer.session, later=True))
    watch.step(days=2)
    upkeep.sweep()
    jobs.settle_open()
    assert state() == ("held", "live", 1) and "Waiting for your bank" in buyer.see()
    assert buyer.press("cancel").status_code == 422
    buyer.hear(stripe.bank(buyer.session, good=True))
    assert state() == ("confirmed", "sold", 1)


def test_a_bank_that_says_no_frees_the_units(buyer, stripe):
    buyer.hear(stripe.pay(buyer.session, later=True))
    buyer.hear(stripe.bank(buyer.session, good=False))
    assert state() == ("ended", "ended", 0) and "did not approve" in buyer.see()


def test_giving_back_ends_the_session_first(buyer, stripe):
    assert buyer.press("cancel").status_code == 303
    assert state() == ("cancelled", "ended", 0) and stripe.sessions[buyer.session]["status"] == "expired"
    assert "Cancelled" in buyer.see()


def test_giving_back_what_was_paid_a_moment_ago_does_not_lose_the_payment(buyer, stripe):
    stripe.pay(buyer.session)
    buyer.press("cancel")
    assert state() == ("confirmed", "sold", 1) and "It is yours" in buyer.see()


@pytest.mark.parametrize("wrong", [{"amount": 12899}, {"currency": "usd"}])
def test_another_amount_or_currency_is_parked_with_its_units_until_the_team_decides(buyer, stripe, wrong):
    buyer.hear(stripe.pay(buyer.session, **wrong))
    assert state() == ("parked", "sold", 1) and tasks() == [(next(iter(wrong)), "open")]
    assert "Being looked at" in buyer.see() and letters() == []
    buyer.hear(stripe.give_back(buyer.session))
    assert state() == ("refunded", "ended", 0) and tasks() == [(next(iter(wrong)), "done")]


def test_paid_after_its_units_went_back_they_are_taken_again_while_there_are_some(buyer, stripe, watch):
    stripe.paid_after_expiry = True
    watch.step(minutes=10)
    jobs.settle_open()
    buyer.hear(stripe.pay(buyer.session))
    assert state() == ("confirmed", "sold", 1)


def test_paid_after_its_units_went_to_others_it_is_parked_and_never_dropped(buyer, visitor, stripe, watch):
    stripe.paid_after_expiry = True
    watch.step(minutes=10)
    jobs.settle_open()
    order_id = db.session.scalar(select(Order.id))
    for n in range(2):
        other = Buyer(visitor(), stripe, watch, email=f"n{n}@example.com", quantity="2")
        other.hear(stripe.pay(other.session))
    buyer.hear(stripe.pay(buyer.session))
    db.session.rollback()
    assert db.session.get(Order, order_id).state == "parked" and tasks() == [("stock_gone", "open")]
    assert db.session.scalar(select(Variant.taken)) == 4
    db.session.rollback()
    buyer.hear(stripe.give_back(buyer.session))
    assert db.session.get(Order, order_id).state == "refunded" and tasks() == [("stock_gone", "done")]


def test_an_older_word_revives_neither_a_refunded_nor_a_cancelled_order(buyer, stripe):
    paid = stripe.pay(buyer.session)
    buyer.hear(stripe.give_back(buyer.session))
    assert state() == ("refunded", "ended", 0)
    buyer.hear(paid)
    assert state() == ("refunded", "ended", 0) and letters() == ["order", "refund"]


def test_paid_after_it_was_cancelled_it_stays_cancelled_and_the_team_is_told(buyer, stripe):
    stripe.paid_after_expiry = True
    buyer.press("cancel")
    buyer.hear(stripe.pay(buyer.session))
    assert state() == ("cancelled", "ended", 0) and tasks() == [("paid_cancelled", "open")]
    assert "looked at by a person" in buyer.see()


def test_a_part_that_goes_back_leaves_the_units_sold_and_the_whole_frees_them(lamp, visitor, stripe, watch):
    buyer = Buyer(visitor(), stripe, watch, announce="1", quantity="2")
    buyer.hear(stripe.pay(buyer.session))
    line = select(Entry.state).where(Entry.kind == "purchase")
    assert db.session.scalar(line) == "shown"
    buyer.hear(stripe.give_back(buyer.session, 5000))
    assert state() == ("confirmed", "sold", 2) and db.session.scalar(select(Order.refunded)) == 5000
    assert "€50.00 of this went back" in buyer.see()
    buyer.hear(stripe.give_back(buyer.session))
    assert state() == ("refunded", "ended", 0) and db.session.scalar(line) == "hidden"
    assert letters() == ["order", "refund", "refund"]


def test_a_dispute_and_how_it_ends_are_put_before_the_team_in_any_order(buyer, stripe):
    paid = stripe.pay(buyer.session)
    begun, lost = stripe.dispute(buyer.session), stripe.dispute(buyer.session, "lost")
    buyer.hear(lost)
    assert tasks() == []
    buyer.hear(paid)
    buyer.hear(begun)
    assert sorted(tasks()) == [("dispute", "done"), ("dispute_lost", "open")]  # the bank waits for no answer any more
    assert db.session.scalar(select(Payment.dispute)) == "lost" and state()[0] == "confirmed"


def test_a_payment_that_names_an_order_which_is_not_ours_is_parked_and_other_sales_are_left_alone(buyer, stripe):
    paid = stripe.pay(buyer.session)
    paid["data"]["object"] |= {"id": "cs_other", "client_reference_id": "NOPE-NOPE", "payment_intent": "pi_other"}
    buyer.hear(paid)
    assert tasks() == [("unknown_order", "open")] and state()[0] == "held"
    paid["id"], paid["data"]["object"] = "evt_other", {"object": "checkout.session", "payment_status": "paid"}
    buyer.hear(paid)
    assert len(tasks()) == 1


def test_no_connection_is_held_and_no_transaction_open_while_stripe_is_asked(buyer, stripe, watch, monkeypatch):
    seen, pool = [], db.engine.pool
    real = StripeStub._route

    def look(self, *words):
        seen.append(pool.checkedout())
        return real(self, *words)

    monkeypatch.setattr(StripeStub, "_route", look)
    monkeypatch.setattr(jobs, "AT_ONCE", 1)  # else another one's answer may be written down just now
    db.session.remove()
    Buyer(buyer.browser, stripe, watch, email="ben@example.com")
    db.session.remove()
    watch.step(minutes=11)
    jobs.settle_open()
    assert len(seen) >= 3 and max(seen) == 0


def test_the_doctor_sees_an_order_that_stands_otherwise_than_its_payment(buyer, stripe, watch):
    raw, headers = stripe.signed(stripe.pay(buyer.session))
    buyer.browser.client.post("/hooks/stripe", data=raw, headers=headers)
    watch.step(minutes=10, microseconds=1)
    db.session.rollback()
    assert payment_checks.faults() == ["1 webhooks have waited for over 10 minutes"]
    buyer.hear()
    with writing() as session:
        session.scalars(select(Payment)).one().paid_at = None
    assert "never said" in payment_checks.faults()[0]
    with writing() as session:
        payment = session.scalars(select(Payment)).one()
        payment.paid_at, payment.refunded = watch.now, 12900
    assert "went back" in payment_checks.faults()[0]
    with writing() as session:
        session.scalars(select(Payment)).one().refunded = 0
