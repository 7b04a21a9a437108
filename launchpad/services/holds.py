"""Holds: units set aside for one checkout until a real moment. A hold ends once: a statement checked by row count."""

from sqlalchemy import Select, exists, select, true, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Hold, Order, Payment
from launchpad.services import stock

BATCH = 200
_OUTSIDE = exists().where(Payment.order_id == Hold.order_id, Payment.session.is_not(None)).correlate(Hold)


def sell(order: Order, late: bool = False) -> bool:
    """Turn an order's live hold into a sale. False when it is over: then the units are, or soon will be, free.

    `late`: also past its moment, while its units are still set aside. A provider took the money in time.
    """
    sold = db.session.execute(
        update(Hold)
        .where(Hold.order_id == order.id, Hold.state == "live", true() if late else Hold.until > clock.now())
        .values(state="sold")
        .execution_options(synchronize_session=False)
    )
    return sold.rowcount == 1


def end(order: Order, state: str) -> bool:
    """End an order's live hold and free its units; the order gets that state. False: the hold was over already."""
    return _end([order.id], state) == 1


def overdue(campaign_id: int) -> bool:
    """Whether a hold of this campaign is over and its units not yet freed; a look that writes nothing."""
    return db.session.scalar(_late(campaign_id).limit(1)) is not None


def sweep(campaign_id: int | None = None, wait: bool = False) -> int:
    """End the holds whose moment has passed, of one campaign or of all, and free their units. How many there were.

    Two sweeps at once share the work: a row that the other has is left to it. To `wait` for the other is for who buys
    right afterwards, and must find free what it frees. What could still be paid at a provider is not
    ours to free: its session is ended first (jobs.payments), and the units go back when the provider agrees.
    """
    ended = 0
    while True:
        late = _late(campaign_id).order_by(Hold.id).limit(BATCH).with_for_update(skip_locked=not wait, of=Hold)
        ids = list(db.session.scalars(late))
        ended += _end(ids, "ended")
        if len(ids) < BATCH:
            return ended


def _late(campaign_id: int | None) -> Select[tuple[int]]:
    """The orders whose holds are over, and ours to free."""
    late = select(Hold.order_id).where(Hold.state == "live", Hold.until <= clock.now(), ~_OUTSIDE)
    if campaign_id is None:
        return late
    return late.join(Order, Order.id == Hold.order_id).where(Order.campaign_id == campaign_id)


def _end(order_ids: list[int], state: str) -> int:
    """The holds first, by one statement; then their units, in the order in which rows are locked."""
    if not order_ids:
        return 0
    ended = db.session.scalars(
        update(Hold)
        .where(Hold.order_id.in_(order_ids), Hold.state == "live")
        .values(state="ended")
        .returning(Hold.order_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        return 0
    db.session.execute(
        update(Order).where(Order.id.in_(ended)).values(state=state).execution_options(synchronize_session=False)
    )
    stock.release(ended)
    return len(ended)
