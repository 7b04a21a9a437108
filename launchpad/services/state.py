"""The public truth about a campaign at one moment: what state.json says and what pages show to strangers."""

from datetime import datetime, timedelta

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Variant
from launchpad.rules import timetable
from launchpad.rules.head_start import offered_to_the_line
from launchpad.rules.live_events import is_reminder
from launchpad.rules.phases import Phase
from launchpad.services import line_blocks, live_events

ON_ITS_WAY = timedelta(seconds=0.5)  # so long an answer may travel before somebody keeps it


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
        "version": campaign.version,
        "held": campaign.held_at is not None,
        "stopped": campaign.sales_stopped_at is not None,
        "message": said(campaign),
        "awaited": late.name if (late := timetable.awaited(campaign.milestones, now)) else None,
        "selling": selling(campaign, phase) and not offered_to_the_line(now, campaign.list_first_until),
        "head_start": {tier: head_start(campaign, tier, now) for tier in timetable.head_start_tiers(campaign.milestones)},
        "milestones": [
            {"name": m.name, "due": iso(m.due), "reached": iso(m.reached_at), "waits": m.waits and m.went_at is None}
            for m, _ in timetable.openings(campaign.milestones)
            if not is_reminder(m.name)
        ],
        "events": [
            {"id": s.event.id, "title": s.event.title, "at": iso(s.begins), "ends": iso(s.ends), "live": s.live}
            for s in live_events.public(campaign, now)
        ],
        "waitlist": {"confirmed": confirmed(campaign)},
        "stock": [{"sku": v.sku, "total": v.stock, "left": v.left} for v in variants],
        "thread": {"seq": campaign.seq},
    }


def said(campaign: Campaign) -> str:
    """The team's own words about a hold or stopped sales while either lasts; "" when there are none."""
    held = campaign.hold_message if campaign.held_at is not None else ""
    stopped = campaign.sales_message if campaign.sales_stopped_at is not None else ""
    return " ".join(words for words in (held, stopped) if words)


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
    return line_blocks.total(campaign)


def until_opening(campaign: Campaign, now: datetime) -> timedelta | None:
    """Real time from `now` to the next opening; None when nothing opens by itself, or the clock stands."""
    coming = timetable.next_opening(campaign.milestones, now)
    return _real(campaign, coming[1] - now) if coming else None


def until_change(campaign: Campaign, now: datetime) -> timedelta | None:
    """Real time until what is public changes by itself: the next opening, the next end of a live event or of the time in
    which the line is served first.
    """
    ends, served = live_events.next_change(campaign, now), campaign.list_first_until
    left = [until_opening(campaign, now), _real(campaign, ends - now) if ends else None]
    left.append(_real(campaign, served - now) if offered_to_the_line(now, served) else None)
    return min((each for each in left if each is not None), default=None)


def lifetime(campaign: Campaign, now: datetime, longest: int) -> int:
    """For how many whole seconds an answer that was true at `now` may be kept, at most `longest`; 0 is not at all.

    It must not outlive the next opening: what was spent on making it counts, and so does its way to the reader.
    """
    change = changes_at(campaign, now)
    if change is None:
        return longest
    return min(longest, max(0, (change - clock.now() - ON_ITS_WAY) // timedelta(seconds=1)))


def changes_at(campaign: Campaign, now: datetime) -> datetime | None:
    """The real moment at which what was true at `now` changes by itself; None when it does not."""
    left = until_change(campaign, now)
    return (campaign.asked_at or clock.now()) + left if left is not None else None


def _real(campaign: Campaign, length: timedelta) -> timedelta | None:
    """How long a length of campaign time lasts by the wall clock; None while the campaign's clock stands."""
    if campaign.held_at is not None:
        return None
    if campaign.mapping is None:
        return length
    return length / campaign.mapping.speed if campaign.mapping.speed else None
