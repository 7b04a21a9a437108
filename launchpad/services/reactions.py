"""Reactions to entries: pressed, pressed again and gone. They are counted, and never an event each: no `seq` moves."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Entry, Person, Reaction, ReactionCount
from launchpad.rules import reactions as rules
from launchpad.rules.refusals import Refusal

LATELY = timedelta(seconds=12)  # real time: so long a changed count is told again to who follows
MOST = 60  # counts told at once


def toggle(campaign: Campaign, person: Person, entry: Entry, kind: str) -> bool:
    """React, or take the reaction back; whether it stands now. Raises Refusal: kind, gone.

    Two presses at once are two presses: the primary key has the second wait for the first, and it takes it back. The
    count is moved as the last act, so that its row is locked for no longer than the commit takes.
    """
    if kind not in rules.KINDS:
        raise Refusal("kind", "There is no such reaction.", "kind")
    if entry.state != "shown" or entry.kind not in rules.ON:
        raise Refusal("gone", "What you react to is no longer there.", status=404)
    mine = {"entry_id": entry.id, "person_id": person.id, "kind": kind}
    if _press(mine, campaign.moment):
        _count(campaign.id, entry.id, kind, 1)
        return True
    if db.session.execute(delete(Reaction).filter_by(**mine)).rowcount:
        _count(campaign.id, entry.id, kind, -1)
    return False


def _press(mine: dict, at: datetime) -> bool:
    """Make the row, which only the first of those who press at once does."""
    made = _insert(Reaction).values(**mine, at=at).on_conflict_do_nothing(index_elements=list(mine))
    return db.session.scalar(made.returning(Reaction.kind)) is not None


def _insert(model):
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(model)


def _count(campaign_id: int, entry_id: int, kind: str, by: int) -> None:
    now = clock.now()
    made = _insert(ReactionCount).values(
        entry_id=entry_id, kind=kind, campaign_id=campaign_id, number=max(by, 0), changed_at=now
    )
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=["entry_id", "kind"], set_={"number": ReactionCount.number + by, "changed_at": now}
        )
    )


def counts(entry_ids: Collection[int], none_too: bool = False) -> dict[int, dict[str, int]]:
    """How many reactions of each kind these entries have, by entry. One statement.

    Without any they are left out, unless `none_too`: then a kind that was taken back by all is told with its zero.
    """
    if not entry_ids:
        return {}
    rows = select(ReactionCount.entry_id, ReactionCount.kind, ReactionCount.number)
    found = rows.where(ReactionCount.entry_id.in_(entry_ids), ReactionCount.number >= (0 if none_too else 1))
    return _by_entry(db.session.execute(found))


def lately(campaign_id: int) -> dict[int, dict[str, int]]:
    """The counts that changed a moment ago, zero among them: the newest first, at most MOST."""
    rows = select(ReactionCount.entry_id, ReactionCount.kind, ReactionCount.number).where(
        ReactionCount.campaign_id == campaign_id, ReactionCount.changed_at > clock.now() - LATELY
    )
    return _by_entry(db.session.execute(rows.order_by(ReactionCount.changed_at.desc()).limit(MOST)))


def _by_entry(rows) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for entry_id, kind, number in rows:
        found.setdefault(entry_id, {})[kind] = number
    return found


def of(person: Person | None, entry_ids: Collection[int]) -> dict[int, set[str]]:
    """Which reactions to these entries are a person's own, by entry."""
    if person is None or not entry_ids:
        return {}
    mine: dict[int, set[str]] = {}
    rows = select(Reaction.entry_id, Reaction.kind).where(Reaction.person_id == person.id, Reaction.entry_id.in_(entry_ids))
    for entry_id, kind in db.session.execute(rows):
        mine.setdefault(entry_id, set()).add(kind)
    return mine
