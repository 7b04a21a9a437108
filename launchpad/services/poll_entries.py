"""The entries of polls: how each stands for who looks, and that its end is seen."""

from collections.abc import Collection

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person, Poll
from launchpad.services import entry_changes, polls
from launchpad.services.polls import Card


def cards(campaign: Campaign, person: Person | None, entries: Collection[Entry]) -> dict[int, Card]:
    """The polls of these entries as somebody sees them now, by entry. None: as everyone does."""
    asked = {entry.poll_id: entry.id for entry in entries if entry.poll_id}
    if not asked:
        return {}
    return {asked[card.id]: card for card in polls.cards(campaign, person, Poll.id.in_(asked))}


def closed(campaign: Campaign, number: int) -> None:
    """A poll has closed: its entry is another version, so that every open page shows how it ended."""
    entry = db.session.scalar(
        select(Entry).join(Poll, Poll.id == Entry.poll_id).where(Poll.campaign_id == campaign.id, Poll.number == number)
    )
    if entry is not None:
        entry_changes.reword(campaign, entry, entry.text, entry.marks)
