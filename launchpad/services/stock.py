"""Stock is one number: `taken` = sold + live holds, moved by one conditional statement, with a CHECK behind it.

Rows are locked in one order everywhere: passes, allowances, caps of tiers, variants by id, the campaign last.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert, ReturningInsert

from launchpad.database import db
from launchpad.models import Allowance, Campaign, Order, Person, TierTaken, Variant
from launchpad.rules import stock as bounds
from launchpad.rules.refusals import Refusal

NO_LIMIT = 2**30
_TAKING = (
    update(Variant.__table__)
    .where(Variant.id == bindparam("variant"), Variant.taken + bindparam("units") <= Variant.stock)
    .values(taken=Variant.taken + bindparam("units"))
)


def take(
    campaign: Campaign, person: Person, variant: Variant, quantity: int, tier: str, public: bool, limited: bool = True
) -> None:
    """Set units aside for a person: all of them, or none and a Refusal (limit, head_start_sold_out, sold_out).

    Not `limited`: they are counted, and may be more than one person's share: the team, or a store of its own, said so.

    Call it inside `writing()` and let the refusal leave that block: a rollback undoes what was counted before it.
    """
    most = campaign.per_person if limited else NO_LIMIT
    if not _count(Allowance, quantity, most, campaign_id=campaign.id, person_id=person.id):
        raise Refusal("limit", f"At most {campaign.per_person} per person, over all your orders.", "quantity")
    if not public:
        capped = cap_of(variant, tier)
        if capped and not _count(TierTaken, quantity, capped[1], variant_id=variant.id, tier=capped[0]):
            raise gone(public)
    moved = db.session.execute(
        update(Variant.__table__)
        .where(Variant.id == variant.id, _below(quantity, public))
        .values(taken=Variant.taken + quantity)
    )
    if moved.rowcount != 1:
        taken = db.session.scalar(select(Variant.taken).where(Variant.id == variant.id))
        raise gone(public, bounds.left(bounds.ceiling(public, variant.stock, variant.head_start_stock), taken))


def count_all(campaign: Campaign, quantities: dict[int, int]) -> bool:
    """Count units on the allowances of these people. False when somebody would pass their limit: then undo it all."""
    # by person, so that two who count the same people wait for each other in one order
    rows = [
        {"campaign_id": campaign.id, "person_id": id, "taken": quantities[id], "most": campaign.per_person}
        for id in sorted(quantities)
    ]
    counting = _upsert(db.engine.dialect.name, Allowance, ("campaign_id", "person_id"))
    return db.session.connection().execute(counting, rows, execution_options={"preserve_rowcount": True}).rowcount == len(rows)


def take_all(quantities: Mapping[int, int]) -> tuple[int, int] | None:
    """Set units of these variants aside, in public; None when they are. Else the first that has too few, and how many: then
    undo it all."""
    for id, quantity in sorted(quantities.items()):
        if db.session.execute(_TAKING, {"variant": id, "units": quantity}).rowcount != 1:
            stock, taken = db.session.execute(select(Variant.stock, Variant.taken).where(Variant.id == id)).one()
            return id, bounds.left(stock, taken)
    return None


def lock(order: Order) -> None:
    """Take the rows that hold the units of an order, in the one order, before whatever is locked after them."""
    mine = select(Allowance.taken).filter_by(campaign_id=order.campaign_id, person_id=order.person_id)
    db.session.execute(mine.with_for_update())
    if order.head_start and (capped := cap_of(order.variant, order.tier)):
        tier = select(TierTaken.taken).filter_by(variant_id=order.variant_id, tier=capped[0])
        db.session.execute(tier.with_for_update())
    db.session.execute(select(Variant.taken).filter_by(id=order.variant_id).with_for_update())


def release(order_ids: Collection[int]) -> None:
    """Give back the units of these orders. Who calls it has just ended their holds, and so does it once.

    Counted together, so that many orders lock each row once and in the one order.
    """
    allowances, caps, variants = Counter(), Counter(), Counter()
    rows = db.session.execute(
        select(Order.campaign_id, Order.person_id, Order.tier, Order.head_start, Order.quantity, Variant)
        .join(Variant, Variant.id == Order.variant_id)
        .where(Order.id.in_(order_ids))
    )
    for campaign_id, person_id, tier, head_start, quantity, variant in rows:
        allowances[campaign_id, person_id] += quantity
        variants[variant.id] += quantity
        if head_start and (capped := cap_of(variant, tier)):
            caps[variant.id, capped[0]] += quantity
    for (campaign_id, person_id), quantity in sorted(allowances.items()):
        _give_back(Allowance, quantity, campaign_id=campaign_id, person_id=person_id)
    for (variant_id, tier), quantity in sorted(caps.items()):
        _give_back(TierTaken, quantity, variant_id=variant_id, tier=tier)
    for variant_id, quantity in sorted(variants.items()):
        _give_back(Variant, quantity, id=variant_id)


def cap_of(variant: Variant, tier: str) -> tuple[str, int] | None:
    """Under which tier's cap somebody takes in the head start, and how much it is; None when there are no caps.

    A tier without a cap of its own shares that of `member`, as it shares its opening.
    """
    caps = variant.head_start_caps or {}
    if not caps:
        return None
    name = tier if tier in caps else "member"
    return name, caps.get(name, 0)


def _below(quantity: int, public: bool) -> ColumnElement[bool]:
    """The condition under which units may go: the whole stock from the launch on, before it the head start's part."""
    return Variant.taken + quantity <= (Variant.stock if public else Variant.head_start_stock)


def _count(table, quantity: int, limit: int, **key) -> bool:
    """Add to a counter that is made at its first use, unless that would pass the limit."""
    if quantity > limit:
        return False
    counting = _counting(db.engine.dialect.name, table, tuple(key))
    return db.session.scalar(counting, {**key, "taken": quantity, "most": limit}) is not None


@cache
def _counting(dialect: str, table, key: tuple[str, ...]) -> ReturningInsert:
    return _upsert(dialect, table, key).returning(table.taken)


@cache
def _upsert(dialect: str, table, key: tuple[str, ...]) -> Insert:
    """Built once: in a rush, building a statement would cost more than the database needs to answer it."""
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table.__table__)
    more = table.taken + insert.excluded.taken
    return insert.on_conflict_do_update(index_elements=key, set_={"taken": more}, where=more <= bindparam("most"))


def _give_back(table, quantity: int, **key) -> None:
    where = [getattr(table, name) == value for name, value in key.items()]
    db.session.execute(
        update(table).where(*where).values(taken=table.taken - quantity).execution_options(synchronize_session=False)
    )


def gone(public: bool, left: int = 0) -> Refusal:
    """What somebody is told for whom too little is left, in public or in the head start."""
    if public and left:
        return Refusal("sold_out", f"Only {left} left of this one. Choose fewer.", "quantity")
    if public:
        return Refusal(
            "sold_out", "Sold out. Units that somebody does not pay for come back: look again in a few minutes."
        )
    if left:
        return Refusal(
            "head_start_sold_out", f"Only {left} left of this one in the head start. Choose fewer.", "quantity"
        )
    return Refusal(
        "head_start_sold_out", "What was set aside for the head start is taken. Doors open for everyone at the launch."
    )
