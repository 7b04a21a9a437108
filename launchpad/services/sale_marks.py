"""What a campaign says in its thread about its own sales: the first one, each quarter of the stock, sold out."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Hold, Order, Variant
from launchpad.rules.stock import FIRST_SALE, SOLD_OUT, marks_crossed
from launchpad.services import entry_changes, thread


def report(campaign: Campaign, order: Order) -> None:
    """Report what this sale has just reached, each mark once.

    The campaign's row is locked while sales are counted, so that of two at once the second sees the first.
    The lock is the weaker one: whoever wrote a letter or an entry of the campaign holds its key, and two who did so
    must not wait for each other.
    """
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
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


def announce(campaign: Campaign, order: Order) -> None:
    """One slim line in the thread about a purchase whose buyer agreed to it."""
    many = f"{order.quantity} × " if order.quantity > 1 else ""
    text = f"{order.person.known_as} joined with {many}{order.variant.name}"
    thread.report(campaign, f"order:{order.id}", text, kind="purchase")


def unsay(campaign: Campaign, order: Order) -> None:
    """Take back the line about an order that is none any more: its place stays in the thread, its words go."""
    line = select(Entry).filter_by(campaign_id=campaign.id, fact=f"order:{order.id}", state="shown")
    if (entry := db.session.scalar(line)) is not None:
        entry_changes.take_down(campaign, entry, "This order was given back.")
