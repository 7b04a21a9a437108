"""A plan back into the table of a campaign file: `parse(unparse(plan)) == plan`."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from launchpad.rules import prequeue
from launchpad.rules.phases import OPENED_BY
from launchpad.rules.plan import Plan, PollPlan, VariantPlan


def unparse(plan: Plan) -> dict:
    """The file's table, in its own order. Moments are in the campaign's zone, with their offset."""
    zone = ZoneInfo(plan.timezone)
    table = {
        "campaign": _said(
            slug=plan.slug, name=plan.name, tagline=plan.tagline, timezone=plan.timezone, currency=plan.currency,
            brand=plan.brand, hue=plan.hue, story=plan.story, hero=plan.hero, hero_alt=plan.hero_alt if plan.hero else "",
            membership=plan.membership, vat=plan.vat,
        ),  # fmt: skip
        "target": _target(plan),
        "schedule": _schedule(plan, zone),
        "waitlist": _said(
            access=plan.access, rule=plan.rule, cap=plan.cap, wave=plan.wave, pass_hours=plan.pass_hours,
            points=dict(plan.points) or None, closes=_local(plan.closes, zone) if plan.closes else None,
            frames=list(plan.frames) or None,
        ),
        "tiers": dict(plan.tiers),
        "launch": _launch(plan),
        "limits": _said(per_person=plan.per_person, per_order=plan.per_order, hold_minutes=plan.hold_minutes),
        "links": dict(plan.links),
        "delivery": _said(date=plan.delivery_date, note=plan.delivery_note, shipping=plan.shipping_note),
        "store": dict(plan.store),
        "referrals": dict(plan.referrals),
        "thread": dict(plan.thread),
        "rehearsal": _said(speed=plan.speed),
        "variants": [_variant(v) for v in plan.variants],
        "polls": [_poll(p, zone) for p in plan.polls],
        "events": [
            {"title": e.title, "at": _local(e.at, zone), "minutes": e.minutes}
            | _said(link=e.link, host=e.host, text=e.text)
            for e in plan.events
        ],
        "prompts": [{**_said(text=p.text, template=p.template), "from": p.begins} for p in plan.prompts],
    }
    return {name: part for name, part in table.items() if part}


def _schedule(plan: Plan, zone: ZoneInfo) -> dict:
    waits = [m.name for m in plan.milestones if m.waits]
    return {
        **{m.name: _local(m.due, zone) for m in plan.milestones if m.name in OPENED_BY},
        **({"waits": waits} if waits else {}),
        "head_start": dict(plan.head_start),
    }


def _launch(plan: Plan) -> dict:
    """The queue before the doors; nothing while all of it is as it is without a word."""
    said = {"prequeue": plan.prequeue, "prequeue_minutes": plan.prequeue_minutes, "prequeue_rate": plan.prequeue_rate}
    usual = {"prequeue": False, "prequeue_minutes": prequeue.MINUTES, "prequeue_rate": prequeue.RATE}
    return said if said != usual else {}


def _target(plan: Plan) -> dict:
    target = plan.target
    table = _said(identity=target.identity, value=target.value)
    if target.behaviour:
        table["behaviour"] = {"do": target.behaviour, "goal": target.behaviour_goal}
    if target.measure:
        table["outcome"] = {"measure": target.measure, "goal": target.measure_goal}
    return table


def _variant(variant: VariantPlan) -> dict:
    table = {"sku": variant.sku, "name": variant.name, "price": variant.price, "stock": variant.stock}
    table["head_start_stock"] = dict(variant.head_start_by_tier) or variant.head_start_stock
    return table | ({"prices": dict(variant.prices)} if variant.prices else {})


def _poll(poll: PollPlan, zone: ZoneInfo) -> dict:
    table = {"question": poll.question, "options": list(poll.options), "kind": poll.kind, "results": poll.results}
    if poll.closes:
        table["closes"] = _local(poll.closes, zone)
    if poll.kind == "multiple":
        table["choices"] = {"min": poll.least, "max": poll.most}
    return table


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as the zone's clocks show it, with a plain offset in whole minutes: TOML says no more."""
    offset = moment.astimezone(zone).utcoffset()
    return moment.astimezone(timezone(timedelta(minutes=round(offset / timedelta(minutes=1)))))


def _said(**values) -> dict:
    return {key: value for key, value in values.items() if value is not None and value != ""}
