"""What a campaign says in its thread about its own sales: the first one, each quarter of the stock, sold out.

The lines about single purchases are in services.sale_lines and can be called from here too.
"""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Variant
from launchpad.rules.stock import FIRST_SALE, SOLD_OUT, marks_crossed
from launchpad.services import thread
from launchpad.services.sale_lines import announce, lock, unsay

__all__ = ["announce", "report", "unsay"]


def report(campaign: Campaign, order: Order) -> None:
    """Report what this sale has just reached, each mark once.

    The campaign's row is locked while sales are counted, so that of two at once the second sees the first.
    """
    lock(campaign)
    total = db.session.scalar(select(func.sum(Variant.stock)).where(Variant.campaign_id == campaign.id)) or 0
    sold = db.session.scalar(
        select(func.sum(Hold.quantity))
        .join(Order, Order.id == Hold.order_id)
        .where(Order.campaign_id == campaign.id, Hold.state == "sold")
    )
    for mark in marks_crossed(sold - order.quantity, sold, total):
        if mark == FIRST_SALE:
            thread.report(campaign, "first_sale", f"The first {campaign.name} has found its home.")
        elif mark == SOLD_OUT:
            thread.report(campaign, "sold_out", f"Sold out: all {total:,} are gone.")
        else:
            thread.report(campaign, f"stock_{mark}", f"{mark} per cent are sold: {sold:,} of {total:,}.")
