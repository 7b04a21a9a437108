"""The thread's log is whole: T1."""

from sqlalchemy import and_, case, func, or_, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Event, Reaction, ReactionCount
from launchpad.services.entry_changes import UNSEEN


def faults() -> list[str]:
    """What is not as it must be, a sentence each; nothing when all is well."""
    return [*_numbers(), *_unannounced(), *_reactions()]


def _numbers() -> list[str]:
    """Each campaign's numbers run from 1 to its own `seq` without a gap. Two cannot be the same: they are the key."""
    log = (
        select(
            Event.campaign_id,
            func.count().label("count"),
            func.min(Event.seq).label("first"),
            func.max(Event.seq).label("last"),
        )
        .group_by(Event.campaign_id)
        .subquery()
    )
    count, first, last = (func.coalesce(column, 0) for column in (log.c.count, log.c.first, log.c.last))
    rows = db.session.execute(
        select(Campaign.id, Campaign.seq, count, first, last)
        .outerjoin(log, log.c.campaign_id == Campaign.id)
        .where(or_(Campaign.seq != last, count != last, and_(count > 0, first != 1)))
    )
    return [
        f"campaign {id}: its seq is {seq}, its log has {count} events from {first} to {last}"
        for id, seq, count, first, last in rows
    ]


def _unannounced() -> list[str]:
    """Every entry was announced to everyone, once; what the team has not let in, never."""
    never = Entry.state.in_(UNSEEN)
    rows = db.session.execute(
        select(Entry.id, func.count(Event.seq))
        .outerjoin(Event, (Event.entry_id == Entry.id) & (Event.kind == "new") & (Event.audience == "all"))
        .group_by(Entry.id, Entry.state)
        .having(func.count(Event.seq) != case((never, 0), else_=1))
        .order_by(Entry.id)
    )
    return [f"entry {id} was announced {count} times" for id, count in rows]


def _reactions() -> list[str]:
    """The count that is kept of each reaction is that of its rows."""
    pressed = (
        select(Reaction.entry_id, Reaction.kind, func.count().label("number"))
        .group_by(Reaction.entry_id, Reaction.kind)
        .subquery()
    )
    same = (pressed.c.entry_id == ReactionCount.entry_id) & (pressed.c.kind == ReactionCount.kind)
    counted = func.coalesce(pressed.c.number, 0)
    rows = db.session.execute(
        select(ReactionCount.entry_id, ReactionCount.kind, ReactionCount.number, counted)
        .outerjoin(pressed, same)
        .where(ReactionCount.number != counted)
        .order_by(ReactionCount.entry_id, ReactionCount.kind)
    )
    return [f"entry {id} says {number} times {kind}, {there} people pressed it" for id, kind, number, there in rows]
