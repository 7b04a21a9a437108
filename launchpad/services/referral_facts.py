"""What rows say about somebody's friends, for the rules that doubt them."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Doubt, Person, Place, Referral
from launchpad.outside import disposable
from launchpad.rules import referrals as rules
from launchpad.rules.suspicion import is_disposable


def doubts(campaign: Campaign, referrer_id: int, trusted: bool) -> list[tuple[Referral, list[str]]]:
    """The newest friends of somebody, each with the reasons for which they are doubtful."""
    same = Referral.campaign_id == campaign.id, Referral.referrer_id == referrer_id
    query = select(Referral).where(*same).order_by(Referral.id.desc()).limit(rules.LOOKED_AT)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).unique().all()
    made_up, above = _made_up(campaign, [row.friend_id for row in rows]), brought_by(campaign, referrer_id)
    listed = disposable.domains(current_app.extensions["settings"].data_dir)
    friends = [
        rules.Friend(
            row.id, row.friend.email, row.joined_at, row.confirmed_at is not None, row.network,
            tuple(_known(row, made_up, above, listed)),
        )
        for row in rows
    ]  # fmt: skip
    found = rules.doubts(db.session.get(Person, referrer_id).email, friends, campaign.moment, trusted)
    return [(row, found.get(row.id, [])) for row in rows]


def brought_by(campaign: Campaign, person_id: int) -> set[int]:
    """Who brought somebody, and who brought those, as far as a ring may be long."""
    found: set[int] = set()
    for _ in range(rules.LONGEST_RING):
        mine = Referral.campaign_id == campaign.id, Referral.friend_id == person_id
        person_id = db.session.scalar(select(Referral.referrer_id).where(*mine))
        if person_id is None or person_id in found:
            break
        found.add(person_id)
    return found


def _known(row: Referral, made_up: set[int], above: set[int], listed: frozenset[str]):
    if row.friend_id == row.referrer_id or "self" in row.reasons.split(","):
        yield "self"
    if row.friend_id in above:
        yield "circle"
    if row.friend_id in made_up:
        yield "made_up"
    if is_disposable(row.friend.email, listed):
        yield "disposable"


def _made_up(campaign: Campaign, person_ids: Sequence[int]) -> set[int]:
    """Whose sign-up looked made up, and nobody of the team let them in."""
    query = select(Place.person_id).join(Doubt, Doubt.place_id == Place.id)
    unseen = (Doubt.state != "admitted") | Doubt.decided_by.is_(None)
    return set(db.session.scalars(query.where(Place.campaign_id == campaign.id, Place.person_id.in_(person_ids), unseen)))
