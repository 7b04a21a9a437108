"""Friends who buy and never stood in line: the order that stands counts as their confirmation, for whoever brought them.

They are weighed like everybody's friends. When all of it goes back, so does the credit: else buying and giving back
would be a way to earn it.
"""

from sqlalchemy import exists, select

from launchpad.database import db
from launchpad.models import Campaign, Order, Place, Referral
from launchpad.services import referrals, referring, rewards


def settle() -> int:
    """Follow what friends bought and gave back, with a place or without; how many rows changed. Safe to run twice."""
    made = _bring()
    return made + referring.settle_orders() + _follow()


def _bring() -> int:
    """A row for each buyer whom somebody's link brought, and who has none."""
    rows = (
        select(Order)
        .where(
            Order.source == "referred",
            Order.state == "confirmed",
            Order.refunded < Order.price * Order.quantity,
            ~exists().where(Referral.campaign_id == Order.campaign_id, Referral.friend_id == Order.person_id),
        )
        .order_by(Order.id)
    )
    made = 0
    for order in db.session.scalars(rows).all():
        referrer = referrals.person_of(((order.touch or {}).get("last") or {}).get("ref", ""))
        if referrer is None or referrer.id == order.person_id:
            continue
        campaign = db.session.get(Campaign, order.campaign_id)
        referring.begin(campaign, [referring.Brought(order.person_id, referrer.id)])
        row = referring.of_friend(campaign, order.person_id)
        if row is None or row.confirmed_at is not None:
            continue
        row.confirmed_at = campaign.moment
        db.session.flush()
        referring.weigh(campaign, row.referrer_id)
        made += 1
    return made


def _follow() -> int:
    """Take the credit back for who gave everything back, and give it again to who bought again."""
    rows = select(Referral).where(
        Referral.confirmed_at.is_not(None),
        Referral.decided_at.is_(None),
        ((Referral.state == "counted") & Referral.bought_at.is_(None))
        | ((Referral.state == "reversed") & Referral.bought_at.is_not(None)),
        ~exists().where(Place.campaign_id == Referral.campaign_id, Place.person_id == Referral.friend_id),
    )
    found = db.session.scalars(rows.order_by(Referral.campaign_id, Referral.referrer_id, Referral.id)).all()
    for row in found:
        campaign = db.session.get(Campaign, row.campaign_id)
        referring.locked(campaign, row.referrer_id)
        referring.put(campaign, row, "counted" if row.bought_at is not None else "reversed")
        rewards.recount(campaign, row.referrer_id)
    return len(found)
