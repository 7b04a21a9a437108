"""Passes as rows: whose is whose, whether it was used, and how many units are promised by those that live."""

from sqlalchemy import ScalarSelect, func, literal, null, select, union_all

from launchpad.database import db
from launchpad.models import Campaign, Order, Pass, Place, TierTaken, Variant
from launchpad.rules import head_start, timetable
from launchpad.rules import passes as rules
from launchpad.services.stock import cap_of

_TAKING = ("held", "confirmed", "parked")  # orders whose units are counted as taken


def newest(place: Place | None) -> Pass | None:
    """The latest pass of a place; None without one, and for a place that a preview made up."""
    if place is None or not place.id or place.pass_from is None:
        return None
    return db.session.scalar(_of(place.id))


def locked(place: Place | None) -> Pass | None:
    """The same, held until the commit: nothing ends it, and no other order is made with it, meanwhile."""
    if place is None or not place.id:
        return None
    found = db.session.scalar(_of(place.id).with_for_update(of=Pass).execution_options(populate_existing=True))
    if found is not None:
        db.session.refresh(place, ("pass_from", "pass_until"))
    return found


def state(row: Pass) -> str:
    """What has become of a pass beside its time: "" nothing, `used`, `in_use` by a checkout, or why it was ended."""
    if row.ended_why:
        return row.ended_why
    states = db.session.execute(select(Order.state, Order.confirmed_at).where(Order.pass_id == row.id)).all()
    if any(confirmed is not None for _, confirmed in states):
        return "used"
    return "in_use" if any(each in ("held", "parked") for each, _ in states) else ""


def room(campaign: Campaign, tier: str) -> int:
    """For how many units passes may still be given to a tier's line."""
    rows, left, taken, promised = _counts(campaign, tier)
    everybody = sum(promised.values())
    if tier == rules.LIST:
        return rules.room([(number, None) for number in left.values()], everybody, 0)
    lefts = []
    for variant in rows:
        cap = cap_of(variant, tier)
        lefts.append((left.get(variant.id, 0), cap[1] - taken.get((variant.id, cap[0]), 0) if cap else None))
    same = sum(number for name, number in promised.items() if _group(rows, name) == _group(rows, tier))
    return rules.room(lefts, everybody, same)


def promised(campaign: Campaign) -> dict[str, int]:
    """Units that live passes may still take, by tier."""
    return _counts(campaign, "")[3]


def shortage(campaign: Campaign) -> int:
    """How many units too many are promised; 0, unless the team took stock away."""
    public = head_start.is_public(campaign.now, timetable.opening(campaign.milestones, "launch"))
    _, left, _, promised = _counts(campaign, rules.LIST if public else "")
    mine = {name: number for name, number in promised.items() if (name == rules.LIST) == public}
    return max(0, sum(mine.values()) - sum(max(0, number) for number in left.values()))


def _counts(campaign: Campaign, tier: str) -> tuple[list[Variant], dict, dict, dict]:
    """The variants; what is left of each, what tiers took of each, what is promised by tier.

    One statement, so that what is taken and what is promised are of one moment: a checkout that begins turns a promise
    into units taken, one that ends turns them back.
    """
    ceiling = Variant.stock if tier == rules.LIST else Variant.head_start_stock
    variants = (
        select(
            literal("variant").label("what"), Variant.id, TierTaken.tier, (ceiling - Variant.taken).label("n"),
            TierTaken.taken,
        )
        .outerjoin(TierTaken, TierTaken.variant_id == Variant.id)
        .where(Variant.campaign_id == campaign.id)
    )  # fmt: skip
    promises = (
        select(literal("pass"), null(), Pass.tier, func.sum(Pass.units - _taking()), null())
        .where(Pass.campaign_id == campaign.id, Pass.ended_at.is_(None))
        .group_by(Pass.tier)
    )
    left, taken, promised = {}, {}, {}
    for what, id, name, number, counted in db.session.execute(union_all(variants, promises)):
        if what == "pass":
            promised[name] = int(number)
        else:
            left[id], taken[id, name] = number, counted or 0
    rows = list(db.session.scalars(select(Variant).where(Variant.campaign_id == campaign.id)))
    return rows, left, taken, promised


def _group(variants, tier: str) -> tuple:
    """Tiers that share every cap share their promises too."""
    return tuple((cap_of(variant, tier) or ("",))[0] for variant in variants)


def _taking() -> ScalarSelect:
    mine = select(func.coalesce(func.sum(Order.quantity), 0)).where(Order.pass_id == Pass.id, Order.state.in_(_TAKING))
    return mine.correlate(Pass).scalar_subquery()


def _of(place_id: int):
    return select(Pass).where(Pass.place_id == place_id).order_by(Pass.id.desc()).limit(1)
