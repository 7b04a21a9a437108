"""The long lists of the control room: places and orders, a page at a time, filtered and searched; whole, for export.

Pages go on from a row, not from a number of rows, so that what arrives meanwhile shifts nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_

from launchpad.database import db
from launchpad.models import Campaign, Option, Order, Person, Place, Poll, Variant, Vote, VoteChoice
from launchpad.services import lines

PLACES = ("confirmed", "waiting", "left")
ORDERS = ("held", "confirmed", "ended", "cancelled", "refunded", "parked")
LONGEST = 100  # characters of a search


@dataclass(frozen=True)
class Waiting:
    """One place: its number in line (None when it does not count), and the units its person has bought."""

    place: Place
    position: int | None
    bought: int


def places(
    campaign: Campaign, state: str = "", words: str = "", after: int | None = None, most: int = 50
) -> list[Waiting]:
    """Places behind the place `after`; of a state, of a name or address; "" for any.

    Those that count are in the order of the line, any others, and all together, by the moment of asking.
    """
    by = (Place.rank, Place.id) if state == "confirmed" else (Place.submitted_at, Place.id)
    query = _places(campaign, state, words).order_by(*by)
    if after is not None:
        last = db.session.execute(select(*by).where(Place.id == after, Place.campaign_id == campaign.id)).one_or_none()
        if last is not None and None not in last:
            at = (literal(value, column.type) for value, column in zip(last, by, strict=True))
            query = query.where(tuple_(*by) > tuple_(*at))
    rows = db.session.execute(query.limit(most)).unique().all()
    if state == "confirmed" and not words and rows:
        first = lines.position(campaign, rows[0][0])  # the others follow without a gap
        return [Waiting(place, first and first + n, bought) for n, (place, bought) in enumerate(rows)]
    return [Waiting(place, lines.position(campaign, place), bought) for place, bought in rows]


def every_place(campaign: Campaign) -> list[Waiting]:
    """The whole waitlist, by the moment of asking."""
    rows = db.session.execute(_places(campaign).order_by(Place.submitted_at, Place.id)).unique().all()
    ranked = sorted((place.rank, place.id) for place, _ in rows if place.rank is not None) if lines.drawn(campaign) else []
    numbers = {id: number for number, (_, id) in enumerate(ranked, 1)}
    return [Waiting(place, numbers.get(place.id), bought) for place, bought in rows]


def _places(campaign: Campaign, state: str = "", words: str = "") -> Select:
    bought = (
        select(func.coalesce(func.sum(Order.quantity), 0))
        .where(Order.campaign_id == campaign.id, Order.person_id == Place.person_id, Order.state == "confirmed")
        .correlate(Place)
        .scalar_subquery()
    )
    query = select(Place, bought).where(Place.campaign_id == campaign.id)
    stays = Place.left_at.is_(None)
    which = {
        "confirmed": and_(stays, Place.confirmed_at.is_not(None)),
        "waiting": and_(stays, Place.confirmed_at.is_(None)),
        "left": ~stays,
    }
    if state in which:
        query = query.where(which[state])
    if words:
        names = or_(_holds(Place.name, words), Place.person_id.in_(_people(words)))
        query = query.where(names)
    return query


def orders(
    campaign: Campaign, state: str = "", source: str = "", words: str = "", before: int | None = None, most: int = 50
) -> list[Order]:
    """Orders, the newest first, below the id `before`; of a state, a source, a number, a name or address."""
    query = select(Order).where(Order.campaign_id == campaign.id).order_by(Order.id.desc()).limit(most)
    for wanted, column in ((state, Order.state), (source, Order.source)):
        if wanted:
            query = query.where(column == wanted)
    if words:
        query = query.where(or_(_holds(Order.number, words), Order.person_id.in_(_people(words))))
    return list(db.session.scalars(query.where(Order.id < before) if before is not None else query))


def every_order(campaign: Campaign) -> list[Order]:
    """All orders, the oldest first."""
    return list(db.session.scalars(select(Order).where(Order.campaign_id == campaign.id).order_by(Order.id)))


def orders_by_state(campaign: Campaign) -> dict[str, int]:
    """How many orders are in each state."""
    rows = select(Order.state, func.count()).where(Order.campaign_id == campaign.id).group_by(Order.state)
    found = dict(db.session.execute(rows).all())
    return {state: found.get(state, 0) for state in ORDERS}


def every_vote(campaign: Campaign) -> Iterator[tuple[Poll, str, Vote, Person]]:
    """Every choice of every ballot: the poll, the answer, the ballot, who cast it."""
    rows = (
        select(Poll, Option.text, Vote, Person)
        .join(Vote, Vote.poll_id == Poll.id)
        .join(VoteChoice, VoteChoice.vote_id == Vote.id)
        .join(Option, Option.id == VoteChoice.option_id)
        .join(Person, Person.id == Vote.person_id)
        .where(Poll.campaign_id == campaign.id)
        .order_by(Poll.number, Vote.at, Vote.id, Option.position)
    )
    return (tuple(row) for row in db.session.execute(rows))


def names_of_variants(campaign: Campaign) -> dict[str, str]:
    """What each variant is called, by its sku."""
    return dict(db.session.execute(select(Variant.sku, Variant.name).where(Variant.campaign_id == campaign.id)).all())


def _people(words: str) -> Select:
    return select(Person.id).where(or_(_holds(Person.email, words), _holds(Person.name, words)))


def _holds(column, words: str) -> ColumnElement[bool]:
    """The column holds these words, in small letters or large; % and _ are themselves."""
    return column.icontains(words[:LONGEST], autoescape=True)
