"""What follows for an order from what is known of its payment: sold, parked for the team, ended, given back."""

from sqlalchemy import update

from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Payment
from launchpad.rules import payment as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, holds, parking, refunds, stock

PARKED_PAID = ("amount", "currency", "stock_gone", "limit", "paid_cancelled")  # tasks that a full refund settles


def settle(order: Order, payment: Payment, state: str) -> None:
    """Bring an order in line with the facts of its payment; `state` is their verdict. A second time changes nothing."""
    if state == "paid":
        _paid(order, payment)
    elif state in ("failed", "expired"):
        holds.end(order, payment.ending or "ended")
        db.session.refresh(order)
    if payment.refunded and payment.paid_at:
        refunds.gone_back(order, payment.refunded, payment.refunded >= (payment.amount or 0))
        if payment.refunded >= (payment.amount or 0):
            parking.settle(order, "The money went back.", *PARKED_PAID)
    if payment.dispute:
        parking.park("dispute", f"order:{order.id}", order=order, intent=payment.intent)
    if payment.dispute in ("won", "lost"):  # nothing can be answered there any more
        parking.settle(order, f"The bank has decided: {payment.dispute}.", "dispute")
    if payment.dispute == "lost":
        parking.park("dispute_lost", f"order:{order.id}", order=order, intent=payment.intent)


def _paid(order: Order, payment: Payment) -> None:
    """Somebody paid: the order is theirs, or a person of the team decides. It is never dropped, and revives nothing."""
    if order.state == "cancelled":
        _park("paid_cancelled", order, payment)
        return
    if order.state not in ("held", "ended"):
        return
    odd = rules.fits(payment.amount, payment.currency, order.total, order.currency)
    if order.state == "held":
        if not holds.sell(order, late=True):  # given up in this very moment: look again at what it is now
            db.session.refresh(order)
            if order.state != "held":
                _paid(order, payment)
            return
    elif not odd:
        odd = take_again(order)
    if odd:
        move(order, "parked")
        _park(odd, order, payment)
    else:
        buying.confirm(order)


def take_again(order: Order, beyond_limit: bool = False) -> str | None:
    """Take the units of an order anew, for whoever paid after they went back. Why not: stock_gone, limit."""
    campaign = db.session.get_one(Campaign, order.campaign_id)
    try:
        with db.session.begin_nested():
            stock.take(
                campaign, order.person, order.variant, order.quantity, order.tier, not order.head_start,
                limited=not beyond_limit,
            )  # fmt: skip
    except Refusal as refusal:
        return "limit" if refusal.reason == "limit" else "stock_gone"
    db.session.execute(
        update(Hold).where(Hold.order_id == order.id).values(state="sold").execution_options(synchronize_session=False)
    )
    move(order, "held")
    return None


def move(order: Order, state: str) -> None:
    """Give an order that state, whatever it was."""
    db.session.execute(
        update(Order).where(Order.id == order.id).values(state=state).execution_options(synchronize_session=False)
    )
    db.session.refresh(order)


def _park(kind: str, order: Order, payment: Payment) -> None:
    parking.park(
        kind, f"order:{order.id}", order=order, paid=payment.amount, currency=payment.currency, asked=order.total,
        asked_in=order.currency, intent=payment.intent,
    )  # fmt: skip
