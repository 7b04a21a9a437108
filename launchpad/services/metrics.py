"""What the site counts, for Prometheus: gauges read from the rows, so that every process says the same."""

from collections.abc import Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Hold, Letter, Order, Place
from launchpad.services import health


class Rows:
    """A collector of prometheus_client: each scrape asks the database anew. No label names a person."""

    def collect(self) -> Iterator[Metric]:
        parts = GaugeMetricFamily("launchpad_part_in_order", "1 while a part is in order", labels=["part"])
        for name, part in health.parts().items():
            parts.add_metric([name], int(part["ok"]))
        yield parts
        yield _gauge("launchpad_letters", "Letters by state", ["state"], select(Letter.state, func.count()), Letter.state)
        yield _gauge("launchpad_orders", "Orders by state", *_by_campaign(Order, Order.state, "state"))
        yield _gauge("launchpad_entries", "Thread entries by state", *_by_campaign(Entry, Entry.state, "state"))
        yield _gauge("launchpad_holds", "Holds by state", ["state"], select(Hold.state, func.count()), Hold.state)
        counted = Place.confirmed_at.is_not(None) & Place.left_at.is_(None)
        places = select(Campaign.slug, func.count()).join(Place, Place.campaign_id == Campaign.id).where(counted)
        yield _gauge("launchpad_confirmed_places", "Places that count", ["campaign"], places, Campaign.slug)


def _by_campaign(kind, column, name: str) -> tuple:
    counts = select(Campaign.slug, column, func.count()).join(kind, kind.campaign_id == Campaign.id)
    return ["campaign", name], counts, Campaign.slug, column


def _gauge(name: str, words: str, labels: list[str], counts, *group) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for *values, number in db.session.execute(counts.group_by(*group)):
        family.add_metric([str(value) for value in values], number)
    return family
