"""What follows when passes end: they go to the next in line, at once and with nobody's hand, and then the next wave goes.

Safe to run at any time and in two workers at once: an end is recorded once, under the pass's own lock; giving is done
under the campaign's, and a returned pass has one second chance, by a unique column.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal, or_, select, update

from launchpad.database import db
from launchpad.models import Campaign, Milestone, Order, Pass, Person, Place
from launchpad.rules import head_start, timetable
from launchpad.rules import passes as rules
from launchpad.rules.openings import is_head_start
from launchpad.services import effects, pass_rows, passes, restocks
from launchpad.services.timetable import locked


def campaigns() -> list[int]:
    """Ids of the campaigns in which a pass has to be ended, passed on or given now. It only reads."""
    with_passes = exists().where(Pass.campaign_id == Campaign.id, Pass.ended_at.is_(None))
    query = select(Campaign).where(or_(with_passes, Campaign.access == "passes", Campaign.list_first_until.is_not(None)))
    return [campaign.id for campaign in db.session.scalars(query.order_by(Campaign.id)) if _waits(campaign)]


def pass_on(campaign_id: int) -> int:
    """End the passes that are over, give each to the next in line, then the next wave where none lives; how many given.

    The caller commits. Passes are locked before the campaign, as a checkout does.
    """
    campaign = db.session.get(Campaign, campaign_id, populate_existing=True)
    if campaign is None:
        return 0
    _end(campaign, campaign.now)
    campaign = locked(campaign_id)
    return sum(len(_give(campaign, tier, milestone)) for tier, milestone in _open(campaign, campaign.now))


def next_wave(campaign: Campaign, tier: str) -> tuple[int, int]:
    """What the next wave of a tier would be now: how many passes, and how many people stand in its line."""
    milestone = _milestones(campaign).get(tier)
    if milestone is None:
        return 0, 0
    line = passes.next_in_line(campaign, effects.of_tier(campaign, milestone), _opening(campaign, milestone))
    waiting = passes.count(line)
    room = pass_rows.room(campaign, tier)
    return min(len(rules.portions(room, passes.size(campaign), campaign.most_an_order)), waiting), waiting


def release(campaign: Campaign, tier: str) -> list[int]:
    """Give a tier's next wave now, whatever lives; the caller holds the campaign's lock. Ids of the passes."""
    milestone = dict(_open(campaign, campaign.now)).get(tier)
    return _wave(campaign, tier, milestone) if milestone is not None else []


def open_tiers(campaign: Campaign) -> list[str]:
    """Tiers whose passes can be given at this moment."""
    return [tier for tier, _ in _open(campaign, campaign.now) if tier != rules.LIST]


def _waits(campaign: Campaign) -> bool:
    """Whether anything is to be done, asked without a lock."""
    now = campaign.now
    if db.session.scalar(select(Pass.id).where(Pass.campaign_id == campaign.id, _over(campaign, now)).limit(1)):
        return True
    for tier, milestone in _open(campaign, now):
        line = _line(campaign, tier, milestone)
        wanted = _returned(campaign, tier) or not _lives(campaign, tier)
        if wanted and pass_rows.room(campaign, tier) and db.session.execute(line.limit(1)).first():
            return True
    return False


def _open(campaign: Campaign, now: datetime) -> list[tuple[str, Milestone | None]]:
    """Whose lines get passes at that moment: tiers reached, while it is worth it; after the launch the list."""
    launch = timetable.opening(campaign.milestones, "launch")
    if head_start.is_public(now, launch):
        over = timetable.sale_ends(campaign.milestones, now)
        offered = head_start.offered_to_the_line(now, campaign.list_first_until) and (over is None or now < over)
        return [(rules.LIST, None)] if offered else []
    if campaign.access != "passes" or campaign.sales_stopped_at is not None or not rules.worth(now, launch):
        return []
    return [(tier, one) for tier, one in _milestones(campaign).items() if one.reached_at is not None]


def _milestones(campaign: Campaign) -> dict[str, Milestone]:
    return {effects.tier_of(one): one for one in timetable.in_order(campaign.milestones) if is_head_start(one)}


def _opening(campaign: Campaign, milestone: Milestone) -> datetime:
    return timetable.opening(campaign.milestones, milestone.name) or campaign.now


def _line(campaign: Campaign, tier: str, milestone: Milestone | None) -> Select:
    if milestone is None:
        return restocks.next_in_line(campaign)
    return passes.next_in_line(campaign, effects.of_tier(campaign, milestone), _opening(campaign, milestone))


def _give(campaign: Campaign, tier: str, milestone: Milestone | None) -> list[int]:
    if milestone is None:
        return restocks.offer_next(campaign)
    returned = _returned(campaign, tier)
    line = _line(campaign, tier, milestone)
    given = passes.give(campaign, tier, line, len(returned), campaign.now, "pass_second_chance", returned) if returned else []
    return given or ([] if _lives(campaign, tier) else _wave(campaign, tier, milestone))


def _wave(campaign: Campaign, tier: str, milestone: Milestone) -> list[int]:
    return passes.give(campaign, tier, _line(campaign, tier, milestone), passes.size(campaign), campaign.now)


def _lives(campaign: Campaign, tier: str) -> bool:
    mine = Pass.campaign_id == campaign.id, Pass.tier == tier, Pass.ended_at.is_(None)
    return db.session.scalar(select(exists().where(*mine)))


def _returned(campaign: Campaign, tier: str) -> list[int]:
    """Passes that came back and have no second chance yet, the first that came first."""
    after = Pass.__table__.alias()
    query = (
        select(Pass.id)
        .where(Pass.campaign_id == campaign.id, Pass.tier == tier, Pass.ended_why.in_(rules.RETURNED))
        .where(~exists().where(after.c.of_id == Pass.id))
        .order_by(Pass.ended_at, Pass.id)
    )
    return list(db.session.scalars(query))


def _over(campaign: Campaign, now: datetime) -> ColumnElement[bool]:
    """The condition on Pass that it has ended and nobody recorded it."""
    launch = timetable.opening(campaign.milestones, "launch")
    public, served = head_start.is_public(now, launch), head_start.offered_to_the_line(now, campaign.list_first_until)
    open_to_all = or_(and_(Pass.tier != rules.LIST, literal(public)), and_(Pass.tier == rules.LIST, literal(not served)))
    return and_(Pass.ended_at.is_(None), or_(Pass.until <= now, open_to_all, _used(), _left()))


def _used() -> ColumnElement[bool]:
    return exists().where(Order.pass_id == Pass.id, Order.confirmed_at.is_not(None)).correlate_except(Order)


def _left() -> ColumnElement[bool]:
    gone = or_(Place.left_at.is_not(None), Person.erased_at.is_not(None))
    return exists().where(Place.id == Pass.place_id, Person.id == Pass.person_id, gone).correlate_except(Place, Person)


def _end(campaign: Campaign, now: datetime) -> int:
    """Record the ends of passes. One that a checkout holds at this moment is left to the next round."""
    over = select(Pass.id).where(Pass.campaign_id == campaign.id, _over(campaign, now)).order_by(Pass.id)
    ids = list(db.session.scalars(over.with_for_update(skip_locked=True, of=Pass)))
    if not ids:
        return 0
    why = case((_used(), "used"), (_left(), "left"), else_="expired")
    db.session.execute(
        update(Pass)
        .where(Pass.id.in_(ids), Pass.ended_at.is_(None))
        .values(ended_at=case((Pass.until < now, Pass.until), else_=now), ended_why=why)
        .execution_options(synchronize_session=False)
    )
    spent = select(Pass.place_id).where(Pass.id.in_(ids), Pass.ended_why == "used")
    db.session.execute(  # what the place says of its pass, for who asks without looking at the pass
        update(Place)
        .where(Place.id.in_(spent.scalar_subquery()), Place.pass_until > now)
        .values(pass_until=now)
        .execution_options(synchronize_session=False)
    )
    return len(ids)
