"""What is known of an order's payment: facts are added here, and the order settled by them (services.settling).

The order's state is derived from the facts (rules.payment), never from which message came last: messages come twice,
late, in any order, or not at all. Who tells: services.stripe_events (webhooks) and jobs.payments (asked by us).
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Payment, Refund
from launchpad.outside.payments.parties import Payable
from launchpad.rules import payment as rules
from launchpad.rules.payment import Said
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, parking, settling, stock
from launchpad.services.outcomes import matched

BANK = timedelta(hours=1)  # a bank takes days: asked about this much less often


def of(order: Order) -> Payment | None:
    """What is known of an order's payment; None when its provider was never asked."""
    return db.session.scalar(select(Payment).where(Payment.order_id == order.id))


def find(said: Said) -> Order | None:
    """Whose payment it is: by our number, by the session, by the intent."""
    if said.order:
        order = db.session.scalar(select(Order).where(Order.number == said.order, Order.provider == "stripe"))
        if order is not None:
            return order
    for column, value in ((Payment.session, said.session), (Payment.intent, said.intent)):
        if value and (id := db.session.scalar(select(Payment.order_id).where(column == value).limit(1))):
            return db.session.get(Order, id)
    return None


def payable(order: Order, back: str, email: str | None) -> Payable:
    """What the provider is asked to take for an order; the same each time, so that asking twice is asking once."""
    campaign = db.session.get_one(Campaign, order.campaign_id)
    what = f"{campaign.name}, {order.variant.name}"
    return Payable(order.number, what, order.quantity, order.total, order.currency, order.hold.until, back, email)


def record(order: Order, said: Said) -> Payment:
    """Add what was said to what is known, and settle the order by it. Said again, it changes nothing."""
    payment = _locked(order)
    if said.refunded:  # it may be sold and given back in one go: its units before its campaign, as everywhere
        stock.lock(order)
    db.session.refresh(order)
    if payment.intent and said.intent and said.paid_at and payment.intent != said.intent:
        parking.park("overpaid", f"stripe:{said.intent}", order=order, intent=said.intent, amount=said.amount)
        return payment
    payment.session = payment.session or said.session
    if said.intent and payment.intent is None:
        payment.intent = said.intent
        matched("stripe", said.intent)
    payment.amount = rules.larger(payment.amount, said.amount)
    payment.currency = payment.currency or said.currency
    for name in ("paid_at", "pending_at", "failed_at", "expired_at"):
        setattr(payment, name, rules.earlier(getattr(payment, name), getattr(said, name)))
    payment.dispute = rules.further_dispute(payment.dispute, said.dispute)
    _refunds(order, payment, said)
    db.session.flush()
    settling.settle(order, payment, settled(payment))
    return payment


def settled(payment: Payment | None) -> str:
    """rules.payment.verdict of what is known; `open` when nothing is."""
    if payment is None:
        return "open"
    return rules.verdict(
        bool(payment.paid_at), bool(payment.pending_at), bool(payment.failed_at), bool(payment.expired_at)
    )


def open_outside(order: Order) -> bool:
    """True while somebody could still pay at the provider: its units are not ours to free."""
    payment = of(order)
    return payment is not None and payment.session is not None and settled(payment) in ("open", "waiting")


def trouble(order: Order, why: str) -> None:
    """The provider was asked about an order and did not answer."""
    payment = _locked(order)
    payment.trouble, payment.asked_at = why[:250], clock.now()


def give_up(order: Order) -> bool:
    """End a checkout that is open at its provider: its time is over now, and it is cancelled once the provider agrees.

    False when the hold was over, or the bank is at work on it.
    """
    payment = _locked(order)
    if settled(payment) != "open":
        return False
    ended = db.session.execute(
        update(Hold)
        .where(Hold.order_id == order.id, Hold.state == "live")
        .values(until=clock.now())
        .execution_options(synchronize_session=False)
    )
    payment.ending = "cancelled"
    return ended.rowcount == 1


def to_end(most: int) -> list[int]:
    """Ids of orders whose time is over, and whose session at the provider may still be open."""
    over = or_(Hold.until <= clock.now(), Hold.state != "live")
    rows = select(Payment.order_id).join(Hold, Hold.order_id == Payment.order_id).where(_unsettled(), over)
    first = Payment.asked_at.nulls_first(), Payment.id  # what the provider does not know holds nobody else up
    return list(db.session.scalars(rows.where(Payment.pending_at.is_(None)).order_by(*first).limit(most)))


def to_ask(most: int, older: datetime, asked: datetime) -> list[int]:
    """Ids of orders begun before a real moment, with no word of their end, that were not asked about since `asked`."""
    bank = Payment.pending_at.is_(None) | (Payment.asked_at <= asked - BANK)
    quiet = or_(Payment.asked_at.is_(None), (Payment.asked_at <= asked) & bank)
    rows = select(Payment.order_id).where(_unsettled(), Payment.begun_at <= older, quiet)
    return list(db.session.scalars(rows.order_by(Payment.id).limit(most)))


def _unsettled():
    said = (Payment.paid_at, Payment.failed_at, Payment.expired_at)
    return Payment.session.is_not(None) & ~or_(*(moment.is_not(None) for moment in said))


def _locked(order: Order) -> Payment:
    """The order's payment, made at its first need; of two messages at once the second waits here."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"order_id": order.id, "refunded": 0, "trouble": "", "begun_at": clock.now()}
    db.session.execute(dialect.insert(Payment).values(**row).on_conflict_do_nothing(index_elements=["order_id"]))
    mine = select(Payment).where(Payment.order_id == order.id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _refunds(order: Order, payment: Payment, said: Said) -> None:
    """What went back: as the charge counts it, or our own refunds together when that is more."""
    if said.refund and said.refund_state:
        row = db.session.scalar(select(Refund).where(Refund.order_id == order.id, Refund.ref == said.refund))
        if row is not None:
            row.state = rules.further_refund(row.state, said.refund_state)
        if said.refund_state == "failed":
            parking.park("refund_failed", f"stripe:{said.refund}", order=order, refund=said.refund)
    sent = db.session.scalars(select(Refund.amount).where(Refund.order_id == order.id, Refund.state.in_(("sent", "done"))))
    payment.refunded = max(payment.refunded, said.refunded, sum(sent))


def confirm_parked(order: Order) -> None:
    """The team lets a parked order stand: with the units that it has kept, or with ones taken anew. Raises Refusal."""
    payment = _locked(order)
    db.session.refresh(order)
    if order.state != "parked" or payment.refunded >= (payment.amount or 0):
        raise Refusal("state", f"This order is {order.state} now, so nothing was changed. Look at it again.")
    if order.hold.state != "sold" and (odd := settling.take_again(order, beyond_limit=True)):
        raise Refusal(odd, "Its units are gone. Add stock first, or give the money back.")
    settling.move(order, "held")
    buying.confirm(order)
    parking.settle(order, "Confirmed by the team.", *settling.PARKED_PAID)
