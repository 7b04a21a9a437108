"""A campaign's stock as its team sees and changes it."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Person, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, gate, pass_rows
from launchpad.services.timetable import locked

MOST = 2**31 - 1


@dataclass(frozen=True)
class Shelf:
    """One variant: `taken` is `sold` and `held` together; `early` of those were taken in the head start.

    `late` are units on holds whose moment has passed and that nobody has swept yet: they are free for the next buyer.
    """

    variant: Variant
    sold: int
    held: int
    early: int
    late: int

    @property
    def left(self) -> int:
        return self.variant.left


def shelves(campaign: Campaign) -> list[Shelf]:
    """Every variant, in the campaign's order."""
    held = Hold.state == "live"
    rows = db.session.execute(
        select(
            Hold.variant_id,
            func.coalesce(func.sum(Hold.quantity).filter(Hold.state == "sold"), 0),
            func.coalesce(func.sum(Hold.quantity).filter(held), 0),
            func.coalesce(func.sum(Hold.quantity).filter(Order.head_start.is_(True)), 0),
            func.coalesce(func.sum(Hold.quantity).filter(held, Hold.until <= clock.now()), 0),
        )
        .join(Order, Order.id == Hold.order_id)
        .where(Order.campaign_id == campaign.id, Hold.state.in_(("live", "sold")))
        .group_by(Hold.variant_id)
    )
    found = {id: [int(n) for n in counts] for id, *counts in rows}
    return [Shelf(variant, *found.get(variant.id, (0, 0, 0, 0))) for variant in gate.variants_of(campaign)]


def live_holds(campaign: Campaign, most: int = 100) -> list[Order]:
    """Checkouts with units set aside, the next to end first."""
    rows = (
        select(Order)
        .join(Hold, Hold.order_id == Order.id)
        .where(Order.campaign_id == campaign.id, Hold.state == "live")
    )
    return list(db.session.scalars(rows.order_by(Hold.until, Hold.id).limit(most)))


def lock(variant_id: int) -> None:
    """Hold a variant's row until the commit, before the campaign's: rows are locked in that order everywhere."""
    db.session.execute(select(Variant.id).where(Variant.id == variant_id).with_for_update())


def lock_all(campaign: Campaign) -> None:
    """Hold the rows of all variants of a campaign until the commit, before the campaign's own, in the order of buyers."""
    rows = select(Variant.id).where(Variant.campaign_id == campaign.id).order_by(Variant.id)
    db.session.execute(rows.with_for_update())


def restock(
    campaign: Campaign, actor: Person | None, variant: Variant, stock: int, head_start_stock: int | None, reason: str
) -> None:
    """Set how many there are to sell, and how many of them may go in the head start (None: as it is, at most all).

    One statement that fails where more are taken than would be left, so no order in flight is oversold by it.
    Raises Refusal: reason, stock, head_start_stock.
    """
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    if not 0 <= stock <= MOST:
        raise Refusal("stock", f"Choose a number from 0 to {MOST:,}.", "stock")
    part = min(variant.head_start_stock, stock) if head_start_stock is None else head_start_stock
    if not 0 <= part <= stock:
        raise Refusal("head_start_stock", "The head start's part cannot be larger than the stock.", "head_start_stock")
    before = {"stock": variant.stock, "head_start_stock": variant.head_start_stock}
    short = pass_rows.shortage(campaign)
    moved = db.session.execute(
        update(Variant)
        .where(Variant.id == variant.id, Variant.taken <= stock)
        .values(stock=stock, head_start_stock=part)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        taken = db.session.scalar(select(Variant.taken).where(Variant.id == variant.id)) or 0
        raise Refusal("stock", f"{taken:,} are sold or on hold, so the stock cannot be lower than that.", "stock")
    if part < (early := _early(variant)):  # asked after the statement: it holds the row, so nothing more is taken now
        raise Refusal(
            "head_start_stock",
            f"{early:,} were taken in the head start already; its part cannot be lower.",
            "head_start_stock",
        )
    if pass_rows.shortage(campaign) > short:
        words = "Some of those units are promised to passes that live. Take passes back first, or wait until they end."
        raise Refusal("promised", words, "stock")
    locked(campaign.id).version += 1
    after = {"stock": stock, "head_start_stock": part}
    audit.record(actor, "stock.change", campaign, f"variant:{variant.id}", before, after, reason.strip())
    events.announce(campaign, "state")
    db.session.flush()
    db.session.refresh(variant)


def _early(variant: Variant) -> int:
    return db.session.scalar(
        select(func.coalesce(func.sum(Hold.quantity), 0))
        .join(Order, Order.id == Hold.order_id)
        .where(Hold.variant_id == variant.id, Hold.state.in_(("live", "sold")), Order.head_start.is_(True))
    )
