"""What providers said has been heard, and orders stand as it says: S2 and S3."""

from datetime import timedelta

from sqlalchemy import func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Hook, Order, Payment

PATIENCE = timedelta(minutes=10)  # of real time, in which a stored message is at least tried


def faults() -> list[str]:
    """A sentence each; nothing when all is well."""
    return [*_unworked(), *_unpaid(), *_unsettled()]


def _unworked() -> list[str]:
    waiting = select(func.count()).select_from(Hook).where(Hook.state == "new", Hook.due_at < clock.now() - PATIENCE)
    number = db.session.scalar(waiting)
    return [f"{number} webhooks have waited for over {PATIENCE.seconds // 60} minutes"] if number else []


def _unpaid() -> list[str]:
    """Somebody was told that an order is theirs, and nobody took money for it."""
    paid = select(Payment.order_id).where(Payment.paid_at.is_not(None))
    rows = select(Order.id).where(Order.provider == "stripe", Order.state == "confirmed", Order.id.not_in(paid))
    return [f"order {id} is confirmed, and Stripe never said that it was paid" for id in db.session.scalars(rows)]


def _unsettled() -> list[str]:
    rows = db.session.execute(
        select(Order.id, Order.state, Payment.refunded, Payment.amount)
        .join(Payment, Payment.order_id == Order.id)
        .where(Payment.paid_at.is_not(None), Order.state.in_(("held", "ended", "confirmed")))
        .order_by(Order.id)
    )
    found = []
    for id, state, refunded, amount in rows:
        if state != "confirmed":
            found.append(f"order {id} was paid, and is {state}")
        elif amount and refunded >= amount:
            found.append(f"the money of order {id} went back, and it is confirmed")
    return found
