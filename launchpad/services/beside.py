"""What stands beside the words of entries, read for a whole page at once: reactions, how many answers."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person
from launchpad.services import poll_entries, reactions
from launchpad.services.polls import Card


@dataclass(frozen=True)
class Beside:
    """By entry: reactions by kind, which of them are mine, answers that stand, the poll that it asks."""

    reactions: dict[int, dict[str, int]] = field(default_factory=dict)
    mine: dict[int, set[str]] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)
    polls: dict[int, Card] = field(default_factory=dict)


def beside(campaign: Campaign, entries: Collection[Entry], person: Person | None = None) -> Beside:
    """For these entries and those they answer to; `mine`, and each poll, for a person.

    As many statements for a hundred entries as for one: three, and some more where there is a poll.
    """
    ids = {entry.id for entry in entries}
    asked = ids | {entry.reply_to for entry in entries if entry.reply_to}
    polls = poll_entries.cards(campaign, person, entries)
    return Beside(reactions.counts(ids), reactions.of(person, ids), answers(asked), polls)


def answers(ids: Collection[int]) -> dict[int, int]:
    """How many answers stand under each of these entries; those without any are left out."""
    if not ids:
        return {}
    rows = select(Entry.reply_to, func.count()).where(Entry.reply_to.in_(ids), Entry.state == "shown")
    return dict(db.session.execute(rows.group_by(Entry.reply_to)).all())
