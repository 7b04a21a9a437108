"""What stands beside the words of entries, read for a whole page at once: reactions, how many answers."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Entry, Person
from launchpad.services import reactions


@dataclass(frozen=True)
class Beside:
    """By entry: reactions by kind, which of them are mine, answers that stand."""

    reactions: dict[int, dict[str, int]] = field(default_factory=dict)
    mine: dict[int, set[str]] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)


def beside(entries: Collection[Entry], person: Person | None = None) -> Beside:
    """For these entries and those they answer to; `mine` for a person. At most three statements, however many they are."""
    ids = {entry.id for entry in entries}
    asked = ids | {entry.reply_to for entry in entries if entry.reply_to}
    return Beside(reactions.counts(ids), reactions.of(person, ids), answers(asked))


def answers(ids: Collection[int]) -> dict[int, int]:
    """How many answers stand under each of these entries; those without any are left out."""
    if not ids:
        return {}
    rows = select(Entry.reply_to, func.count()).where(Entry.reply_to.in_(ids), Entry.state == "shown")
    return dict(db.session.execute(rows.group_by(Entry.reply_to)).all())
