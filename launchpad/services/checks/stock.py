"""Stock and orders add up: S1 and S2."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Allowance, Campaign, Hold, Order, Person, TierTaken, Variant
from launchpad.rules.store_orders import PROVIDERS
from launchpad.services.stock import cap_of

_TAKEN = ("live", "sold")
_STATES = {"live": ("held",), "sold": ("confirmed", "refunded", "parked"), "ended": ("ended", "cancelled", "refunded", "parked")}


def faults() -> list[str]:
    """What does not add up, a sentence each; nothing when all is well."""
    return [*_variants(), *_tiers(), *_allowances(), *_orders(), *_keys()]


def _variants() -> list[str]:
    held = _sum(Hold.variant_id)
    found = []
    for variant in db.session.scalars(select(Variant)):
        if variant.taken != held.get(variant.id, 0):
            found.append(f"variant {variant.id}: {variant.taken} taken, but {held.get(variant.id, 0)} sold or on hold")
        if not 0 <= variant.taken <= variant.stock:
            found.append(f"variant {variant.id}: {variant.taken} taken of {variant.stock}")
    early = _sum(Hold.variant_id, Order.head_start.is_(True), Order.provider.not_in(PROVIDERS))  # a store cannot be gated
    for variant in db.session.scalars(select(Variant).where(Variant.id.in_(early))):
        if early[variant.id] > variant.head_start_stock:
            found.append(
                f"variant {variant.id}: {early[variant.id]} taken in the head start of {variant.head_start_stock}"
            )
    return found


def _tiers() -> list[str]:
    held = {}
    for (variant_id, tier), quantity in _sum((Order.variant_id, Order.tier), Order.head_start.is_(True)).items():
        if capped := cap_of(db.session.get(Variant, variant_id), tier):
            held[variant_id, capped[0]] = held.get((variant_id, capped[0]), 0) + quantity
    kept = {(row.variant_id, row.tier): row.taken for row in db.session.scalars(select(TierTaken))}
    return [
        f"variant {variant_id}, tier {tier}: "
        f"{kept.get((variant_id, tier), 0)} counted, {held.get((variant_id, tier), 0)} held"
        for variant_id, tier in sorted(kept.keys() | held.keys())
        if kept.get((variant_id, tier), 0) != held.get((variant_id, tier), 0)
    ]


def _allowances() -> list[str]:
    held = _sum((Order.campaign_id, Order.person_id))
    kept = {(row.campaign_id, row.person_id): row.taken for row in db.session.scalars(select(Allowance))}
    limits = dict(db.session.execute(select(Campaign.id, Campaign.per_person)).all())
    in_stores = _sum((Order.campaign_id, Order.person_id), Order.provider.in_(PROVIDERS))
    joined = set(db.session.scalars(select(Person.merged_into).where(Person.merged_into.is_not(None))))
    found = []
    for campaign_id, person_id in sorted(kept.keys() | held.keys()):
        counted, true = kept.get((campaign_id, person_id), 0), held.get((campaign_id, person_id), 0)
        if counted != true:
            found.append(f"campaign {campaign_id}, person {person_id}: {counted} counted, {true} sold or on hold")
        if true > limits[campaign_id] and (campaign_id, person_id) not in in_stores and person_id not in joined:  # flagged instead
            found.append(f"campaign {campaign_id}, person {person_id}: {true} taken, {limits[campaign_id]} allowed")
    return found


def _orders() -> list[str]:
    rows = db.session.execute(select(Order.id, Order.state, Hold.state).outerjoin(Hold, Hold.order_id == Order.id))
    return [
        f"order {id} is {state}, its hold is {hold}" for id, state, hold in rows if state not in _STATES.get(hold, ())
    ]


def _keys() -> list[str]:
    """A unique constraint stands behind this; asked all the same, because a restored database may have lost it."""
    same = (Order.campaign_id, Order.owner, Order.key)
    rows = db.session.execute(select(*same, func.count()).group_by(*same).having(func.count() > 1))
    return [f"campaign {campaign_id}: {count} orders with one key" for campaign_id, _, _, count in rows]


def _sum(by, *where) -> dict:
    """Units sold or on live hold, by a column or several."""
    columns = by if isinstance(by, tuple) else (by,)
    rows = db.session.execute(
        select(*columns, func.sum(Hold.quantity))
        .join(Order, Order.id == Hold.order_id)
        .where(Hold.state.in_(_TAKEN), *where)
        .group_by(*columns)
    ).all()
    return {(row[0] if len(columns) == 1 else tuple(row[:-1])): row[-1] for row in rows}
