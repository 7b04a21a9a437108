"""Passes: with access `passes` the head start follows the line. The first wave of it is given out when a tier opens."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Variant
from launchpad.rules import timetable


def first_wave(campaign: Campaign, of_tier: ColumnElement[bool], opening: datetime) -> int:
    """Give a pass to the first places of a tier that count and were submitted before its opening; how many.

    As many as a wave of the campaign holds; without one, as many as there are units for the head start. A pass lasts
    the campaign's hours, at most until the launch. Who has one keeps it.
    """
    hours = timedelta(hours=campaign.waitlist.get("pass_hours") or 24)
    launch = timetable.opening(campaign.milestones, "launch")
    until = opening + hours if launch is None else min(opening + hours, launch)
    first = (
        select(Place.id)
        .join(Person, Person.id == Place.person_id)
        .where(Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None))
        .where(Place.submitted_at < opening, Place.pass_from.is_(None), Person.erased_at.is_(None), of_tier)
        .order_by(Place.submitted_at, Place.id)
        .limit(wave(campaign))
    )
    given = update(Place).where(Place.id.in_(first.scalar_subquery())).values(pass_from=opening, pass_until=until)
    return db.session.execute(given.execution_options(synchronize_session=False)).rowcount


def wave(campaign: Campaign) -> int:
    """How many places of a tier get a pass when it opens."""
    return campaign.waitlist.get("wave") or _head_start_units(campaign)


def _head_start_units(campaign: Campaign) -> int:
    units = select(func.coalesce(func.sum(Variant.head_start_stock), 0)).where(Variant.campaign_id == campaign.id)
    return db.session.scalar(units)
