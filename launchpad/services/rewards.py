"""Rewards for friends: reached once, written about, and handed out by the team, who ticks it.

What was reached with friends who turn out to be none is lost again, as long as nobody has handed it out.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Referral, Reward
from launchpad.rules import referrals as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, lines

SOURCE = "reward"


def promised(campaign: Campaign) -> tuple[rules.Promise, ...]:
    """What the campaign promises, the nearest first."""
    return rules.promises(campaign.referrals)


def recount(campaign: Campaign, person_id: int) -> None:
    """Give what somebody has reached, and take back what they have not any more. Safe to run twice."""
    promises = promised(campaign)
    rows = {row.at: row for row in of(campaign, person_id)}
    if not promises and not rows:
        return
    same = Referral.campaign_id == campaign.id, Referral.referrer_id == person_id, Referral.state == "counted"
    counted, person = db.session.scalar(select(func.count()).where(*same)), db.session.get(Person, person_id)
    for row in rows.values():
        if row.at > counted and row.lost_at is None and row.handed_at is None:
            row.lost_at = campaign.moment
            _undo(campaign, person, row)
    for promise in promises:
        row = rows.get(promise.at)
        if promise.at > counted or (row is not None and row.lost_at is None):
            continue
        if row is None:
            row = Reward(campaign_id=campaign.id, person_id=person_id, at=promise.at, gives=promise.gives)
            db.session.add(row)
        row.gives, row.points, row.tier = promise.gives, promise.points, promise.tier
        row.reached_at, row.lost_at = campaign.moment, None
        db.session.flush()
        _give(campaign, person, row)
        letters.write("reward", person, f"reward:{row.id}", campaign)
    db.session.flush()


def of(campaign: Campaign, person_id: int) -> Sequence[Reward]:
    """What somebody reached, also what they lost again."""
    mine = Reward.campaign_id == campaign.id, Reward.person_id == person_id
    return db.session.scalars(select(Reward).where(*mine).order_by(Reward.at)).all()


def listed(campaign: Campaign, handed: bool, before: int | None = None, most: int | None = None) -> Sequence[Reward]:
    """Rewards that stand, owed or handed out, the newest first."""
    query = select(Reward).where(Reward.campaign_id == campaign.id, Reward.lost_at.is_(None))
    query = query.where(Reward.handed_at.is_not(None) if handed else Reward.handed_at.is_(None))
    if before is not None:
        query = query.where(Reward.id < before)
    return db.session.scalars(query.order_by(Reward.id.desc()).limit(most)).unique().all()


def hand(campaign: Campaign, id: int, actor: Person, handed: bool = True) -> Reward:
    """Tick that a reward was handed out, or take the tick off. Raises Refusal when it is not owed any more."""
    row = db.session.scalar(select(Reward).where(Reward.id == id, Reward.campaign_id == campaign.id).with_for_update(of=Reward))
    if row is None or row.lost_at is not None:
        raise Refusal("lost", "This reward is not owed any more: friends who earned it turned out to be none.")
    if (row.handed_at is not None) == handed:
        return row
    row.handed_at, row.handed_by = (campaign.moment, actor.id) if handed else (None, None)
    act = "reward.handed" if handed else "reward.owed"
    audit.record(actor, act, campaign, f"reward:{row.id}", {"handed": not handed}, {"handed": handed})
    db.session.flush()
    return row


def _give(campaign: Campaign, person: Person, row: Reward) -> None:
    if row.points and (place := _place(campaign, person)) is not None:
        lines.award(place, row.points, SOURCE, f"reward:{row.id}")
    if row.tier and _earlier(campaign, row.tier, person.tier):
        row.tier_before, person.tier = person.tier, row.tier


def _undo(campaign: Campaign, person: Person, row: Reward) -> None:
    if (place := _place(campaign, person)) is not None:
        lines.take_back(place, SOURCE, f"reward:{row.id}")
    if row.tier_before is not None and person.tier == row.tier:
        person.tier = row.tier_before
    row.tier_before = None


def _place(campaign: Campaign, person: Person) -> Place | None:
    mine = Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_(None)
    return db.session.scalar(select(Place).where(*mine))


def _earlier(campaign: Campaign, tier: str, than: str) -> bool:
    """True when doors open earlier for one tier than for another. A tier opens no doors later than it did before."""
    mine, other = (timetable.tier_opening(campaign.milestones, name) for name in (tier, than))
    return mine is not None and (other is None or mine < other)
