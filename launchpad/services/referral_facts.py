"""What rows say about somebody's friends, for the rules that doubt them."""

from collections.abc import Iterator

from flask import current_app
from sqlalchemy import Row, select

from launchpad.database import db
from launchpad.models import Campaign, Doubt, Person, Place, Referral
from launchpad.outside import disposable
from launchpad.rules import referrals as rules
from launchpad.rules.suspicion import is_disposable


def doubts(campaign: Campaign, referrer_id: int, trusted: bool) -> list[tuple[Row, list[str]]]:
    """The newest friends of somebody (id, state, decided_at, confirmed_at), each with the reasons for doubt.

    Plain columns: it is asked at each confirmation, and a row object for each friend would be most of its cost.
    """
    row = Referral.__table__.c
    columns = row.id, row.friend_id, row.state, row.reasons, row.network, row.joined_at, row.confirmed_at, row.decided_at
    query = select(*columns, Person.email).join(Person, Person.id == row.friend_id)
    query = query.where(row.campaign_id == campaign.id, row.referrer_id == referrer_id)
    rows = db.session.execute(query.order_by(row.id.desc()).limit(rules.LOOKED_AT)).all()
    made_up, above = _made_up(campaign, referrer_id), brought_by(campaign, referrer_id)
    listed = disposable.domains(current_app.extensions["settings"].data_dir)
    friends = [
        rules.Friend(
            row.id, row.email, row.joined_at, row.confirmed_at is not None, row.network,
            tuple(_known(row, referrer_id, made_up, above, listed)),
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


def _known(row: Row, referrer_id: int, made_up: set[int], above: set[int], listed: frozenset[str]) -> Iterator[str]:
    if row.friend_id == referrer_id or "self" in row.reasons.split(","):
        yield "self"
    if row.friend_id in above:
        yield "circle"
    if row.friend_id in made_up:
        yield "made_up"
    if is_disposable(row.email, listed):
        yield "disposable"


def _made_up(campaign: Campaign, referrer_id: int) -> set[int]:
    """Whose sign-up looked made up, and nobody of the team let them in."""
    unseen = (Doubt.state != "admitted") | Doubt.decided_by.is_(None)
    query = (
        select(Place.person_id)
        .join(Doubt, Doubt.place_id == Place.id)
        .join(Referral, (Referral.friend_id == Place.person_id) & (Referral.campaign_id == Place.campaign_id))
        .where(Place.campaign_id == campaign.id, Referral.referrer_id == referrer_id, unseen)
    )
    return set(db.session.scalars(query))
