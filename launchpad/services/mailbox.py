"""Reading the ledger of letters: what was written, to whom, and what became of it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Letter

STATES = ("due", "claimed", "sent", "suppressed", "expired", "failed", "unknown")


@dataclass(frozen=True)
class Tally:
    """How many letters of a kind are in each state."""

    kind: str
    states: dict[str, int]

    @property
    def all(self) -> int:
        return sum(self.states.values())


def listed(
    campaign: Campaign | None, kind: str = "", state: str = "", before: int | None = None, most: int = 50
) -> list[Letter]:
    """Letters, the newest first: of a campaign or of all, of a kind, in a state, below an id; "" and None for any."""
    query = select(Letter).order_by(Letter.id.desc()).limit(most)
    for wanted, column in ((campaign and campaign.id, Letter.campaign_id), (kind, Letter.kind), (state, Letter.state)):
        if wanted:
            query = query.where(column == wanted)
    return list(db.session.scalars(query.where(Letter.id < before) if before else query))


def one(id: int, campaign: Campaign | None = None) -> Letter | None:
    """A letter by id, if it is of that campaign when one is named; else None."""
    letter = db.session.get(Letter, id)
    mine = letter is not None and (campaign is None or letter.campaign_id == campaign.id)
    return letter if mine else None


def tallies(campaign: Campaign | None) -> list[Tally]:
    """How many there are of each kind, by state."""
    query = select(Letter.kind, Letter.state, func.count()).group_by(Letter.kind, Letter.state).order_by(Letter.kind)
    found: dict[str, dict[str, int]] = {}
    for kind, state, count in db.session.execute(query.where(Letter.campaign_id == campaign.id) if campaign else query):
        found.setdefault(kind, {})[state] = count
    return [Tally(kind, states) for kind, states in found.items()]
