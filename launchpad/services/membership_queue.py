"""The team's list of requests to become a member: who waits since when, what is known of them, what was decided.

Somebody who became a member by another door meanwhile (an invite code, a confirmed place, a file) waits no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import aliased

from launchpad.database import db
from launchpad.models import Campaign, Joining, Letter, Order, Person, Place
from launchpad.services.membership_requests import MOST, trigger_of

STATES = ("waiting", "admitted", "declined")


@dataclass(frozen=True)
class Asked:
    """One request. `known`: what they did in campaigns; `before`: what they were told no to; `undo`: its letter has not gone."""

    row: Joining
    person: Person
    campaign: Campaign | None  # on whose page they asked
    decider: Person | None
    known: list[str]
    before: list[Joining]
    undo: bool


def waiting(campaign: Campaign | None = None) -> int:
    """How many wait who asked on a campaign's pages; without one, all that are no rehearsal's."""
    asked = select(Joining.person_id).where(Joining.state == "waiting")
    if campaign is not None:
        asked = asked.where(Joining.campaign_id == campaign.id)
    if db.session.scalar(asked.limit(1)) is None:  # as on most sites: nobody's row need be looked up
        return 0
    real = Person.played_in.is_(None) if campaign is None else true()
    rows = select(func.count()).select_from(Person).where(Person.id.in_(asked), real, Person.member_at.is_(None))
    return db.session.scalar(rows.where(Person.erased_at.is_(None))) or 0


def listed(state: str, campaign: Campaign | None = None, after: int | None = None, most: int = 100) -> list[Asked]:
    """Requests of a state beyond the row `after`: who waits longest comes first, of decided ones the newest.

    A rehearsal's are listed with that campaign alone.
    """
    decider = aliased(Person)
    rows = (
        select(Joining, Person, Campaign, decider)
        .join(Person, Person.id == Joining.person_id)
        .join(Campaign, Campaign.id == Joining.campaign_id, isouter=True)
        .join(decider, decider.id == Joining.decided_by, isouter=True)
        .where(_waits() if state == "waiting" else Joining.state == state, _of(campaign))
    )
    if after is not None:
        rows = rows.where(Joining.id > after if state == "waiting" else Joining.id < after)
    by = Joining.id if state == "waiting" else Joining.id.desc()
    found = db.session.execute(rows.order_by(by).limit(most)).all()
    ids = [person.id for _, person, _, _ in found]
    known, before = _known(ids), _before(ids)
    unsent = _unsent([row for row, *_ in found if row.decided_at])
    return [
        Asked(
            row, person, where, who, known.get(person.id, []),
            [b for b in before.get(person.id, []) if b.id < row.id], row.id in unsent,
        )
        for row, person, where, who in found
    ]  # fmt: skip


def all_waiting(campaign: Campaign | None = None) -> list[int]:
    """The ids of all that wait, at most MOST of them."""
    rows = select(Joining.id).join(Person, Person.id == Joining.person_id).where(_waits(), _of(campaign))
    return list(db.session.scalars(rows.order_by(Joining.id).limit(MOST)))


def _waits() -> ColumnElement[bool]:
    return and_(Joining.state == "waiting", Person.member_at.is_(None), Person.erased_at.is_(None))


def _of(campaign: Campaign | None) -> ColumnElement[bool]:
    return Joining.campaign_id == campaign.id if campaign is not None else Person.played_in.is_(None)


def _unsent(rows: Sequence[Joining]) -> set[int]:
    """Those whose letter has not gone."""
    if not rows:
        return set()
    by_trigger = {trigger_of(row): row.id for row in rows}
    mine = Letter.person_id.in_({row.person_id for row in rows})
    unsent = select(Letter.trigger).where(mine, Letter.trigger.in_(by_trigger), Letter.state == "due")
    return {by_trigger[trigger] for trigger in db.session.scalars(unsent)}


def _known(ids: Sequence[int]) -> dict[int, list[str]]:
    """In which campaigns they had a place that counts, or bought: two statements for all of them."""
    found: dict[int, list[str]] = {}
    placed = Place.person_id.in_(ids), Place.confirmed_at.is_not(None)
    bought = Order.person_id.in_(ids), Order.state == "confirmed"
    for model, where, words in ((Place, placed, "waited for {}"), (Order, bought, "bought {}")) if ids else ():
        rows = select(model.person_id, Campaign.id, Campaign.name).join(Campaign, Campaign.id == model.campaign_id)
        for id, _, name in db.session.execute(rows.where(*where).distinct().order_by(Campaign.id)):
            found.setdefault(id, []).append(words.format(name))
    return found


def _before(ids: Sequence[int]) -> dict[int, list[Joining]]:
    """What they were told no to, oldest first."""
    found: dict[int, list[Joining]] = {}
    rows = select(Joining).where(Joining.person_id.in_(ids), Joining.state == "declined").order_by(Joining.id)
    for row in db.session.scalars(rows) if ids else ():
        found.setdefault(row.person_id, []).append(row)
    return found
