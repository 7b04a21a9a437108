"""The numbers beside the thread, all from rows: units left, who waits, who bought, and who follows now."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from launchpad.database import db
from launchpad.models import Campaign, LineBlock, Order, Variant
from launchpad.services import presence


@dataclass(frozen=True)
class Counters:
    """`left`: by variant, what a stranger could buy at the launch; `here`: open pages that follow, over all processes."""

    left: dict[str, int]
    waitlisted: int
    buyers: int
    here: int

    @property
    def units(self) -> int:
        return sum(self.left.values())


def counters(campaign_id: int) -> Counters:
    """Count now, in one statement."""
    waiting = select(func.coalesce(func.sum(LineBlock.counted), 0)).where(LineBlock.campaign_id == campaign_id)
    bought = select(func.count(distinct(Order.person_id))).where(
        Order.campaign_id == campaign_id, Order.state == "confirmed"
    )
    rows = db.session.execute(
        select(Variant.sku, Variant.stock - Variant.taken, waiting.scalar_subquery(), bought.scalar_subquery())
        .select_from(Campaign)
        .outerjoin(Variant, Variant.campaign_id == Campaign.id)
        .where(Campaign.id == campaign_id)
    ).all()
    left = {sku: units for sku, units, _, _ in rows if sku is not None}
    _, _, waitlisted, buyers = rows[0] if rows else (None, None, 0, 0)
    return Counters(left, int(waitlisted), buyers, presence.here(campaign_id))
