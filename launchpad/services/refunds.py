"""The team ends an order: one that is not paid is cancelled, one that is paid is refunded. Units go back once."""

from sqlalchemy import update

from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Person
from launchpad.outside import payments
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, holds, stock

PAID = ("confirmed", "parked")


def cancel(campaign: Campaign, actor: Person | None, order: Order, reason: str) -> None:
    """End a checkout before it is paid; its units are free at once. Raises Refusal: reason, state."""
    _why(reason)
    if not holds.end(order, "cancelled"):
        raise _changed(order)
    _kept(campaign, actor, "order.cancel", order, "held", "cancelled", reason)


def refund(campaign: Campaign, actor: Person | None, order: Order, reason: str) -> None:
    """Take a paid order back: one conditional statement decides, so that of two who press at once one frees the units.

    Money goes back at its provider; the practice provider took none. Raises Refusal: reason, provider, state.
    """
    _why(reason)
    if not payments.practised(order.provider):
        raise Refusal("provider", f"Give the money back at {order.provider.title()}: this order follows by itself.")
    before = order.state
    moved = db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.state == before, Order.state.in_(PAID))
        .values(state="refunded")
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise _changed(order)
    ended = db.session.execute(
        update(Hold)
        .where(Hold.order_id == order.id, Hold.state == "sold")
        .values(state="ended")
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 1:  # a parked order may have no units: they were gone when its payment came
        stock.release([order.id])
    _kept(campaign, actor, "order.refund", order, before, "refunded", reason)


def _why(reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")


def _changed(order: Order) -> Refusal:
    db.session.refresh(order)
    return Refusal("state", f"This order is {order.state} now, so nothing was changed. Look at it again.")


def _kept(
    campaign: Campaign, actor: Person | None, act: str, order: Order, before: str, after: str, reason: str
) -> None:
    audit.record(actor, act, campaign, f"order:{order.id}", {"state": before}, {"state": after}, reason.strip())
    events.announce(campaign, "state")  # there is more to buy
    db.session.flush()
    db.session.refresh(order)
