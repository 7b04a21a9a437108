"""How the day goes, at a glance: what the host's page shows and asks for again every few seconds."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Entry, Hold, Order
from launchpad.rules import timetable
from launchpad.services import health, moderation, shelves
from launchpad.services.shelves import Shelf
from launchpad.services.timetable import called, lateness

REAL = timedelta(minutes=10)  # the last minutes of a real campaign
PLAYED = timedelta(seconds=15)  # of a rehearsal: as much campaign time as passes in so much real time
LATE = 2.0  # real seconds after which a milestone that is open should have been reached


@dataclass(frozen=True)
class Pulse:
    """`orders`, `units`: confirmed in the last `window` of campaign time. `kept`: why time is not; "" when it is.

    `waiting`: all that the team's queue holds. `new`: entries shown that are younger than the one the page had last.
    """

    orders: int
    units: int
    window: timedelta
    shelves: list[Shelf]
    holds: int
    waiting: int
    new: int
    kept: str

    @property
    def left(self) -> int:
        return sum(shelf.left for shelf in self.shelves)

    @property
    def stock(self) -> int:
        return sum(shelf.variant.stock for shelf in self.shelves)


def pulse(campaign: Campaign, seen: int | None = None) -> Pulse:
    """The day at this moment. `seen` is the id of the newest entry that the page shows."""
    window = window_of(campaign)
    orders, units = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Order.quantity), 0)).where(
            Order.campaign_id == campaign.id, Order.state == "confirmed", Order.confirmed_at > campaign.moment - window
        )
    ).one()
    holds = select(func.count(Hold.id)).join(Order, Order.id == Hold.order_id)
    fresh = select(func.count(Entry.id)).where(Entry.campaign_id == campaign.id, Entry.state == "shown")
    return Pulse(
        orders=orders,
        units=int(units),
        window=window,
        shelves=shelves.shelves(campaign),
        holds=db.session.scalar(
            holds.where(Order.campaign_id == campaign.id, Hold.state == "live", Hold.until > clock.now())
        ),
        waiting=moderation.waiting(campaign),
        new=db.session.scalar(fresh.where(Entry.id > seen)) if seen is not None else 0,
        kept=_not_kept(campaign),
    )


def window_of(campaign: Campaign) -> timedelta:
    """How far back "the last minutes" go, in campaign time."""
    if campaign.rehearsal is None:
        return REAL
    return max(REAL, PLAYED * campaign.rehearsal.chosen_speed)


def _not_kept(campaign: Campaign) -> str:
    """Why the timetable's work is not done in time; "" when it is. The gates open by the clock all the same."""
    parts = health.parts()
    for part in ("redis", "worker", "timekeeper"):
        if not parts[part]["ok"]:
            return parts[part]["why"]
    late = [
        m for m in timetable.open_and_unreached(campaign.milestones, campaign.now)
        if lateness(campaign, timetable.opening(campaign.milestones, m.name)) > LATE
    ]  # fmt: skip
    return f"{called(late[0].name)} has opened and its letters wait" if late else ""
