"""From a place on the waitlist to a purchase, by cohort: one question to the places, added up by day, tier, source and wish."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Row, case, func, literal, select

from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Place, Variant
from launchpad.rules import attribution
from launchpad.services.revenue import MOST, OTHERS, share

DAYS = 60  # of a waitlist longer than this, weeks are counted instead
BY = {
    "day": "By the day they joined",
    "tier": "By tier",
    "source": "By where they came from",
    "wish": "By what they wished for",
}
NO_WISH = "no wish"


@dataclass(frozen=True)
class Cohort:
    """Confirmed places that have something in common; of them, those that bought in the head start, and only after it."""

    name: str
    places: int
    early: int
    late: int

    @property
    def buyers(self) -> int:
        return self.early + self.late

    @property
    def share(self) -> float | None:
        return share(self.buyers, self.places)


def cohorts(campaign: Campaign) -> dict[str, list[Cohort]]:
    """The same places four times, by each of BY; every list sums up to all confirmed places."""
    starts = _days(campaign)
    rows = _rows(campaign, starts)
    names = dict(db.session.execute(select(Variant.sku, Variant.name).where(Variant.campaign_id == campaign.id)).all())
    tiers = campaign.tiers or {}
    week = len(starts) > 1 and starts[1] - starts[0] > timedelta(days=2)

    def day(row: Row) -> str:
        return starts[row.day].strftime("week of %-d %b %Y" if week else "%a %-d %b %Y")

    return {
        "day": [_add(name, found) for name, found in _grouped(sorted(rows, key=lambda row: row.day), day).items()],
        "tier": _ranked(_grouped(rows, lambda row: tiers.get(row.tier) or row.tier.capitalize())),
        "source": _ranked(_grouped(rows, lambda row: attribution.came_by(row.source or ""))),
        "wish": _ranked(_grouped(rows, lambda row: names.get(row.sku, row.sku) or NO_WISH)),
    }


def _rows(campaign: Campaign, starts: list[datetime]) -> list[Row]:
    # Asked once for all places, not once a place: joined instead, SQLite went through all orders for each of them.
    bought = select(Order.person_id).where(Order.campaign_id == campaign.id, Order.state == "confirmed")
    first = bought.where(Order.head_start.is_(True))
    early = case((Place.person_id.in_(first), 1), (Place.person_id.in_(bought), 0), else_=None)
    later = [(Place.submitted_at < start, number) for number, start in enumerate(starts[1:])]
    last = max(len(starts) - 1, 0)
    each = (
        select(
            (case(*later, else_=last) if later else literal(last)).label("day"), Person.tier, Place.source, Place.sku,
            early.label("early"),
        )
        .join(Person, Person.id == Place.person_id)
        .where(Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None))
        .subquery()
    )  # fmt: skip
    kind = (each.c.day, each.c.tier, each.c.source, each.c.sku, each.c.early)
    return list(db.session.execute(select(*kind, func.count().label("places")).group_by(*kind)))


def _days(campaign: Campaign) -> list[datetime]:
    """The beginnings of the days, or weeks, in which places were asked for, in the campaign's zone."""
    counts = Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None)
    query = select(func.min(Place.submitted_at), func.max(Place.submitted_at)).where(*counts)
    first, last = (moment and moment.astimezone(campaign.zone) for moment in db.session.execute(query).one())
    if first is None:
        return []
    step = 1 if (last.date() - first.date()).days < DAYS else 7
    while (last.date() - first.date()).days // step > DAYS:
        step += 7
    dates = range(0, (last.date() - first.date()).days + 1, step)
    return [datetime.combine(first.date() + timedelta(days=n), time(), campaign.zone) for n in dates]


def _grouped(rows, key) -> dict[str, Counter]:
    found: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        found[key(row)][row.early] += row.places  # early: 1 in the head start, 0 only after it, None did not buy
    return dict(found)


def _ranked(found: dict[str, Counter]) -> list[Cohort]:
    ranked = sorted(found, key=lambda name: (-found[name].total(), name))
    kept = [_add(name, found[name]) for name in ranked[:MOST]]
    rest = sum((found[name] for name in ranked[MOST:]), Counter())
    return [*kept, _add(OTHERS, rest)] if rest else kept


def _add(name: str, found: Counter) -> Cohort:
    return Cohort(name, found.total(), found[1], found[0])
