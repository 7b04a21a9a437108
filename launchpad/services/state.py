"""The public truth about a campaign at one moment: what state.json says and what pages show to strangers."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Place, Variant
from launchpad.rules import timetable
from launchpad.rules.phases import Phase


def iso(moment: datetime | None) -> str | None:
    """RFC 3339, UTC, six decimals."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def public(campaign: Campaign, now: datetime) -> dict:
    """Everything here is true at `now`, and everyone may know it."""
    phase = timetable.phase(campaign.milestones, now)
    variants = db.session.scalars(select(Variant).filter_by(campaign_id=campaign.id).order_by(Variant.position, Variant.id))
    return {
        "slug": campaign.slug,
        "now": iso(now),
        "phase": phase.value,
        "selling": selling(campaign, phase),
        "head_start": {tier: head_start(campaign, tier, now) for tier in timetable.head_start_tiers(campaign.milestones)},
        "milestones": [
            {"name": m.name, "due": iso(m.due), "reached": iso(m.reached_at)}
            for m, _ in timetable.openings(campaign.milestones)
        ],
        "waitlist": {"confirmed": confirmed(campaign)},
        "stock": [{"sku": v.sku, "total": v.stock, "left": v.left} for v in variants],
        "thread": {"seq": campaign.seq},
    }


def selling(campaign: Campaign, phase: Phase) -> bool:
    """True while anyone may buy: from the launch until the archive, unless the team stopped sales."""
    return phase in (Phase.LAUNCH, Phase.RECAP) and campaign.sales_stopped_at is None


def head_start(campaign: Campaign, tier: str, now: datetime) -> bool:
    """True while the window of a tier is open: from its opening until the launch, unless sales are stopped."""
    opening = timetable.tier_opening(campaign.milestones, tier)
    launched = timetable.phase(campaign.milestones, now).is_from(Phase.LAUNCH)
    return opening is not None and opening <= now and not launched and campaign.sales_stopped_at is None


def confirmed(campaign: Campaign) -> int:
    """How many places count: confirmed and not left."""
    return db.session.scalar(
        select(func.count())
        .select_from(Place)
        .where(Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None))
    )


def until_opening(campaign: Campaign, now: datetime) -> timedelta | None:
    """Real time from `now` to the next opening; None when nothing opens by itself, or the clock stands."""
    coming = timetable.next_opening(campaign.milestones, now)
    if coming is None or campaign.held_at is not None:
        return None
    if campaign.mapping is None:
        return coming[1] - now
    return (coming[1] - now) / campaign.mapping.speed if campaign.mapping.speed else None
