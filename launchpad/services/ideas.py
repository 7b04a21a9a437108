"""Ideas of members: brought once, voted on once each, answered by the team."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from launchpad.database import db
from launchpad.models import Campaign, Idea, IdeaVote, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import lines, screening, standing

TITLE, TEXT = 120, 2000  # characters
MOST = 20  # ideas of one person in one campaign


@dataclass(frozen=True)
class Row:
    """One idea with its votes, as one person sees it."""

    idea: Idea
    votes: int
    mine: bool  # voted for by that person


@dataclass(frozen=True)
class Board:
    """The ideas of a campaign, the most wanted first, and the key of the next form."""

    rows: list[Row]
    key: str
    unseen: list[Idea] = field(default_factory=list)  # of whoever looks: what waits for the team


def board(campaign: Campaign, person: Person | None) -> Board:
    """Every idea that is shown, the most wanted first; among their like the older one."""
    rows = rows_of(campaign, person, Idea.state != "hidden")
    shown = sorted(rows, key=lambda row: (-row.votes, row.idea.id))
    return Board(shown, secrets.token_urlsafe(12), unseen(campaign, person))


def row(campaign: Campaign, person: Person | None, id: int) -> Row | None:
    """One idea that is shown."""
    return next(iter(rows_of(campaign, person, Idea.state != "hidden", Idea.id == id)), None)


def rows_of(campaign: Campaign, person: Person | None, *conditions) -> list[Row]:
    """The ideas under some conditions, with their votes; hidden ones too, when the conditions let them."""
    votes = select(func.count()).where(IdeaVote.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    mine = select(IdeaVote.idea_id).where(IdeaVote.person_id == (person.id if person else 0))
    found = db.session.execute(
        select(Idea, votes, Idea.id.in_(mine))
        .options(joinedload(Idea.person))
        .where(Idea.campaign_id == campaign.id, *conditions)
    )
    return [Row(idea, count, bool(voted)) for idea, count, voted in found]


def post(campaign: Campaign, person: Person, title: str, text: str = "", key: str | None = None) -> Idea:
    """Bring an idea; its author votes for it by that. The same key gives the same idea back.

    Raises Refusal: title, text, key (used with other words), many.
    """
    title, text = " ".join(title.split()), text.strip()
    if not title:
        raise Refusal("title", "Please give the idea a title.", "title")
    if len(title) > TITLE:
        raise Refusal("title", f"A title has at most {TITLE} characters.", "title")
    if len(text) > TEXT:
        raise Refusal("text", f"An idea has at most {TEXT} characters.", "text")
    mine = (Idea.campaign_id == campaign.id, Idea.person_id == person.id)
    if key and (again := db.session.scalar(select(Idea).where(*mine, Idea.key == key))):
        return _same(again, title, text)
    if db.session.scalar(select(func.count()).select_from(Idea).where(*mine)) >= MOST:
        raise Refusal("many", f"That is {MOST} ideas of yours in this campaign. Vote for the best of them now.")
    row = {"campaign_id": campaign.id, "person_id": person.id, "title": title, "text": text, "key": key or None}
    held = _held(campaign, person, f"{title}\n{text}")
    row |= {"state": "hidden", "held": held, "hidden_from": "open"} if held else {"state": "open"}
    made = _dialect().insert(Idea).values(**row, answer="", at=campaign.moment)
    id = db.session.scalar(
        made.on_conflict_do_nothing(index_elements=["campaign_id", "person_id", "key"]).returning(Idea.id)
    )
    if id is None:
        return _same(db.session.scalars(select(Idea).where(*mine, Idea.key == key)).one(), title, text)
    if held:  # its author's vote comes with it, once it is shown; the credit then as well
        db.session.execute(_dialect().insert(IdeaVote).values(idea_id=id, person_id=person.id, at=campaign.moment))
        return db.session.get(Idea, id)
    set_vote(campaign, person, id, True)
    lines.credit(campaign, person, "idea", f"idea:{id}")
    return db.session.get(Idea, id)


def _held(campaign: Campaign, person: Person, text: str) -> str | None:
    """Why the team looks at a new idea before others see it; None when it does not. Raises Refusal: sanction, text."""
    roles = standing.roles(person, campaign)
    screening.check(campaign, person, roles, text, TITLE + TEXT + 1)
    verdict = screening.look(campaign, person, roles, text)
    if verdict.state == "rejected":
        raise Refusal("text", verdict.why + " Choose another one.", "text")
    return verdict.held


def unseen(campaign: Campaign, person: Person | None) -> list[Idea]:
    """Ideas of somebody that wait for the team, or that it took off the board."""
    if person is None:
        return []
    rows = select(Idea).filter_by(campaign_id=campaign.id, person_id=person.id).where(Idea.state == "hidden")
    return list(db.session.scalars(rows.order_by(Idea.id.desc())))


def set_vote(campaign: Campaign, person: Person, id: int, wanted: bool | None = None) -> bool:
    """Vote for an idea or take it back; None turns it round. Said twice it changes nothing. What holds afterwards.

    Raises Refusal: unknown, settled (the team has declined or completed it).
    """
    idea = db.session.scalar(select(Idea).where(Idea.campaign_id == campaign.id, Idea.id == id, Idea.state != "hidden"))
    if idea is None:
        raise Refusal("unknown", "There is no such idea.", status=404)
    if idea.state in ("declined", "completed"):
        raise Refusal("settled", "This idea is settled; its votes stay as they are.")
    if wanted is not False:
        cast = _dialect().insert(IdeaVote).values(idea_id=id, person_id=person.id, at=campaign.moment)
        if db.session.scalar(cast.on_conflict_do_nothing().returning(IdeaVote.idea_id)) is not None or wanted:
            return True
    db.session.execute(delete(IdeaVote).where(IdeaVote.idea_id == id, IdeaVote.person_id == person.id))
    return False


def _same(idea: Idea, title: str, text: str) -> Idea:
    if (idea.title, idea.text) != (title, text):
        raise Refusal("key", "This form was sent before, with other words. Load the page again.")
    return idea


def _dialect():
    return sqlite if db.engine.dialect.name == "sqlite" else postgresql
