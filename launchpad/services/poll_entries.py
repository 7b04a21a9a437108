"""The entries of polls: how each stands for who looks, how those that run move, and that their end is seen."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person, Poll, Vote, VoteChoice
from launchpad.rules import polls as rules
from launchpad.rules import timetable
from launchpad.services import entry_changes, polls, tokens
from launchpad.services.polls import Card


def cards(campaign: Campaign, person: Person | None, entries: Collection[Entry]) -> dict[int, Card]:
    """The polls of these entries as somebody sees them now, by entry. None: as everyone does."""
    asked = {entry.poll_id: entry.id for entry in entries if entry.poll_id}
    if not asked:
        return {}
    return {asked[card.id]: card for card in polls.cards(campaign, person, Poll.id.in_(asked))}


@dataclass(frozen=True)
class Totals:
    """How a poll stands that is running in the thread: `votes` in the order of its answers; `rule`: who may see them now."""

    entry_id: int
    rule: str
    voters: int
    votes: tuple[int, ...]

    @property
    def trace(self) -> str:
        """Another one whenever the votes are, for pages that may not be told them all at once."""
        return tokens.trace("totals", self.entry_id, *self.votes)


def running(campaign: Campaign) -> dict[int, Totals]:
    """The polls that run in the thread, by entry. Four statements, and none while there is no such poll."""
    ends = {milestone.name: milestone for milestone in campaign.milestones if rules.closes_in_thread(milestone.name)}
    now, open = campaign.now, []
    for name, milestone in ends.items():
        closes = timetable.opening(campaign.milestones, name)
        if milestone.reached_at is None and (closes is None or now < closes):
            open.append(int(name.split("_")[1]))
    if not open:
        return {}
    which = (Poll.campaign_id == campaign.id) & Poll.number.in_(open)
    asked = select(Poll, Entry.id).join(Entry, Entry.poll_id == Poll.id).where(which, Entry.state == "shown")
    rows = db.session.execute(asked).all()
    options = [option.id for poll, _ in rows for option in poll.options]
    tally = _counted(VoteChoice.option_id, options)  # by index alone: nine thousand votes are counted each second
    voters = _counted(Vote.poll_id, [poll.id for poll, _ in rows])
    return {
        id: Totals(id, poll.results, voters.get(poll.id, 0), tuple(tally.get(option.id, 0) for option in poll.options))
        for poll, id in rows
    }


def _counted(column, ids: list[int]) -> dict[int, int]:
    return dict(db.session.execute(select(column, func.count()).where(column.in_(ids)).group_by(column)).all())


def closed(campaign: Campaign, number: int) -> None:
    """A poll has closed: its entry is another version, so that every open page shows how it ended."""
    entry = db.session.scalar(
        select(Entry).join(Poll, Poll.id == Entry.poll_id).where(Poll.campaign_id == campaign.id, Poll.number == number)
    )
    if entry is not None:
        entry_changes.reword(campaign, entry, entry.text, entry.marks)
