"""Campaigns as a whole: finding them, and the shelf of the front page."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.rules.phases import Phase


@dataclass
class Shelf:
    """The campaigns of the front page, by what they are doing."""

    running: list[Campaign] = field(default_factory=list)
    coming: list[Campaign] = field(default_factory=list)
    past: list[Campaign] = field(default_factory=list)


def shelf() -> Shelf:
    """All campaigns, sorted by what they are doing now; newest first among their like."""
    found = Shelf()
    for campaign in every():
        phase = campaign.phase
        if phase == Phase.DRAFT:
            found.coming.append(campaign)
        elif phase == Phase.ARCHIVED:
            found.past.append(campaign)
        else:
            found.running.append(campaign)
    return found


def every() -> list[Campaign]:
    """All campaigns, what is playing first: running, then coming, then past; the newest first among their like."""
    rows = list(db.session.scalars(select(Campaign).order_by(Campaign.id.desc())))
    rank = {Phase.DRAFT: 1, Phase.ARCHIVED: 2}
    return sorted(rows, key=lambda campaign: rank.get(campaign.phase, 0))


def by_slug(slug: str) -> Campaign | None:
    """The campaign at an address, or None."""
    return _whole(Campaign.slug == slug)


def by_id(id: int) -> Campaign | None:
    """The campaign with that id, or None."""
    return _whole(Campaign.id == id)


def _whole(condition: ColumnElement[bool]) -> Campaign | None:
    """With its timetable and its clock in one statement: every request begins with it."""
    query = select(Campaign).where(condition).options(joinedload(Campaign.milestones), joinedload(Campaign.rehearsal))
    return db.session.scalars(query).unique().one_or_none()
