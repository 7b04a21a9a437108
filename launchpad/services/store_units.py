"""Units of orders that a store has sold already: counted in the one number of stock, never beyond it.

A store cannot be told no, so nothing is refused here: limits and the head start's part are counted without a bound and
flagged. Only the stock itself is one: what the store sold beyond it has no units, and is parked. Which orders those
are follows from when they were made in the store, never from which we heard of first.
"""

from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Allowance, Hold, Order, TierTaken, Variant
from launchpad.services import stock

OWNER = "store:"  # begins the owner of every order of a store
_WANT = ("confirmed", "held", "parked", "refunded")  # states of orders that may have units


def lock(provider: str) -> None:
    """One at a time for a store, until the commit. SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"store:{provider}"})


def held(order: Order) -> int:
    """Units that are set aside for an order now."""
    return order.hold.quantity if order.hold is not None and order.hold.state in ("live", "sold") else 0


def change(order: Order, need: int) -> bool:
    """Bring the units of an order to that number. False when there are not as many: then it has none."""
    has = held(order)
    if need > has and not _move(order, need - has):
        need = 0
        if has:
            _move(order, -has)
        return False
    if need < has:
        _move(order, need - has)
    return True


def any_short(variant: Variant) -> bool:
    """True when an order of the store has no units, because there were none."""
    rows = select(Order.id).join(Hold, Hold.order_id == Order.id)
    short = Order.variant_id == variant.id, Order.state == "parked", Hold.state == "ended", Order.owner.startswith(OWNER)
    return db.session.scalar(rows.where(*short).limit(1)) is not None


def misplaced(variant: Variant) -> list[tuple[int, bool]]:
    """The store's orders of a variant that have units though somebody bought before them, or none though there are some:
    ids, each with whether it is to have them; first those that lose theirs. Whoever bought first in the store comes first.

    Reads columns alone: in a rush this is asked for each order, and all of them are looked at.
    """
    db.session.refresh(variant, with_for_update=True)
    rows = select(Order.id, Order.quantity, Order.state, Hold.quantity, Hold.state).join(Hold, Hold.order_id == Order.id)
    mine = Order.variant_id == variant.id, Order.owner.startswith(OWNER), Order.state.in_(_WANT)
    found = db.session.execute(rows.where(*mine).order_by(Order.at, Order.provider_ref, Order.number)).all()
    orders = [(id, wants, held if hold in ("live", "sold") else 0, state) for id, wants, state, held, hold in found]
    orders = [(id, wants, has) for id, wants, has, state in orders if has or state != "refunded"]
    free, changes = variant.stock - variant.taken + sum(has for _, _, has in orders), []
    for id, wants, has in orders:
        given = wants <= free
        free -= wants if given else 0
        if given != bool(has):
            changes.append((id, given))
    return sorted(changes, key=lambda change: change[1])


def _move(order: Order, by: int) -> bool:
    """Count units to a person, a tier and a variant, in the order in which rows are locked."""
    _count(Allowance, by, campaign_id=order.campaign_id, person_id=order.person_id)
    variant = order.variant
    if order.head_start and (capped := stock.cap_of(variant, order.tier)):
        _count(TierTaken, by, variant_id=variant.id, tier=capped[0])
    moved = db.session.execute(
        update(Variant)
        .where(Variant.id == variant.id, Variant.taken + by <= Variant.stock)
        .values(taken=Variant.taken + by)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 1:
        return True
    _count(Allowance, -by, campaign_id=order.campaign_id, person_id=order.person_id)
    if order.head_start and (capped := stock.cap_of(variant, order.tier)):
        _count(TierTaken, -by, variant_id=variant.id, tier=capped[0])
    return False


def _count(table, by: int, **key) -> None:
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    if by > 0:
        insert = dialect.insert(table).values(**key, taken=by)
        db.session.execute(insert.on_conflict_do_update(index_elements=list(key), set_={"taken": table.taken + by}))
        return
    where = [getattr(table, name) == value for name, value in key.items()]
    db.session.execute(
        update(table).where(*where).values(taken=table.taken + by).execution_options(synchronize_session=False)
    )
