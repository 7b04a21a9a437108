"""What was sold and where it came from, net of what went back: one question to the orders, added up in as many ways as asked.

Money is in minor units of the campaign's currency. Every way of adding up has the same sum.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, case, func, select

from launchpad.database import db
from launchpad.models import Campaign, Order
from launchpad.rules import attribution

MOST = 12  # sources that have a line of their own; the rest are one line, so that invented ones cannot fill a page
OTHERS = "all others"
_WORTH = Order.quantity * Order.price


@dataclass(frozen=True)
class Sold:
    """Orders of one kind: how many, their units, what was paid for them and not given back."""

    orders: int = 0
    units: int = 0
    revenue: int = 0

    def __add__(self, other: "Sold") -> "Sold":
        return Sold(self.orders + other.orders, self.units + other.units, self.revenue + other.revenue)


@dataclass(frozen=True)
class Revenue:
    """Confirmed orders, split in four ways, and what went back.

    by_source    every one of attribution.SOURCES
    by_stage     head_start, launch
    joined_by    those of `joined`, by the source of the first touch, the largest first
    by_first     all of them, by the source of the first touch; NOT_KNOWN where nobody kept one
    unmatched    of them, those whose buyer's address was nobody's: neither a member's nor a confirmed place's
    refunded     orders whose money went back whole, with what they were worth; in none of the above
    taken_off    money given back of orders that stand; taken off the revenue of all of the above
    """

    by_source: dict[str, Sold]
    by_stage: dict[str, Sold]
    joined_by: dict[str, Sold]
    by_first: dict[str, Sold]
    unmatched: Sold
    refunded: Sold
    taken_off: int

    @property
    def sold(self) -> Sold:
        return sum(self.by_source.values(), Sold())

    @property
    def gross(self) -> int:
        """What was paid before anything went back."""
        return self.sold.revenue + self.taken_off + self.refunded.revenue

    @property
    def average(self) -> float | None:
        """Of an order, in minor units."""
        return share(self.sold.revenue, self.sold.orders)

    @property
    def refund_share(self) -> float | None:
        """Of what was paid, how much went back."""
        return share(self.refunded.revenue + self.taken_off, self.gross)

    @property
    def unmatched_share(self) -> float | None:
        """Of the revenue, what came from addresses that were nobody's."""
        return share(self.unmatched.revenue, self.sold.revenue)

    @property
    def not_known(self) -> Sold:
        """Orders whose first touch nobody kept."""
        return self.by_first.get(attribution.NOT_KNOWN, Sold())


def share(part: int, whole: int) -> float | None:
    """A part of the whole, None while there is no whole."""
    return part / whole if whole else None


def revenue(campaign: Campaign) -> Revenue:
    """Add up a campaign's orders as they are now."""
    rows = _rows(campaign)
    stands = [row for row in rows if row.state == "confirmed"]
    sources = _by(stands, lambda row: row.source)
    stages = _by(stands, lambda row: "head_start" if row.head_start else "launch")
    return Revenue(
        by_source={source: sources.get(source, Sold()) for source in attribution.SOURCES},
        by_stage={stage: stages.get(stage, Sold()) for stage in ("head_start", "launch")},
        joined_by=_largest(_by([row for row in stands if row.source == "joined"], _first)),
        by_first=_largest(_by(stands, _first), attribution.NOT_KNOWN),
        unmatched=_sum(row for row in stands if not row.known),
        refunded=_sum((row for row in rows if row.state == "refunded"), gross=True),
        taken_off=sum(int(row.back) for row in stands),
    )


def net() -> ColumnElement[int]:
    """What an order is worth less what went back of it, for a sum over orders; never below nothing."""
    return case((Order.refunded > _WORTH, 0), else_=_WORTH - Order.refunded)


def _rows(campaign: Campaign) -> list[Row]:
    """One row for each kind of order there is. Orders of before `matched` was kept count by what came of them."""
    known = case((Order.matched.is_(None), Order.source.in_(("member", "joined"))), else_=Order.matched)
    each = (
        select(
            Order.source, Order.came_by, Order.head_start, Order.state, known.label("known"), Order.quantity,
            _WORTH.label("worth"), (_WORTH - net()).label("back"),
        )
        .where(Order.campaign_id == campaign.id, Order.state.in_(("confirmed", "refunded")))
        .subquery()
    )  # fmt: skip
    kind = (each.c.source, each.c.came_by, each.c.head_start, each.c.state, each.c.known)
    sums = (func.count().label("orders"), func.sum(each.c.quantity).label("units"))
    money = (func.sum(each.c.worth).label("gross"), func.sum(each.c.back).label("back"))
    return list(db.session.execute(select(*kind, *sums, *money).group_by(*kind)))


def _by(rows: list[Row], key: Callable[[Row], str]) -> dict[str, Sold]:
    found: dict[str, Sold] = defaultdict(Sold)
    for row in rows:
        found[key(row)] += _sold(row)
    return dict(found)


def _sum(rows, gross: bool = False) -> Sold:
    return sum((_sold(row, gross) for row in rows), Sold())


def _sold(row: Row, gross: bool = False) -> Sold:
    return Sold(row.orders, int(row.units), int(row.gross) - (0 if gross else int(row.back)))


def _first(row: Row) -> str:
    return attribution.came_by(row.came_by)


def _largest(found: dict[str, Sold], *always: str) -> dict[str, Sold]:
    """By revenue, the small ones together; what is named in `always` keeps a line of its own, at the end."""
    ranked = sorted((n for n in found if n not in always), key=lambda name: (-found[name].revenue, name))
    kept = {name: found[name] for name in ranked[:MOST]}
    if ranked[MOST:]:
        kept[OTHERS] = sum((found[name] for name in ranked[MOST:]), Sold())
    return kept | {name: found[name] for name in always if name in found}
