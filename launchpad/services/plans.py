"""A campaign from its file, and back: `load` creates or updates by slug, `plan_of` is what `save` writes."""

from datetime import datetime

from babel import Locale
from sqlalchemy import func, select

from launchpad.database import afterwards, db
from launchpad.models import Campaign, Milestone, Order, Person
from launchpad.rules import live_events, timetable
from launchpad.rules.campaign_file import Fault, unparse
from launchpad.rules.file_changes import changes
from launchpad.rules.plan import MilestonePlan, Plan
from launchpad.rules.polls import closes_in_thread
from launchpad.rules.ranking import SOURCES
from launchpad.services import audit, campaigns, event_plans, events, pictures, plan_lists, rehearsals, shelves
from launchpad.services.plan_rows import plan_of
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake

__all__ = ["load", "plan_of", "set_hero"]

CURRENCIES = frozenset(Locale("en").currencies)


def load(
    plan: Plan, actor: Person | None = None, reason: str = "", act: str = "", of: Campaign | None = None
) -> Campaign:
    """Create the campaign of a plan, or bring the one with its slug in line with it.

    The log calls it `act`, where that says more than that a campaign was created or changed; `of` is the campaign that
    a new one was cloned from. What has opened, was sold or was voted on stays: a plan that says otherwise raises Fault
    with the key, and nothing is changed. The hero picture is set apart from this, by `set_hero`.
    """
    if plan.currency not in CURRENCIES:
        raise Fault("campaign.currency", f"{plan.currency} is no currency")
    campaign = campaigns.by_slug(plan.slug)
    known = campaign is not None
    if known:
        shelves.lock_all(campaign)
        campaign = locked(campaign.id)
    before = unparse(plan_of(campaign)) if known else {}
    if campaign is None:
        campaign = Campaign(slug=plan.slug)
        db.session.add(campaign)
    elif bool(campaign.rehearsal) != (plan.speed is not None):
        said = "a rehearsal: wipe it first" if campaign.rehearsal else "a real campaign: use `launchpad rehearse` to play it"
        raise Fault("rehearsal", f"{plan.slug} is {said}")
    elif campaign.currency != plan.currency and _sold(campaign):
        raise Fault("campaign.currency", f"orders were made in {campaign.currency}")
    if known:
        _keeps_its_rule(campaign, plan)
    _words(campaign, plan)
    if known:
        _new_timetable(campaign, plan)
    else:
        campaign.milestones = [_milestone(m) for m in plan.milestones]
    db.session.flush()
    if plan.speed is not None:
        if not known:
            rehearsals.prepare(campaign, plan.speed)
        else:
            campaign.rehearsal.chosen_speed = plan.speed
    elif not known:
        _silence_the_past(campaign)
    plan_lists.variants(campaign, plan)
    plan_lists.polls(campaign, plan)
    plan_lists.prompts(campaign, plan)
    event_plans.load(campaign, plan.events, known)
    if known:
        campaign.version += 1
    events.announce(campaign, "state")  # a new one's too: whoever follows has a number to go on from
    was, is_now = changes(before, unparse(plan)) if known else (None, None)
    if of is not None:
        is_now = {"of": of.slug, "preview": plan.due("preview").isoformat(), "launch": plan.due("launch").isoformat()}
    act = act or ("campaign.load" if known else "campaign.create")
    audit.record(actor, act, campaign, f"campaign:{campaign.id}", was, is_now, reason)
    wake("timetable", campaign.id)
    return campaign


def _words(campaign: Campaign, plan: Plan) -> None:
    for name in ("name", "tagline", "brand", "hue", "story", "timezone", "currency", "membership", "access", "rule"):
        setattr(campaign, name, getattr(plan, name))
    if plan.hero_alt:
        campaign.hero_alt = plan.hero_alt
    line = {"points": dict(plan.points)} if plan.points else {}
    if plan.closes:
        line["closes"] = plan.closes.isoformat()
    if plan.frames:
        line["frames"] = list(plan.frames)
    campaign.waitlist = {"cap": plan.cap, "wave": plan.wave, "pass_hours": plan.pass_hours} | line
    campaign.tiers, campaign.links = dict(plan.tiers), dict(plan.links)
    campaign.per_person, campaign.per_order, campaign.hold_minutes = plan.per_person, plan.per_order, plan.hold_minutes
    campaign.prequeue = {"on": plan.prequeue, "minutes": plan.prequeue_minutes, "rate": plan.prequeue_rate}
    campaign.delivery, campaign.delivery_note = plan.delivery_date, plan.delivery_note
    campaign.shipping_note, campaign.vat = plan.shipping_note, plan.vat
    campaign.store = dict(plan.store)
    campaign.referrals = dict(plan.referrals) or None
    campaign.thread_rules = dict(plan.thread) or None
    target = plan.target
    campaign.target = {
        "identity": target.identity, "value": target.value, "behaviour": target.behaviour,
        "behaviour_goal": target.behaviour_goal, "measure": target.measure, "measure_goal": target.measure_goal,
    }  # fmt: skip


def _keeps_its_rule(campaign: Campaign, plan: Plan) -> None:
    """What people were told when they joined stays: how the line is ordered, what earns points, what the line decides."""
    opens = timetable.opening(campaign.milestones, "waitlist")
    if opens is None or opens > campaign.now:
        return
    points = (campaign.waitlist or {}).get("points") or {}
    asked = (("access", campaign.access, plan.access), ("rule", campaign.rule, plan.rule), ("points", points, plan.points))
    for key, stands, wish in asked:
        if stands != wish and (key != "points" or {**SOURCES, **stands} != {**SOURCES, **wish}):
            raise Fault(f"waitlist.{key}", "stays as it is since the waitlist opened: people joined by it")


def _milestone(planned: MilestonePlan) -> Milestone:
    return Milestone(
        name=planned.name, phase=planned.phase, due=planned.due, hours=planned.hours, waits=planned.waits
    )


def _silence_the_past(campaign: Campaign) -> None:
    """Loaded in mid-flight: what was past then is reached without letters."""
    now = campaign.now
    for milestone, opening in timetable.openings(campaign.milestones):
        if opening is not None and opening <= now:
            milestone.silent, milestone.letters = True, False


def _key(name: str) -> str:
    """Where a milestone stands in the file."""
    if name.startswith("head_start_"):
        return f"schedule.head_start.{name.removeprefix('head_start_')}"
    if name.startswith("poll_"):
        return f"polls[{int(name.split('_')[1]) - 1}].closes"
    return f"schedule.{name}"


def _new_timetable(campaign: Campaign, plan: Plan) -> None:
    now, planned = campaign.now, {m.name: m for m in plan.milestones}
    openings = {m.name: at for m, at in timetable.openings(campaign.milestones)}
    opened = {m.name for m in campaign.milestones if (openings[m.name] and openings[m.name] <= now) or m.reached_at}
    mine = {m.name: m for m in campaign.milestones if live_events.event_of(m.name) is None and not closes_in_thread(m.name)}
    for name, milestone in mine.items():
        wish = planned.get(name)
        if timetable.turn(milestone) > 1:
            continue  # a reopened turn is the team's, not the file's
        if name in opened:
            if wish is None or (wish.due != milestone.due and not _keeps_its_hours(milestone, openings[name], wish)):
                said = "has closed" if name.startswith("poll_") else "has already opened"
                raise Fault(_key(name), f"{said}, so it stays where it is")
        elif wish is None:
            campaign.milestones.remove(milestone)
            db.session.delete(milestone)
        else:
            if wish.due != milestone.due:
                _in_future(wish.due, campaign, name)
            milestone.due, milestone.hours, milestone.waits = wish.due, wish.hours, wish.waits
    for name, wish in planned.items():
        if name not in mine:
            _in_future(wish.due, campaign, name)
            campaign.milestones.append(_milestone(wish))
    chain = timetable.in_order(campaign.milestones)
    for before, after in zip(chain, chain[1:], strict=False):
        if timetable.turn(before) > 1 and after.name in planned and after.due <= before.due:
            raise Fault(_key(after.name), f"must come after {before.name}, of the launch day opened again by hand")


def _keeps_its_hours(milestone: Milestone, opened: datetime | None, wish: MilestonePlan) -> bool:
    """A head start that has opened stays, though the file counts its hours from the launch: it was opened early by
    hand, or the launch was postponed since. No more than that: the launch must leave it the hours it was promised."""
    return milestone.hours is not None and wish.hours == milestone.hours and opened is not None and opened <= wish.due


def _in_future(due: datetime, campaign: Campaign, name: str) -> None:
    """Of the time that goes on while the campaign is held: nobody may plan into the past."""
    if due <= campaign.moment:
        raise Fault(_key(name), "lies in the past of this campaign; choose a moment still to come")


def _sold(campaign: Campaign) -> int:
    return db.session.scalar(select(func.count()).select_from(Order).where(Order.campaign_id == campaign.id))


def set_hero(campaign: Campaign, key: str | None) -> None:
    """Give the campaign another hero picture, or none; the one before is dropped once that is committed."""
    old, campaign.hero = campaign.hero, key
    if old and old != key:
        afterwards(lambda: pictures.drop([old]))
