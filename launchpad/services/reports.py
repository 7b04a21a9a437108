"""The report of a rehearsal: what came of it, counted from rows once nothing moves any more."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Entry, Hold, Letter, Order, Place, Rehearsal, Story, Variant
from launchpad.rules import timetable
from launchpad.services import crowd, effects, kept_reports, mishap_words, state
from launchpad.services.timetable import locked

RECAP_PATIENCE = timedelta(minutes=2)  # real time for which the recap's letter, that waits for the team, is waited for
LETTER_PATIENCE = timedelta(minutes=2)  # for which a letter is waited for that was refused, and is tried again


def report(campaign: Campaign) -> dict:
    """What came of a rehearsal so far. `late_s` in real seconds, moments in campaign time; letters that were sent."""
    id, rehearsal = campaign.id, campaign.rehearsal
    tally = rehearsal.tally or {}
    orders, units = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Order.quantity), 0)).where(
            Order.campaign_id == id, Order.state == "confirmed"
        )
    ).one()
    return {
        "slug": campaign.slug,
        "speed": rehearsal.chosen_speed,
        "milestones": [
            {"name": m.name, "due": state.iso(m.due), "reached": state.iso(m.reached_at), "late_s": _seconds(m.late)}
            for m, _ in timetable.openings(campaign.milestones)
        ],
        "letters": _letters(id),
        "places": _count(Place, Place.campaign_id == id),
        "confirmed": state.confirmed(campaign),
        "orders": orders,
        "units": units,
        "oversold": _oversold(id),
        "refusals": dict(sorted(tally.get("refusals", {}).items())),
        "entries": _count(Entry, Entry.campaign_id == id, Entry.state == "shown"),
        "stories": _count(Story, Story.campaign_id == id),
        "errors": tally.get("errors", 0),
        "mishaps": mishap_words.told(campaign),
    }


def unwritten() -> list[int]:
    """Rehearsals that have been played to their end, are at rest, and have no report."""
    ended = select(Rehearsal.campaign_id).where(Rehearsal.ended_at.is_not(None), Rehearsal.reported_at.is_(None))
    return [id for id in db.session.scalars(ended) if at_rest(db.session.get(Campaign, id))]


def write(campaign_id: int) -> None:
    """Keep the report of a rehearsal, and let its clock stand: it is over. Writing it again says the same."""
    campaign = locked(campaign_id)
    if campaign is not None and campaign.rehearsal is not None and campaign.rehearsal.reported_at is None:
        real, rehearsal = clock.now(), campaign.rehearsal
        rehearsal.report, rehearsal.reported_at = report(campaign), real
        kept_reports.keep(campaign)
        standing = rehearsal.mapping.at_speed(0, real)
        rehearsal.real_0, rehearsal.campaign_0, rehearsal.speed = standing.real_0, standing.campaign_0, 0


def at_rest(campaign: Campaign) -> bool:
    """True when nothing of a rehearsal will change by itself: all is acted, reached, ended and sent."""
    id, rehearsal = campaign.id, campaign.rehearsal
    if rehearsal.ended_at is None or (rehearsal.crowd_done_at is None and crowd.is_played(campaign)):
        return False
    if timetable.open_and_unreached(campaign.milestones, campaign.now) or _recap_comes(campaign):
        return False
    live = select(Hold.id).join(Order, Order.id == Hold.order_id).where(Order.campaign_id == id, Hold.state == "live")
    soon = clock.now() + LETTER_PATIENCE
    under_way = select(Letter.id).where(
        Letter.campaign_id == id,
        or_(Letter.state == "claimed", (Letter.state == "due") & (Letter.due_at <= soon)),
    )
    return db.session.scalar(live.limit(1)) is None and db.session.scalar(under_way.limit(1)) is None


def _recap_comes(campaign: Campaign) -> bool:
    """True when the recap's letter will still be written, and soon."""
    waits = [m for m in campaign.milestones if m.phase == "recap" and m.reached_at and not m.written_at]
    if not waits or campaign.mapping.paused:
        return False
    comes = campaign.mapping.real(max(m.reached_at for m in waits) + effects.RECAP_WAITS)
    return comes is not None and comes < clock.now() + RECAP_PATIENCE


def _letters(id: int) -> dict[str, int]:
    sent = select(Letter.kind, func.count()).where(Letter.campaign_id == id, Letter.state == "sent")
    return {kind: number for kind, number in db.session.execute(sent.group_by(Letter.kind).order_by(Letter.kind))}


def _oversold(id: int) -> int:
    """Units sold beyond the stock, over all variants."""
    sold = (
        select(Variant.stock, func.coalesce(func.sum(Order.quantity), 0))
        .join(Order, (Order.variant_id == Variant.id) & (Order.state == "confirmed"), isouter=True)
        .where(Variant.campaign_id == id)
        .group_by(Variant.id, Variant.stock)
    )
    return sum(max(0, units - stock) for stock, units in db.session.execute(sold))


def _count(kind: type, *where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*where))


def _seconds(late: float | None) -> float | None:
    return None if late is None else round(late, 3)
