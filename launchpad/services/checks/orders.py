"""Nobody bought before the doors were open for them, and what is confirmed says since when: S3 and S4."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Place
from launchpad.rules import timetable
from launchpad.rules.store_orders import PROVIDERS


def faults() -> list[str]:
    """A sentence each; nothing when all is well."""
    return [fault for campaign in db.session.scalars(select(Campaign)) for fault in _of(campaign)]


def _of(campaign: Campaign) -> list[str]:
    launch = timetable.opening(campaign.milestones, "launch")
    rows = db.session.execute(
        select(Order, Place, Person.erased_at)
        .join(Person, Person.id == Order.person_id)
        .outerjoin(Place, (Place.person_id == Order.person_id) & (Place.campaign_id == Order.campaign_id))
        .where(Order.campaign_id == campaign.id)
        .order_by(Order.id)
    )
    found = []
    for order, place, erased in rows:
        if order.state == "confirmed" and order.confirmed_at is None:
            found.append(f"order {order.id} is confirmed, at no moment")
        if order.provider in PROVIDERS:
            continue  # a store cannot be gated: who came too early there is flagged (services.store_flags)
        opens = timetable.tier_opening(campaign.milestones, order.tier) if order.head_start else launch
        if opens is None or order.at < opens:
            found.append(f"order {order.id} was made before it could be")
        elif order.head_start and not erased and not _had_place(order, place, opens):
            found.append(f"order {order.id} was made in the head start without a place from before it")
    return found


def _had_place(order: Order, place: Place | None, opens) -> bool:
    """Their place was there before the head start; one that was left since and asked for anew says nothing."""
    return place is not None and (place.submitted_at < opens or place.submitted_at > order.at)
