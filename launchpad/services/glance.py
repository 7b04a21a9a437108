"""A campaign at a glance: the five numbers of the control room, and what is going on at this moment."""

from dataclasses import dataclass

from sqlalchemy import func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Entry, Hold, Order, Place, Variant, Visit
from launchpad.services.revenue import net


@dataclass(frozen=True)
class Glance:
    """visits: visitors, each once a day and phase. confirmed: places that count; buyers: of those, who has an order.

    orders, units, revenue: confirmed orders (revenue in minor units). stock, taken: of all variants. holds: live now.
    """

    visits: int
    submitted: int
    confirmed: int
    buyers: int
    orders: int
    units: int
    revenue: int
    stock: int
    taken: int
    holds: int
    entries: int

    @property
    def bought(self) -> float | None:
        """The share of confirmed places that bought; None while there are none."""
        return self.buyers / self.confirmed if self.confirmed else None


def glance(campaign: Campaign) -> Glance:
    """The numbers now, each by one query over its rows."""
    places = select(Place).where(Place.campaign_id == campaign.id, Place.left_at.is_(None)).subquery()
    submitted, confirmed = db.session.execute(select(func.count(places.c.id), func.count(places.c.confirmed_at))).one()
    paid = (Order.campaign_id == campaign.id) & (Order.state == "confirmed")
    orders, units, revenue = db.session.execute(
        select(
            func.count(Order.id),
            func.coalesce(func.sum(Order.quantity), 0),
            func.coalesce(func.sum(net()), 0),
        ).where(paid)
    ).one()
    counted = select(places.c.person_id).where(places.c.confirmed_at.is_not(None))
    buyers = db.session.scalar(select(func.count(Order.person_id.distinct())).where(paid, Order.person_id.in_(counted)))
    stock, taken = db.session.execute(
        select(func.coalesce(func.sum(Variant.stock), 0), func.coalesce(func.sum(Variant.taken), 0)).where(
            Variant.campaign_id == campaign.id
        )
    ).one()
    return Glance(
        visits=_sum(select(func.sum(Visit.visitors)).where(Visit.campaign_id == campaign.id)),
        submitted=submitted,
        confirmed=confirmed,
        buyers=buyers,
        orders=orders,
        units=int(units),
        revenue=int(revenue),
        stock=int(stock),
        taken=int(taken),
        holds=_sum(
            select(func.count(Hold.id))
            .join(Order, Order.id == Hold.order_id)
            .where(Order.campaign_id == campaign.id, Hold.state == "live", Hold.until > clock.now())
        ),
        entries=_sum(select(func.count(Entry.id)).where(Entry.campaign_id == campaign.id, Entry.state == "shown")),
    )


def _sum(query) -> int:
    return int(db.session.scalar(query) or 0)
