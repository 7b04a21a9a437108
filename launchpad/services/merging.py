"""Two rows that turn out to be one person: everything of the one that goes becomes the other's. It cannot be undone.

The row that goes stays with its address, and names who it is: whoever writes, buys or signs in with that address is
that person from then on. What both have and only one may have (a place, a ballot) stays as the person who is kept has it.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import UniqueConstraint, and_, delete, exists, select, update
from sqlalchemy.sql.schema import Column

from launchpad.database import db
from launchpad.models import (
    Allowance,
    Audit,
    Campaign,
    Claim,
    Flag,
    IdeaVote,
    Joining,
    LinkVisit,
    Order,
    Pass,
    Person,
    Place,
    Poll,
    Reminder,
    SignIn,
    Staff,
    Testimonial,
    Vote,
    Waiting,
)
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, consents, membership_requests, origin, parking, people, polls, stores, waitlist

# Never moved by itself: who acted stays on record as they were; the others are settled one by one below.
_STAYS = {Audit.__tablename__, Claim.__tablename__, Allowance.__tablename__, Pass.__tablename__, Staff.__tablename__}
_ENDS = (SignIn, Joining)  # ways in that were under way to the address
_ONCE = (Flag, IdeaVote, LinkVisit, Reminder, Testimonial, Waiting)  # what one person has once: the second goes


@dataclass(frozen=True)
class Merged:
    """`moved`: rows by table. `recounted`: orders whose source was counted anew. `over`: campaigns whose limit both exceed."""

    moved: dict[str, int]
    recounted: int
    over: list[int]


def refusal(keep: Person, gone: Person) -> Refusal | None:
    """Why these two cannot be made one, or None."""
    if keep.id == gone.id or gone.merged_into == keep.id:
        return Refusal("same", "These are one person already.")
    if any(p.erased_at is not None or p.merged_into is not None for p in (keep, gone)):
        return Refusal("gone", "One of the two is not there any more.")
    if keep.played_in != gone.played_in:
        return Refusal("played", "A simulated person and a real one stay two.")
    if db.session.scalar(select(Staff.id).where(Staff.person_id == gone.id).limit(1)) is not None:
        return Refusal("staff", "The address that goes has a key to the control room. Take the key back first.")
    if gone.confirmed_at is not None and keep.confirmed_at is None:
        return Refusal("unconfirmed", "The address that stays was never confirmed, the other was. Join them the other way round.")
    return None


def merge(keep: Person, gone: Person, actor: Person | None, reason: str, act: str = "people.merge") -> Merged:
    """Make them one. Raises Refusal as `refusal` says."""
    ids = sorted((keep.id, gone.id))
    locked = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    rows = {row.id: row for row in db.session.scalars(locked.execution_options(populate_existing=True))}
    keep, gone = rows[keep.id], rows[gone.id]
    if (no := refusal(keep, gone)) is not None:
        raise no
    orders = list(db.session.scalars(select(Order.id).where(Order.person_id == gone.id)))
    over = _allowances(keep, gone)
    _places(keep, gone)
    _ballots(keep, gone)
    wants = consents.given(keep.id, consents.MARKETING)
    moved = _move(keep.id, gone.id)
    _leftovers(keep, gone)
    if consents.given(keep.id, consents.MARKETING) != wants:  # letters go on as they went to the address that stays
        consents.record(keep, consents.MARKETING, wants, "merge-1", "merge")
    _person(keep, gone)
    membership_requests.keep_one(keep)
    db.session.flush()
    recounted = sum(_again(keep, id) for id in orders)
    stores.look_again(keep)
    merged = Merged({table: count for table, count in moved.items() if count}, recounted, over)
    after = {"gone": gone.id, "moved": merged.moved, "recounted": recounted, "over_limit": over}
    audit.record(actor, act, None, f"person:{keep.id}", None, after, reason)
    for id in over:
        parking.park("merged_limit", f"person:{keep.id}:{id}:{gone.id}", campaign_id=id, person=keep.id)
    db.session.flush()
    return merged


def addresses(person: Person) -> list[str]:
    """Other addresses that are theirs as well."""
    return list(db.session.scalars(select(Person.email).where(Person.merged_into == person.id).order_by(Person.id)))


def _again(keep: Person, order_id: int) -> bool:
    order = db.session.get(Order, order_id, populate_existing=True)
    campaign = db.session.get(Campaign, order.campaign_id)
    return origin.again(campaign, order, keep, waitlist.place_of(campaign, keep))


def _allowances(keep: Person, gone: Person) -> list[int]:
    """What both took is summed; the campaigns in which that is over the limit. Nothing is undone."""
    over = []
    for row in db.session.scalars(select(Allowance).where(Allowance.person_id == gone.id).with_for_update()).all():
        mine = db.session.get(Allowance, (row.campaign_id, keep.id), with_for_update=True)
        if mine is None:
            mine = Allowance(campaign_id=row.campaign_id, person_id=keep.id, taken=0)
            db.session.add(mine)
        mine.taken += row.taken
        if row.taken and mine.taken > db.session.get(Campaign, row.campaign_id).per_person:
            over.append(row.campaign_id)
        db.session.delete(row)
    db.session.flush()
    return over


def _places(keep: Person, gone: Person) -> None:
    """One stays for each waitlist: mine, unless mine does not count and the other does. A second one is given up."""
    both = {p.campaign_id: p for p in db.session.scalars(select(Place).where(Place.person_id == gone.id))}
    mine = select(Place).where(Place.person_id == keep.id, Place.campaign_id.in_(both))
    for place in db.session.scalars(mine).all():
        other, campaign = both[place.campaign_id], db.session.get(Campaign, place.campaign_id)
        if other.counted and not place.counted:
            db.session.execute(delete(Place).where(Place.id == place.id))
            db.session.expunge(place)
        elif other.left_at is None:
            waitlist.leave(campaign, gone)
    db.session.flush()


def _ballots(keep: Person, gone: Person) -> None:
    """In a poll that is open a person has one ballot: mine. What was decided stays decided."""
    voted = select(Vote.poll_id).where(Vote.person_id == keep.id)
    twice = select(Vote, Poll).join(Poll, Poll.id == Vote.poll_id).where(Vote.person_id == gone.id, Vote.poll_id.in_(voted))
    for vote, poll in db.session.execute(twice).all():
        campaign = db.session.get(Campaign, poll.campaign_id)
        closes = polls.window(campaign, poll.number)[1]
        if closes is None or campaign.now < closes:
            db.session.delete(vote)
    db.session.flush()


def _move(keep: int, gone: int) -> Counter:
    """Every reference to the one becomes one to the other, where no unique constraint is in the way."""
    moved: Counter = Counter()
    for table in db.metadata.sorted_tables:
        for column in table.c:
            if table.name not in _STAYS and any(key.target_fullname == "people.id" for key in column.foreign_keys):
                free = and_(column == gone, *(~_taken(column, others, keep) for others in _unique_with(column)))
                statement = update(table).where(free).values({column.name: keep})
                moved[table.name] += db.session.execute(statement).rowcount
    mine = update(Place).where(Place.person_id == keep, Place.referred_by == keep)
    db.session.execute(mine.values(referred_by=None).execution_options(synchronize_session=False))
    place = select(Place.person_id).where(Place.id == Pass.place_id).scalar_subquery()
    passes = update(Pass).where(Pass.person_id == gone).values(person_id=place)
    db.session.execute(passes.execution_options(synchronize_session=False))
    db.session.expire_all()
    return moved


def _unique_with(column: Column) -> list[list[Column]]:
    """For each rule that a value is there once: the columns beside this one."""
    table = column.table
    rules = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    rules += [list(index.columns) for index in table.indexes if index.unique] + [list(table.primary_key.columns)]
    return [[c for c in rule if c is not column] for rule in rules if column in rule]


def _taken(column: Column, others: list[Column], keep: int):
    mine = column.table.alias("mine")
    return exists().where(mine.c[column.name] == keep, *(mine.c[c.name] == c for c in others)).correlate(column.table)


def _leftovers(keep: Person, gone: Person) -> None:
    for model in (*_ENDS, *_ONCE):
        db.session.execute(delete(model).where(model.person_id == gone.id))
    db.session.execute(delete(SignIn).where(SignIn.person_id == keep.id, SignIn.used_at.is_(None)))


def _person(keep: Person, gone: Person) -> None:
    keep.name = keep.name or gone.name
    if keep.tier == "member":
        keep.tier = gone.tier
    if gone.is_member and (keep.member_at is None or (keep.joined_in == gone.joined_in and gone.member_at < keep.member_at)):
        keep.member_at, keep.member_source, keep.joined_in = gone.member_at, gone.member_source, gone.joined_in
    people.sign_out_everywhere(gone)
    gone.merged_into, gone.name, gone.tier = keep.id, "", "member"
    gone.confirmed_at = gone.member_at = None
