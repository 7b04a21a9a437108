"""The live thread as it is read: its entries in the order in which they were announced, and the shorter lists beside it."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from launchpad.database import db
from launchpad.models import Campaign, Entry, Event, Person
from launchpad.services.entry_changes import TAKEN_BACK

SEEN = ("shown", "hidden")  # states of what was announced: its place in the thread is kept


def latest(campaign: Campaign, before: int | None = None, limit: int = 50) -> list[Entry]:
    """Entries in the order in which they were announced, newest first; `before` is an entry's id to go on from.

    Hidden ones are among them: their place is shown, their words are not.
    """
    born = select(Event.seq).filter_by(campaign_id=campaign.id, kind="new")
    rows = (
        select(Entry)
        .join(Event, Event.entry_id == Entry.id)
        .where(Event.campaign_id == campaign.id, Event.kind == "new")
        .order_by(Event.seq.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(Event.seq < born.where(Event.entry_id == before).scalar_subquery())
    return list(db.session.scalars(rows))


def newest(campaign: Campaign, limit: int) -> list[int]:
    """The ids of the newest entries, without their words."""
    rows = select(Event.entry_id).filter_by(campaign_id=campaign.id, kind="new").order_by(Event.seq.desc())
    return list(db.session.scalars(rows.limit(limit)))


def pinned(campaign: Campaign) -> list[Entry]:
    """What the team pinned and has not hidden, newest pin first."""
    rows = select(Entry).filter_by(campaign_id=campaign.id, state="shown").where(Entry.pinned_at.is_not(None))
    return list(db.session.scalars(rows.order_by(Entry.pinned_at.desc(), Entry.id.desc())))


def key_moments(campaign: Campaign) -> list[Entry]:
    """The milestones reported in the thread, newest first, for the list that jumps to them."""
    rows = select(Entry).filter_by(campaign_id=campaign.id, state="shown", kind="milestone")
    return list(db.session.scalars(rows.order_by(Entry.id.desc()).limit(50)))


def of_kind(campaign: Campaign, kind: str, limit: int) -> list[Entry]:
    """The newest entries of a kind that are shown."""
    rows = select(Entry).filter_by(campaign_id=campaign.id, state="shown", kind=kind)
    return list(db.session.scalars(rows.order_by(Entry.id.desc()).limit(limit)))


def answers(campaign: Campaign, entry: Entry) -> list[Entry]:
    """What was answered to an entry, in order."""
    rows = select(Entry).filter_by(campaign_id=campaign.id, reply_to=entry.id).where(Entry.state.in_(SEEN))
    rows = rows.order_by(Entry.id).limit(200)
    return list(db.session.scalars(rows))


def unseen(campaign: Campaign, person: Person | None) -> list[Entry]:
    """What somebody wrote that others do not see, the newest first: it waits, was kept off, is held or was taken down."""
    if person is None:
        return []
    rows = select(Entry).filter_by(campaign_id=campaign.id, person_id=person.id).where(Entry.hidden_why != TAKEN_BACK)
    return list(db.session.scalars(rows.where(Entry.state != "shown").order_by(Entry.id.desc()).limit(20)))


def best(campaign: Campaign, n: int = 12) -> list[Entry]:
    """People's words worth keeping for the recap: testimonials first, then what was answered most, then the newest."""
    reply = aliased(Entry)
    replies = (
        select(func.count())
        .where(reply.campaign_id == campaign.id, reply.reply_to == Entry.id, reply.state == "shown")
        .scalar_subquery()
    )
    rows = (
        select(Entry)
        .filter_by(campaign_id=campaign.id, state="shown")
        .where(Entry.kind.in_(("testimonial", "post", "question")), Entry.person_id.is_not(None))
        .order_by(case((Entry.kind == "testimonial", 0), else_=1), replies.desc(), Entry.id.desc())
    )
    return list(db.session.scalars(rows.limit(n)))


def entries_of(campaign: Campaign) -> int:
    """How many entries stand in the thread, hidden ones left out."""
    return db.session.scalar(
        select(func.count()).select_from(Entry).where(Entry.campaign_id == campaign.id, Entry.state == "shown")
    )
