"""The numbers beside the thread, all from rows: units left, who waits, who bought, and who follows now."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from launchpad.database import db
from launchpad.models import Campaign, LineBlock, Order, Variant
from launchpad.services import presence


@dataclass(frozen=True)
class Counters:
    """`left`: units that a stranger could buy at the launch; `here`: open pages that follow now, over all processes."""

    left: int
    total: int
    waitlisted: int
    buyers: int
    here: int


def counters(campaign_id: int) -> Counters:
    """Count now, in one statement."""
    stock = select(func.coalesce(func.sum(Variant.stock - Variant.taken), 0)).where(Variant.campaign_id == campaign_id)
    total = select(func.coalesce(func.sum(Variant.stock), 0)).where(Variant.campaign_id == campaign_id)
    waiting = select(func.coalesce(func.sum(LineBlock.counted), 0)).where(LineBlock.campaign_id == campaign_id)
    bought = select(func.count(distinct(Order.person_id))).where(
        Order.campaign_id == campaign_id, Order.state == "confirmed"
    )
    of = (stock.scalar_subquery(), total.scalar_subquery(), waiting.scalar_subquery(), bought.scalar_subquery())
    left, units, waitlisted, buyers = db.session.execute(select(*of)).one()
    return Counters(int(left), int(units), int(waitlisted), buyers, presence.here(campaign_id))
