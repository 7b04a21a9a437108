"""Giving passes: with access `passes` the head start follows the line, a wave at a time.

Whoever gives holds the campaign's lock, so that two of them at once give no unit twice. What follows by itself from a
pass that ended is in `passing`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, insert, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Pass, Person, Place, Variant
from launchpad.rules import passes as rules
from launchpad.services import letters, pass_rows


def first_wave(campaign: Campaign, tier: str, of_tier: ColumnElement[bool], opening: datetime) -> int:
    """Give a tier's first wave at its opening; how many passes. Its letters are those of the milestone."""
    return len(give(campaign, tier, next_in_line(campaign, of_tier, opening), size(campaign), opening, letter=None))


def give(
    campaign: Campaign, tier: str, places: Select, most: int, at: datetime, letter: str | None = "pass_ready",
    of: Sequence[int] = (), until: datetime | None = None, number: int | None = None,
) -> list[int]:  # fmt: skip
    """Give at most so many passes to the first of a line of places, as far as there are units for them; their ids.

    `of`: ids of returned passes, of which these are the second chances. `letter`: the kind that says so; None for none.
    `until`: when they end, if not after the campaign's hours. `number`: of the wave, if not the next.
    """
    units = rules.portions(pass_rows.room(campaign, tier), most, campaign.most_an_order)
    found = db.session.execute(places.limit(len(units))).all() if units else []
    if not found:
        return []
    ends = until or rules.until(at, campaign.waitlist.get("pass_hours"))
    number = number or wave(campaign, tier) + (0 if of else 1)
    given = db.session.execute(
        insert(Pass).returning(Pass.id, Pass.person_id),
        [
            {
                "campaign_id": campaign.id, "place_id": place_id, "person_id": person_id, "tier": tier, "wave": number,
                "of_id": of[n] if of else None, "units": units[n], "given_at": at, "until": ends,
            }
            for n, (place_id, person_id) in enumerate(found)
        ],
    ).all()  # fmt: skip
    db.session.execute(
        update(Place)
        .where(Place.id.in_([place_id for place_id, _ in found]))
        .values(pass_from=at, pass_until=ends)
        .execution_options(synchronize_session=False)
    )
    if letter:
        letters.write_each(letter, campaign, [(person_id, f"pass:{id}", clock.now()) for id, person_id in given])
    return [id for id, _ in given]


def next_in_line(campaign: Campaign, of_tier: ColumnElement[bool], opening: datetime) -> Select:
    """Places of a tier that count, were asked for before its opening and never had a pass: in line, as (id, person id)."""
    had = exists().where(Pass.place_id == Place.id, Pass.tier != rules.LIST)
    return line(campaign).where(Place.submitted_at < opening, Place.pass_from.is_(None), ~had, of_tier)


def line(campaign: Campaign) -> Select:
    """The places that count, in line, as (id, person id)."""
    return (
        select(Place.id, Place.person_id)
        .join(Person, Person.id == Place.person_id)
        .where(Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None))
        .where(Person.erased_at.is_(None))
        .order_by(Place.rank, Place.submitted_at, Place.id)
    )


def count(line: Select) -> int:
    """How many stand in a line."""
    return db.session.scalar(select(func.count()).select_from(line.order_by(None).subquery())) or 0


def wave(campaign: Campaign, tier: str) -> int:
    """The number of a tier's last wave; 0 before the first."""
    newest = select(func.max(Pass.wave)).where(Pass.campaign_id == campaign.id, Pass.tier == tier)
    return db.session.scalar(newest) or 0


def size(campaign: Campaign) -> int:
    """How many places get a pass with one wave; without a number of the campaign's, as many as there are units for."""
    units = select(func.coalesce(func.sum(Variant.head_start_stock), 0)).where(Variant.campaign_id == campaign.id)
    return campaign.waitlist.get("wave") or db.session.scalar(units)
