"""Doubts about places, as rows: raised when a place is made, asked for when it is confirmed.

Who decides about them is `admitting`; what raises them is `suspicion`.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Doubt, Place
from launchpad.rules import timetable
from launchpad.rules.suspicion import CHECKED_WITHIN, checked_by


def raise_all(campaign: Campaign, reasons: Mapping[int, list[str]]) -> None:
    """Doubt these places (place id -> reasons). One that was doubted before stays as it is, also when it was let in."""
    if not reasons:
        return
    here = select(Place.id).where(Place.campaign_id == campaign.id, Place.id.in_(list(reasons)), Place.left_at.is_(None))
    known = db.session.scalars(here).all()  # marks may name a place whose making was rolled back
    now = campaign.moment
    same = {"campaign_id": campaign.id, "state": "open", "reason": "", "raised_at": now, "due": now + CHECKED_WITHIN}
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Doubt.__table__).on_conflict_do_nothing(index_elements=["place_id"])
    rows = [{**same, "place_id": id, "reasons": ",".join(reasons[id])[:250]} for id in sorted(known)]
    if rows:
        db.session.connection().execute(statement, rows)


def of(place: Place) -> Doubt | None:
    """The doubt about a place, whatever became of it."""
    query = select(Doubt).where(Doubt.place_id == place.id).execution_options(populate_existing=True)
    return db.session.scalar(query)


def until(campaign: Campaign, doubt: Doubt) -> datetime:
    """By when it will have been looked at: a moment of campaign time."""
    tier = doubt.place.person.tier
    openings = [timetable.tier_opening(campaign.milestones, tier), timetable.opening(campaign.milestones, "launch")]
    return checked_by(doubt.due, doubt.raised_at, openings)


def holds(campaign: Campaign, place: Place) -> bool:
    """True when a place does not count yet although its letter's link was used: it is looked at, or was refused.

    The clock decides: once the time to look is over, it does not hold any more, whoever is alive to say so.
    """
    doubt = of(place)
    if doubt is None or doubt.state == "admitted":
        return False
    return doubt.state == "refused" or until(campaign, doubt) > campaign.moment


def used(campaign: Campaign, place: Place) -> bool:
    """The link of a place that is held was used; False when it had been before."""
    return bool(
        db.session.execute(
            update(Doubt)
            .where(Doubt.place_id == place.id, Doubt.used_at.is_(None))
            .values(used_at=campaign.moment)
            .execution_options(synchronize_session=False)
        ).rowcount
    )
