"""Bringing friends: each is a row, credited when they confirm and once more when they buy, and weighed at each step.

Credit is points (where they decide about the line) and rewards. Withholding says nothing to anybody but the team.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Place, Referral, Sharer
from launchpad.services import lines, network_marks, referral_facts, rewards

POINTS, BOUGHT = "referral", "referral_bought"  # of rules.ranking.SOURCES


@dataclass(frozen=True)
class Brought:
    """Somebody who has just joined by a link; what is known of their browser is forgotten within a day."""

    friend_id: int
    referrer_id: int
    client: str = ""
    agent: str = ""


def begin(campaign: Campaign, brought: Sequence[Brought]) -> None:
    """Keep who brought these people, who joined for the first time. Who was brought before stays whose they were."""
    if not brought:
        return
    rows = [
        {
            "campaign_id": campaign.id, "referrer_id": one.referrer_id, "friend_id": one.friend_id, "state": "waiting",
            "network": network_marks.of_network(campaign, one.client), "reason": "",
            "reasons": "self" if network_marks.same_hand(campaign, one.referrer_id, one.client, one.agent) else "",
            "joined_at": campaign.moment, "seen_at": clock.now(),
        }
        for one in brought
    ]  # fmt: skip
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Referral.__table__)
    db.session.connection().execute(statement.on_conflict_do_nothing(index_elements=["campaign_id", "friend_id"]), rows)


def confirmed(campaign: Campaign, place: Place) -> None:
    """A place has begun to count: who brought its person is credited, and its person for those they brought before."""
    for row in of_referrer(campaign, place.person_id, "counted"):
        _credit(campaign, row, place)
    if place.referred_by is not None:
        begin(campaign, [Brought(place.person_id, place.referred_by)])
    row = of_friend(campaign, place.person_id)
    if row is None or row.state not in ("waiting", "reversed"):
        return
    locked(campaign, row.referrer_id)  # before what is credited, as whoever decides about friends does
    row.confirmed_at, row.state = place.confirmed_at, "counted"
    db.session.flush()
    _credit(campaign, row)
    weigh(campaign, row.referrer_id)


def left(campaign: Campaign, person_ids: Sequence[int]) -> None:
    """People left the line, or were taken out of it: nobody is credited for them unless they come back."""
    gone = Referral.campaign_id == campaign.id, Referral.friend_id.in_(person_ids), Referral.state == "counted"
    for id in sorted(set(db.session.scalars(select(Referral.referrer_id).where(*gone)))):
        locked(campaign, id)
    for row in db.session.scalars(select(Referral).where(*gone).execution_options(populate_existing=True)).all():
        row.state = "reversed"
        db.session.flush()
        _take_back(campaign, row)
        rewards.recount(campaign, row.referrer_id)


def weigh(campaign: Campaign, referrer_id: int) -> None:
    """Look at all friends of somebody: credit those who are, withhold those who are doubtful, and what that earned.

    What the team decided stays. Of two confirmations at once the second one waits here, and sees the first.
    """
    sharer = locked(campaign, referrer_id)
    found = referral_facts.doubts(campaign, referrer_id, trusted=sharer.trusted_at is not None)
    for row, names in found:
        state = "withheld" if names else "counted"
        if row.decided_at is None and row.confirmed_at is not None and row.state not in ("reversed", state):
            put(campaign, db.session.get(Referral, row.id, populate_existing=True), state, names)
    rewards.recount(campaign, referrer_id)


def put(campaign: Campaign, row: Referral, state: str, names: Sequence[str] | None = None) -> bool:
    """Give a confirmed friend's row a state, and the credit that goes with it; False when it had it."""
    if names:
        row.reasons = ",".join(dict.fromkeys([*filter(None, row.reasons.split(",")), *names]))[:250]
    if row.state == state:
        return False
    row.state = state
    db.session.flush()
    if state == "counted":
        _credit(campaign, row)
    else:
        _take_back(campaign, row)
    return True


def settle_orders(most: int = 500) -> int:
    """Follow what friends bought, through whichever channel, and gave back; how many rows it changed. Safe to run twice.

    A friend has bought while an order of theirs stands and not all of its money went back.
    """
    stands = exists().where(
        Order.campaign_id == Referral.campaign_id, Order.person_id == Referral.friend_id, Order.state == "confirmed",
        Order.refunded < Order.price * Order.quantity,
    )  # fmt: skip
    wrong = (Referral.bought_at.is_(None) & stands) | (Referral.bought_at.is_not(None) & ~stands)
    rows = db.session.scalars(select(Referral).where(wrong).order_by(Referral.id).limit(most)).all()
    for row in rows:
        campaign = db.session.get(Campaign, row.campaign_id)
        row.bought_at = campaign.moment if row.bought_at is None else None
        db.session.flush()
        if row.bought_at is None:
            _points(campaign, row, BOUGHT, back=True)
        elif row.state == "counted":
            _points(campaign, row, BOUGHT)
    return len(rows)


def weigh_merged() -> None:
    """Two addresses turned out to be one person's, and one had brought the other: that is nobody's friend."""
    own = Referral.referrer_id == Referral.friend_id, Referral.state == "counted", Referral.decided_at.is_(None)
    for campaign_id, person_id in db.session.execute(select(Referral.campaign_id, Referral.referrer_id).where(*own)).all():
        weigh(db.session.get(Campaign, campaign_id), person_id)


def of_friend(campaign: Campaign, person_id: int) -> Referral | None:
    """Who brought somebody, as a row."""
    mine = select(Referral).where(Referral.campaign_id == campaign.id, Referral.friend_id == person_id)
    return db.session.scalar(mine.execution_options(populate_existing=True))


def of_referrer(campaign: Campaign, person_id: int, state: str) -> Sequence[Referral]:
    """Friends of somebody in a state."""
    same = Referral.campaign_id == campaign.id, Referral.referrer_id == person_id, Referral.state == state
    return db.session.scalars(select(Referral).where(*same).order_by(Referral.id)).all()


def counts(campaign: Campaign, person_id: int) -> tuple[int, int]:
    """How many friends of somebody count, and how many of those have bought."""
    same = Referral.campaign_id == campaign.id, Referral.referrer_id == person_id, Referral.state == "counted"
    return tuple(db.session.execute(select(func.count(), func.count(Referral.bought_at)).where(*same)).one())


def locked(campaign: Campaign, person_id: int) -> Sharer:
    """Somebody's row as a sharer, made at its first need; whoever has it is the one who counts their friends now."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"campaign_id": campaign.id, "person_id": person_id, "shown_as": "", "asked": ""}
    made = dialect.insert(Sharer).values(**row).on_conflict_do_nothing(index_elements=["campaign_id", "person_id"])
    db.session.execute(made)
    mine = select(Sharer).where(Sharer.campaign_id == campaign.id, Sharer.person_id == person_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def forget_networks(before) -> None:
    """Drop the marks of networks that were seen before a real moment."""
    old = Referral.network.is_not(None), Referral.seen_at < before
    db.session.execute(update(Referral).where(*old).values(network=None).execution_options(synchronize_session=False))


def _credit(campaign: Campaign, row: Referral, place: Place | None = None) -> None:
    _points(campaign, row, POINTS, place=place)
    if row.bought_at is not None:
        _points(campaign, row, BOUGHT, place=place)


def _take_back(campaign: Campaign, row: Referral) -> None:
    for source in (POINTS, BOUGHT):
        _points(campaign, row, source, back=True)


def _points(campaign: Campaign, row: Referral, source: str, back: bool = False, place: Place | None = None) -> None:
    subject = f"friend:{row.friend_id}"
    if place is not None:
        lines.award(place, lines.values(campaign).get(source, 0), source, subject)
        return
    referrer = db.session.get(Person, row.referrer_id)
    if back:
        lines.uncredit(campaign, referrer, source, subject)
    else:
        lines.credit(campaign, referrer, source, subject)
