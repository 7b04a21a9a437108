"""Ending an order: one that is not paid is cancelled, one that is paid is refunded. Units go back once.

Money goes back at the order's provider, who says when it did: the team asks (`ask`), jobs.payments sends it, and
`gone_back` follows the provider's word, also when somebody gave the money back over there.
"""

from sqlalchemy import func, select, update

from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Payment, Person, Refund
from launchpad.outside import payments
from launchpad.rules.payment import Said, further_refund
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, holds, letters, parking, sale_marks, stock

PAID = ("confirmed", "parked")


def cancel(campaign: Campaign, actor: Person | None, order: Order, reason: str) -> None:
    """End a checkout before it is paid; its units are free at once. Raises Refusal: reason, state."""
    why(reason)
    if not holds.end(order, "cancelled"):
        raise _changed(order)
    _kept(campaign, actor, "order.cancel", order, "held", "cancelled", reason)


def refund(campaign: Campaign, actor: Person | None, order: Order, reason: str) -> None:
    """Take back a practice order, for which no money was taken: of two who press at once one frees the units.

    Raises Refusal: reason, provider, state.
    """
    why(reason)
    if not payments.practised(order.provider):
        raise Refusal("provider", f"Give the money back at {order.provider.title()}: this order follows by itself.")
    before = order.state
    if not take_back(order):
        raise _changed(order)
    _kept(campaign, actor, "order.refund", order, before, "refunded", reason)


def ask(campaign: Campaign, actor: Person | None, order: Order, amount: int | None, reason: str) -> Refund:
    """Ask for money to go back, all that is left or a part of it, in minor units; it has to be sent after the commit.

    Raises Refusal: reason, state, amount.
    """
    why(reason)
    payment = db.session.scalar(select(Payment).where(Payment.order_id == order.id).with_for_update())
    if payment is None or payment.paid_at is None or not payment.intent:
        raise Refusal("state", "Nothing was paid for this order that could go back.")
    left = left_of(payment)
    amount = left if amount is None else amount
    if left == 0:
        raise Refusal("state", "All that was paid is on its way back, or there already.")
    if not 0 < amount <= left:
        raise Refusal("amount", "Write an amount of what is left to give back, and no more.", "amount")
    row = Refund(order_id=order.id, amount=amount, reason=reason.strip()[:250], person_id=actor.id if actor else None)
    db.session.add(row)
    audit.record(
        actor, "order.refund_ask", campaign, f"order:{order.id}", {"refunded": payment.refunded}, {"amount": amount},
        reason.strip(),
    )  # fmt: skip
    db.session.flush()
    return row


def left_of(payment: Payment) -> int:
    """What could still go back: what was paid, less what went back and what was asked for and not sent yet."""
    asked = select(func.coalesce(func.sum(Refund.amount), 0))
    waiting = db.session.scalar(asked.where(Refund.order_id == payment.order_id, Refund.state == "asked"))
    return max(0, (payment.amount or 0) - payment.refunded - waiting)


def of(order: Order) -> list[Refund]:
    """What the team asked to go back for an order, the newest first."""
    return list(db.session.scalars(select(Refund).where(Refund.order_id == order.id).order_by(Refund.id.desc())))


def unsent() -> list[int]:
    """Ids of refunds that were asked for and not sent yet."""
    return list(db.session.scalars(select(Refund.id).where(Refund.state == "asked").order_by(Refund.id).limit(50)))


def sent(id: int, said: Said) -> None:
    """The provider took a refund; it may take days to arrive."""
    row = db.session.get_one(Refund, id)
    row.ref, row.why = row.ref or said.refund, ""
    row.state = further_refund(row.state, said.refund_state or "sent")
    db.session.flush()


def not_sent(id: int, why: str, final: bool) -> None:
    """The provider did not answer, and is asked again; or it said no for good, which the team is told."""
    row = db.session.get_one(Refund, id)
    row.why = why[:250]
    if final:
        row.state = "failed"
        order = db.session.get_one(Order, row.order_id)
        parking.park("refund_failed", f"refund:{row.id}", order=order, amount=row.amount, why=row.why)
    db.session.flush()


def gone_back(order: Order, amount: int, whole: bool) -> None:
    """The provider says that so much of an order has gone back, in all. Said again, or of less, it changes nothing.

    A part leaves the units sold; the whole takes the order back, unless it had ended before.
    """
    moved = db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.refunded < amount)
        .values(refunded=amount)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(order)
    campaign = db.session.get_one(Campaign, order.campaign_id)
    if whole and order.state in PAID:
        take_back(order)
        events.announce(campaign, "state")
    elif moved.rowcount == 1:
        letters.write("refund", order.person, f"refund:{order.id}:{amount}", campaign)


def take_back(order: Order) -> bool:
    """A paid order is none any more: its units go back, its line in the thread goes, its buyer is written to.

    One conditional statement decides; False when it is not paid, or was taken back before.
    """
    moved = db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.state.in_(PAID))
        .values(state="refunded", refunded=Order.price * Order.quantity)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        return False
    ended = db.session.execute(
        update(Hold)
        .where(Hold.order_id == order.id, Hold.state == "sold")
        .values(state="ended")
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 1:  # a parked order may have no units: they were gone when its payment came
        stock.release([order.id])
    db.session.refresh(order)
    campaign = db.session.get_one(Campaign, order.campaign_id)
    sale_marks.unsay(campaign, order)
    letters.write("refund", order.person, f"refund:{order.id}", campaign)
    return True


def why(reason: str) -> None:
    """Raises Refusal when an act has no reason."""
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
