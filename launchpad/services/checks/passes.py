"""Passes promise no unit twice, and who bought early with passes had one: S1 and S4."""

from sqlalchemy import or_, select

from launchpad.database import db
from launchpad.models import Campaign, Order, Pass
from launchpad.services import pass_rows


def faults() -> list[str]:
    """A sentence each; nothing when all is well."""
    return [*_promises(), *_orders()]


def _promises() -> list[str]:
    """Units that live passes may still take, with those taken, are no more than there are."""
    live = select(Pass.campaign_id).where(Pass.ended_at.is_(None))
    found = []
    for campaign in db.session.scalars(select(Campaign).where(Campaign.id.in_(live))):
        short = pass_rows.shortage(campaign)
        if short:
            found.append(f"campaign {campaign.id}: {short} more units are promised to passes than there are")
    return found


def _orders() -> list[str]:
    """An order was made with the pass it names while that lasted, and is no larger; one pass has one order at most."""
    rows = db.session.execute(
        select(Order.id, Pass.id)
        .join(Pass, Pass.id == Order.pass_id)
        .where(or_(Order.at < Pass.given_at, Order.quantity > Pass.units, Order.person_id != Pass.person_id))
        .order_by(Order.id)
    )
    found = [f"order {order} was made with pass {one}, which did not allow it" for order, one in rows]
    seen: set[int] = set()
    paid = select(Order.pass_id).where(Order.pass_id.is_not(None), Order.confirmed_at.is_not(None)).order_by(Order.pass_id)
    for one in db.session.scalars(paid):
        if one in seen:
            found.append(f"pass {one} was spent twice")
        seen.add(one)
    return found
