"""What is left of a variant, read for all who ask at the same moment: two statements, and none of them writes.

It decides nothing: who may go in is decided by `buying.buy`. It says when that would be in vain.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Variant


@dataclass(frozen=True)
class Wanted:
    """One variant of one campaign, as typed. `owner` and `key` are those of the order it would become (see `buying`)."""

    slug: str
    sku: str
    owner: str
    key: str


@dataclass(frozen=True)
class Left:
    """So many units are left in public. `stage` changes whenever the team changes what is sold, to whom, or whether."""

    units: int
    stage: tuple
    late: bool  # a hold of that variant is over, and nobody has freed its units yet
    known: bool  # there is an order by that key


# Built once: in a rush, building a statement would cost more than the database needs to answer it.
_SHELVES = (
    select(
        Campaign.slug, Variant.sku, Variant.stock - Variant.taken,
        exists().where(Hold.variant_id == Variant.id, Hold.state == "live", Hold.until <= bindparam("now")),
        Campaign.id, Campaign.version, Campaign.sales_stopped_at, Campaign.list_first_until,
    )
    .join(Variant, Variant.campaign_id == Campaign.id)
    .where(
        Campaign.slug.in_(bindparam("slugs", expanding=True)), Variant.sku.in_(bindparam("skus", expanding=True))
    )
)  # fmt: skip
_ORDERS = (
    select(Campaign.slug, Order.owner, Order.key)
    .join(Order, Order.campaign_id == Campaign.id)
    .where(
        Campaign.slug.in_(bindparam("slugs", expanding=True)),
        Order.owner.in_(bindparam("owners", expanding=True)),
        Order.key.in_(bindparam("keys", expanding=True)),
    )
)


def look(wanted: list[Wanted]) -> list[Left | None]:
    """For each what is left; None where there is no such variant. Opens a reading of its own, and ends it."""
    slugs = sorted({wish.slug for wish in wanted})
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # each statement reads by itself: two turns less of the database
            connection.execution_options(isolation_level="AUTOCOMMIT")
        asked = {"slugs": slugs, "skus": sorted({wish.sku for wish in wanted}), "now": clock.now()}
        shelves = {(slug, sku): rest for slug, sku, *rest in connection.execute(_SHELVES, asked)}
        rows = [shelves.get((wish.slug, wish.sku)) for wish in wanted]
        # after the stock: whoever's own earlier click took the last unit finds its order here
        gone = [wish for wish, row in zip(wanted, rows, strict=True) if row is not None and not row[0]]
        known = set()
        if gone:
            asked = {"slugs": slugs, "owners": [wish.owner for wish in gone], "keys": [wish.key for wish in gone]}
            known = {tuple(row) for row in connection.execute(_ORDERS, asked)}
    return [
        None if row is None else Left(row[0], tuple(row[2:]), bool(row[1]), (wish.slug, wish.owner, wish.key) in known)
        for wish, row in zip(wanted, rows, strict=True)
    ]
