"""Readiness: the facts of rules.readiness, read from rows and settings, and what the room shows of it."""

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy import func, or_, select

from launchpad import clock
from launchpad.config import Settings
from launchpad.database import db
from launchpad.models import Campaign, KeptReport, LiveEvent, Poll, Prompt, Rehearsal, Staff, Variant
from launchpad.outside import payments
from launchpad.rules import readiness as rules
from launchpad.rules import timetable
from launchpad.rules.live_events import event_of, is_reminder
from launchpad.rules.polls import in_thread
from launchpad.rules.readiness import Facts, Item
from launchpad.rules.readiness_facts import Ballot, Wares, opening
from launchpad.services import duties, health, needs, polls, state, store_setup, test_letters


def facts(campaign: Campaign) -> Facts:
    """All that is asked about, at the campaign's now."""
    settings: Settings = current_app.extensions["settings"]
    sent, arrived = test_letters.newest(campaign)
    provider = store_setup.provider_of(campaign)
    return Facts(
        moment=campaign.now,
        real=clock.now(),
        zone=campaign.zone,
        openings=[(m.name, opens) for m, opens in timetable.openings(campaign.milestones)],
        rehearsal=campaign.rehearsal is not None,
        kept=settings.keeps_letters,
        sent_at=sent.sent_at if sent else None,
        arrived_at=arrived.arrived_at if arrived else None,
        arrived_to=arrived.person.known_as if arrived else "",
        address=settings.base_url,
        public=settings.secure and not _local(settings.host),
        secret=len(settings.secret_key),
        owners=_owners(campaign),
        troubles=tuple(health.troubles()),
        story=bool(campaign.story.strip()),
        hero=bool(campaign.hero),
        alt=bool(campaign.hero_alt.strip()),
        wares=tuple(Wares(v.name, v.price, v.stock, v.head_start_stock) for v in _rows(Variant, campaign)),
        ballots=tuple(_ballot(campaign, poll) for poll in _rows(Poll, campaign) if not in_thread(poll.number)),
        missing=tuple(needs.pages_missing(campaign)),
        provider=provider,
        practised=payments.practised(provider),
        webhook_at=webhook_seen(campaign),
        on_duty=tuple((duty.begins, duty.ends) for duty in duties.every(campaign)),
        events=tuple(live_events(campaign)),
        played=_played(campaign),
        prompts=len(_rows(Prompt, campaign)),
        words=bool(campaign.recap_words.strip()),
    )


def webhook_seen(campaign: Campaign) -> datetime | None:
    """When a verified message of the campaign's provider came last; None while none is known."""
    return store_setup.last_word(store_setup.provider_of(campaign))


def live_events(campaign: Campaign) -> list[tuple[datetime, datetime]]:
    """From when to when something takes place live."""
    return [(event.at, event.ends) for event in _rows(LiveEvent, campaign) if event.cancelled_at is None]


def phases(campaign: Campaign) -> list[tuple[str, datetime | None, list[Item]]]:
    """Each phase on the timetable, when it begins, and its items."""
    known = facts(campaign)
    names = {name for name, _ in known.openings}
    on_it = [p for p in rules.PHASES if p in names or (p == "head_start" and timetable.head_start_tiers(campaign.milestones))]
    return [(phase, opening(known, phase), rules.items(known, phase)) for phase in on_it]


def open_items(campaign: Campaign, phase: str) -> list[Item]:
    """What still needs somebody before a phase."""
    return [item for item in rules.items(facts(campaign), phase) if item.open]


def soon(campaign: Campaign) -> list[tuple[str, datetime, list[Item]]]:
    """The phases that begin within 48 hours, each with what still needs somebody; for the room."""
    if not rules.soon(_moments(campaign)):
        return []
    known = facts(campaign)
    return [
        (phase, moment, [item for item in rules.items(known, phase) if item.open])
        for phase, moment in rules.soon(known)
    ]  # fmt: skip


def _moments(campaign: Campaign) -> Facts:
    """The timetable alone: no row is read for a campaign that nothing is near for."""
    openings = [(m.name, opens) for m, opens in timetable.openings(campaign.milestones)]
    return Facts(moment=campaign.now, real=campaign.now, zone=campaign.zone, openings=openings)


def _rows(model, campaign: Campaign) -> list:
    return list(db.session.scalars(select(model).where(model.campaign_id == campaign.id).order_by(model.id)))


def _ballot(campaign: Campaign, poll: Poll) -> Ballot:
    return Ballot(poll.number, len(poll.options), polls.window(campaign, poll.number)[1])


def _owners(campaign: Campaign) -> int:
    """How many people may do everything here, now."""
    here = or_(Staff.campaign_id.is_(None), Staff.campaign_id == campaign.id)
    lasts = or_(Staff.until.is_(None), Staff.until > clock.now())
    owners = select(func.count(Staff.person_id.distinct())).where(Staff.role == "owner", here, lasts)
    return db.session.scalar(owners)


def _local(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]")
    return name in ("localhost", "::1") or name.startswith("127.") or name.endswith((".local", ".internal", ".test"))


def _played(campaign: Campaign) -> bool | None:
    """True when a rehearsal was played to its end with the moments of the timetable as they are; None without any."""
    reports = [
        *db.session.scalars(
            select(Rehearsal.report)
            .where(Rehearsal.of_id == campaign.id, Rehearsal.reported_at.is_not(None))
            .order_by(Rehearsal.id.desc())
            .limit(1)
        ),
        *db.session.scalars(
            select(KeptReport.report).where(KeptReport.slug == campaign.slug).order_by(KeptReport.id.desc()).limit(1)
        ),
    ]
    if not reports:
        return None
    due = _plan((m.name, state.iso(m.due)) for m in campaign.milestones)
    return any(_plan((m["name"], m["due"]) for m in report.get("milestones", ())) == due for report in reports if report)


def _plan(moments: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Moments to compare. Those of live events are named by their rows, which a copy has anew: they go by moment alone."""
    return sorted(("event" if event_of(name) else name, due) for name, due in moments if not is_reminder(name))
