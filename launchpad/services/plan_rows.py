"""A campaign's rows read back as the plan that its file would say now."""

from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Poll, Prompt, Variant
from launchpad.rules import live_events, moderation, prequeue, tax, timetable
from launchpad.rules.plan import MilestonePlan, Plan, PollPlan, PromptPlan, TargetPlan, VariantPlan
from launchpad.rules.polls import IN_THREAD, closes_in_thread
from launchpad.services import event_rows

RATING = ("1", "2", "3", "4", "5")  # the answers of a rating that names none of its own


def asked(poll: Poll) -> tuple[str, tuple[str, ...]]:
    """What a poll asks, without its question: its kind and the words of its options."""
    return poll.kind, tuple(option.text for option in poll.options)


def _of_file(milestone: str) -> bool:
    """False for a moment that no file has: of a live event, of a poll in the thread."""
    return live_events.event_of(milestone) is None and not closes_in_thread(milestone)


def plan_of(campaign: Campaign) -> Plan:
    """The campaign as its file would say it now."""
    where = {"campaign_id": campaign.id}
    # a turn opened again by hand is the team's, the moments of live events are the events'
    first = [m for m in campaign.milestones if timetable.turn(m) == 1 and _of_file(m.name)]
    due = {m.name: m.due for m in first}
    target, line, queue = campaign.target, campaign.waitlist, prequeue.read(campaign.prequeue)
    return Plan(
        slug=campaign.slug, name=campaign.name, timezone=campaign.timezone, currency=campaign.currency,
        milestones=tuple(MilestonePlan(m.name, m.phase, m.due, m.hours, m.waits) for m in first),
        variants=tuple(
            VariantPlan(v.sku, v.name, v.price, v.stock, v.head_start_stock, dict(v.head_start_caps), dict(v.prices))
            for v in db.session.scalars(select(Variant).filter_by(**where).order_by(Variant.position, Variant.id))
        ),
        head_start={m.name.removeprefix("head_start_"): m.hours for m in first if m.hours},
        tagline=campaign.tagline, brand=campaign.brand, hue=campaign.hue, story=campaign.story,
        hero=f"{campaign.slug}.webp" if campaign.hero else None,
        hero_alt=campaign.hero_alt if campaign.hero else "", membership=campaign.membership,
        target=TargetPlan(
            target.get("identity", ""), target.get("value", ""), target.get("behaviour", ""),
            target.get("behaviour_goal"), target.get("measure"), target.get("measure_goal"),
        ),
        tiers=dict(campaign.tiers), access=campaign.access, rule=campaign.rule,
        cap=line.get("cap"), wave=line.get("wave"), pass_hours=line.get("pass_hours") or 24,
        points=dict(line.get("points") or {}),
        closes=datetime.fromisoformat(line["closes"]) if line.get("closes") else None,
        frames=tuple(line.get("frames") or ()),
        per_person=campaign.per_person, per_order=campaign.per_order, hold_minutes=campaign.hold_minutes,
        prequeue=queue.on, prequeue_minutes=queue.minutes, prequeue_rate=queue.rate,
        polls=tuple(
            PollPlan(
                p.question, () if asked(p) == ("rating", RATING) else asked(p)[1], p.kind, p.results,
                due.get(f"poll_{p.number}_closes"), p.least, p.most,
            )
            for p in db.session.scalars(select(Poll).filter_by(**where).where(Poll.number <= IN_THREAD).order_by(Poll.number))
        ),
        events=tuple(
            event_rows.plan_of(e)
            for e in db.session.scalars(
                select(LiveEvent).filter_by(**where, cancelled_at=None).order_by(LiveEvent.at, LiveEvent.id)
            )
        ),
        prompts=tuple(
            PromptPlan(p.text, p.template, p.since)
            for p in db.session.scalars(select(Prompt).filter_by(**where).order_by(Prompt.position, Prompt.id))
        ),
        links=dict(campaign.links), delivery_date=campaign.delivery, delivery_note=campaign.delivery_note,
        shipping_note=campaign.shipping_note, vat=tax.plain(campaign.vat),
        store=dict(campaign.store or {}), referrals=dict(campaign.referrals or {}),
        thread=moderation.kept(moderation.read(campaign.thread_rules)) or {},
        speed=campaign.rehearsal.chosen_speed if campaign.rehearsal else None,
    )  # fmt: skip
