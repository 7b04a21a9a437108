"""Polls of a preview: what a person sees of each, voting, and the results by the poll's own rule."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Option, Person, Poll, Vote, VoteChoice
from launchpad.rules import polls as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import lines, standing


@dataclass(frozen=True)
class Card:
    """A poll as one person sees it at this moment of the campaign."""

    id: int
    number: int
    question: str
    kind: str  # single | multiple | rating
    least: int
    most: int
    options: list[Option]
    open: bool
    closed: bool  # not open any more, as against not open yet
    closes_at: datetime | None
    rule: str  # when the results are shown: always | after_vote | on_close | team
    voters: int
    chosen: list[int] = field(default_factory=list)  # ids of my options
    results: list[tuple[str, int, bool]] | None = None  # (text, votes, mine); None while this person may not see them
    average: float | None = None  # of a rating, when its results may be seen

    @property
    def voted(self) -> bool:
        return bool(self.chosen)


def cards(campaign: Campaign, person: Person | None, which: ColumnElement[bool] | None = None) -> list[Card]:
    """The campaign's own polls, in order, as the person (None: nobody in particular) sees each now.

    `which` chooses others, as a condition on Poll: those started in the thread are seen there.
    """
    team = standing.staff_role(person, campaign) is not None
    which = (Poll.campaign_id == campaign.id) & (Poll.number <= rules.IN_THREAD if which is None else which)
    rows = list(db.session.scalars(select(Poll).where(which).order_by(Poll.number)))
    if not rows:
        return []
    tally, voters, mine = _tally(which), _voters(which), _mine(which, person)
    return [_card(campaign, poll, tally, voters[poll.id], mine, team) for poll in rows]


def card(campaign: Campaign, person: Person | None, number: int) -> Card | None:
    """One poll by its number within the campaign."""
    return next(iter(cards(campaign, person, Poll.number == number)), None)


def window(campaign: Campaign, number: int) -> tuple[datetime | None, datetime | None]:
    """When a poll opens and closes, in campaign time: from the preview to its own milestone, else to the launch.

    One in the thread opens when it is started.
    """
    milestones, own = campaign.milestones, rules.closing(number)
    closes = timetable.opening(milestones, own if campaign.milestone(own) else "launch")
    if rules.in_thread(number):
        return db.session.scalar(select(Poll.opened_at).filter_by(campaign_id=campaign.id, number=number)), closes
    return timetable.opening(milestones, "preview"), closes


def vote(campaign: Campaign, person: Person, number: int, choices: list[int]) -> None:
    """Cast a person's one ballot, or change it. Raises Refusal: unknown, closed, unknown_choice, choices.

    `choices` are ids of the poll's options, for a rating as well. Two at once are still one ballot: the unique
    constraint of votes has the second wait for the first, and then it is a change.
    """
    poll = _open_poll(campaign, number)
    kind = "single" if poll.kind == "rating" else poll.kind
    picked = rules.check_choices(kind, choices, [option.id for option in poll.options], poll.least, poll.most)
    row = {"poll_id": poll.id, "person_id": person.id, "at": campaign.moment}
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    cast = dialect.insert(Vote).values(**row)
    id = db.session.scalar(
        cast.on_conflict_do_update(index_elements=["poll_id", "person_id"], set_={"at": row["at"]}).returning(Vote.id)
    )
    db.session.execute(delete(VoteChoice).where(VoteChoice.vote_id == id))
    db.session.execute(insert(VoteChoice), [{"vote_id": id, "option_id": option} for option in picked])
    lines.credit(campaign, person, "vote", f"poll:{poll.id}")


def withdraw(campaign: Campaign, person: Person, number: int) -> None:
    """Take a ballot back, while the poll is open. Without one nothing happens. Raises Refusal: unknown, closed."""
    poll = _open_poll(campaign, number)
    id = db.session.scalar(select(Vote.id).where(Vote.poll_id == poll.id, Vote.person_id == person.id))
    if id is not None:
        db.session.execute(delete(VoteChoice).where(VoteChoice.vote_id == id))
        db.session.execute(delete(Vote).where(Vote.id == id))
        lines.uncredit(campaign, person, "vote", f"poll:{poll.id}")


def _open_poll(campaign: Campaign, number: int) -> Poll:
    poll = db.session.scalar(select(Poll).where(Poll.campaign_id == campaign.id, Poll.number == number))
    if poll is None:
        raise Refusal("unknown", "There is no such poll.", status=404)
    opens, closes = window(campaign, number)
    now = campaign.now
    if rules.is_open(now, opens, closes):
        return poll
    if opens is None or now < opens:
        raise Refusal("not_open", "This poll has not opened yet.")
    raise Refusal("closed", "This poll has closed. Votes that were in by then count.")


def _card(campaign: Campaign, poll: Poll, tally: Counter, voters: int, mine: set[int], team: bool) -> Card:
    opens, closes = window(campaign, poll.number)
    now = campaign.now
    open = rules.is_open(now, opens, closes)
    closed = not open and opens is not None and opens <= now
    chosen = [option.id for option in poll.options if option.id in mine]
    seen = rules.may_see_results(poll.results, bool(chosen), closed, team)
    votes = sum(tally[option.id] for option in poll.options)
    points = sum(tally[option.id] * option.position for option in poll.options)
    return Card(
        id=poll.id, number=poll.number, question=poll.question, kind=poll.kind, least=poll.least, most=poll.most,
        options=list(poll.options), open=open, closed=closed, closes_at=closes, rule=poll.results, voters=voters,
        chosen=chosen,
        results=[(o.text, tally[o.id], o.id in mine) for o in poll.options] if seen else None,
        average=points / votes if seen and votes and poll.kind == "rating" else None,
    )  # fmt: skip


def _tally(which: ColumnElement[bool]) -> Counter:
    """Votes by option id."""
    rows = db.session.execute(
        select(VoteChoice.option_id, func.count())
        .join(Vote, Vote.id == VoteChoice.vote_id)
        .join(Poll, Poll.id == Vote.poll_id)
        .where(which)
        .group_by(VoteChoice.option_id)
    )
    return Counter(dict(rows.all()))


def _voters(which: ColumnElement[bool]) -> Counter:
    """People by poll id."""
    rows = db.session.execute(
        select(Vote.poll_id, func.count())
        .join(Poll, Poll.id == Vote.poll_id)
        .where(which)
        .group_by(Vote.poll_id)
    )
    return Counter(dict(rows.all()))


def _mine(which: ColumnElement[bool], person: Person | None) -> set[int]:
    if person is None:
        return set()
    return set(
        db.session.scalars(
            select(VoteChoice.option_id)
            .join(Vote, Vote.id == VoteChoice.vote_id)
            .join(Poll, Poll.id == Vote.poll_id)
            .where(which, Vote.person_id == person.id)
        )
    )
