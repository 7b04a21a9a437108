"""Asking a payment provider: with no transaction open and no connection held, and what it says recorded after.

Each is safe to run twice: the provider is asked with the order's own key, and facts said again change nothing.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import current_app

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Order, Payment, Refund
from launchpad.outside import payments as providers
from launchpad.outside.payments.parties import Unreachable
from launchpad.rules.payment import Said
from launchpad.services import hooks, payments, pulls, refunds
from launchpad.services.letter_texts import address
from launchpad.services.order_links import path_of

BATCH, AT_ONCE = 60, 6  # calls in one job, and at the same time
OLD, AGAIN = timedelta(minutes=2), timedelta(minutes=10)  # unsettled for so long: asked about, and again after that

log = logging.getLogger(__name__)


def begin(order_id: int) -> str | None:
    """Where the buyer of an order on hold pays; None when it is on hold no more, or the provider did not answer."""
    order = db.session.get_one(Order, order_id)
    known = payments.of(order)
    session = known.session if known else None
    payable = payments.payable(order, address(path_of(order)), _address_of(order))
    provider = providers.named(order.provider)
    said = _ask(order_id, lambda: provider.look(session) if session else provider.begin(payable), asked=False)
    db.session.rollback()
    order = db.session.get_one(Order, order_id)
    waits = order.state == "held" and not order.hold.over(clock.now())
    return said.url if said is not None and waits else None


def ask(order_id: int) -> bool:
    """Ask the provider what became of an order; False when it did not answer."""
    return _about(order_id, lambda provider, session: provider.look(session))


def end(order_id: int) -> bool:
    """End what is open at the provider for an order; its units go back when that is said. False: no answer."""
    return _about(order_id, lambda provider, session: provider.end(session))


def settle_open() -> None:
    """Every few seconds: end the sessions whose hold is over, ask about the others, send refunds that wait."""
    now = clock.now()
    chores = [(end, payments.to_end(BATCH)), (ask, payments.to_ask(BATCH, now - OLD, now - AGAIN))]
    chores.append((send_refund, refunds.unsent()))
    db.session.rollback()
    for chore, ids in chores:
        if not _each(chore, ids):
            return


def _each(chore: Callable[[int], bool], ids: list[int]) -> bool:
    """A few at a time, so that a rush's forgotten checkouts are free in a moment. False: who is away for one is for all."""
    app = current_app._get_current_object()

    def one(id: int) -> bool:
        with app.app_context():
            return chore(id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return all(all(list(pool.map(one, ids[n : n + AT_ONCE]))) for n in range(0, len(ids), AT_ONCE))


def any_open() -> bool:
    """True when `settle_open` has something to do."""
    now = clock.now()
    return bool(payments.to_end(1) or payments.to_ask(1, now - OLD, now - AGAIN) or refunds.unsent())


def send_refund(id: int) -> bool:
    """Send one refund that was asked for; False when the provider did not answer."""
    row = db.session.get(Refund, id)
    if row is None or row.state != "asked":
        return True
    order, amount = db.session.get_one(Order, row.order_id), row.amount
    intent, number, order_id = payments.of(order).intent, order.number, order.id
    provider = providers.named(order.provider)
    db.session.remove()
    try:
        said = provider.refund(intent, amount, number, str(id))
    except Unreachable as fault:
        log.warning("a refund could not be sent", extra={"refund": id, "why": str(fault)})
        with writing():
            refunds.not_sent(id, str(fault), final=fault.refused)
        return fault.refused
    with writing():
        refunds.sent(id, said)
        payments.record(db.session.get_one(Order, order_id), said)
    return True


def pull_due() -> bool:
    """True when there is a provider to ask, and the last look at its list was long enough ago."""
    return bool(current_app.extensions["settings"].stripe_secret_key) and pulls.is_due("stripe")


def pull() -> int:
    """Read Stripe's own list of events and keep those that were never delivered; how many there were."""
    since = pulls.since("stripe")
    db.session.remove()
    began, found = clock.now(), 0
    try:
        for event in providers.named("stripe").events(since):
            with writing():
                found += hooks.keep("stripe", event)
    except Unreachable as fault:
        log.warning("the list of events could not be read", extra={"why": str(fault)})
        return found
    with writing():
        pulls.done("stripe", began, found)
    return found


def _about(order_id: int, question: Callable) -> bool:
    order = db.session.get_one(Order, order_id)
    known, provider = payments.of(order), providers.named(order.provider)
    if known is None or known.session is None:
        return True
    session = known.session
    return _ask(order_id, lambda: question(provider, session)) is not None


def _ask(order_id: int, question: Callable[[], Said], asked: bool = True) -> Said | None:
    """What the provider answered, recorded; None when it did not. That, and a no, is kept for the team to see."""
    db.session.remove()  # it may take its time: nothing is held meanwhile
    try:
        said = question()
    except Unreachable as fault:
        log.warning("a payment provider did not answer", extra={"order": order_id, "why": str(fault)})
        with writing():
            payments.trouble(db.session.get_one(Order, order_id), str(fault))
        return Said() if fault.refused else None  # who says no has answered: the other orders need not wait
    with writing():
        order = db.session.get_one(Order, order_id)
        payment: Payment = payments.record(order, said)
        payment.trouble = ""
        if asked:
            payment.asked_at = clock.now()
    return said


def _address_of(order: Order) -> str | None:
    return order.person.email if "@" in order.person.email else None
