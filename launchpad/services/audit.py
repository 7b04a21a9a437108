"""The record of what the team did."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select

from launchpad.database import db
from launchpad.models import Audit, Campaign, Person

COMMAND_LINE = 0  # as the person of a filter: what nobody in particular did


def record(
    actor: Person | None,
    act: str,
    campaign: Campaign | None = None,
    subject: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add the row of one act, in the act's own transaction. `actor` None is the command line."""
    db.session.add(
        Audit(
            person_id=actor.id if actor else None,
            campaign_id=campaign.id if campaign else None,
            act=act,
            subject=subject,
            before=before,
            after=after,
            reason=reason[:250],
        )
    )


@dataclass(frozen=True)
class Filter:
    """Which rows: of a campaign, of an act, of a person (COMMAND_LINE for nobody), about a subject, from a real moment
    on until before another, with these words in the reason, the values, or by an act of `named`. Empty is any."""

    campaign_id: int | None = None
    act: str = ""
    person_id: int | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    named: tuple[str, ...] = ()


def find(wanted: Filter, before: int | None = None, most: int = 50) -> list[Audit]:
    """Rows, the newest first, below an id."""
    query = select(Audit).order_by(Audit.id.desc()).limit(most)
    pairs = ((wanted.campaign_id, Audit.campaign_id), (wanted.act, Audit.act), (wanted.subject, Audit.subject))
    for value, column in pairs:
        if value:
            query = query.where(column == value)
    if wanted.person_id is not None:
        nobody = wanted.person_id == COMMAND_LINE
        query = query.where(Audit.person_id.is_(None) if nobody else Audit.person_id == wanted.person_id)
    if wanted.since is not None:
        query = query.where(Audit.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Audit.at < wanted.until)
    if wanted.words:
        query = query.where(or_(Audit.act.in_(wanted.named), *_holds(wanted.words)))
    return list(db.session.scalars(query.where(Audit.id < before) if before else query))


def _holds(words: str) -> list[ColumnElement[bool]]:
    """The words in one of the columns that hold words; the values are kept as JSON, so there as JSON writes them."""
    written = json.dumps(words)[1:-1]
    plain = [column.icontains(words, autoescape=True) for column in (Audit.reason, Audit.act, Audit.subject)]
    return plain + [cast(c, Text).icontains(written, autoescape=True) for c in (Audit.before, Audit.after)]


def listed(
    campaign: Campaign | None = None,
    act: str = "",
    person_id: int | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Audit]:
    """Rows, the newest first: of a campaign, of an act, of a person, below an id; None or "" for any."""
    return find(Filter(campaign.id if campaign else None, act, person_id), before, most)


def acts(campaign: Campaign | None = None) -> list[str]:
    """The acts that the log knows, for choosing from."""
    query = select(Audit.act).distinct().order_by(Audit.act)
    return list(db.session.scalars(query.where(Audit.campaign_id == campaign.id) if campaign else query))


def actors(campaign: Campaign | None = None) -> list[Person]:
    """The people who have acted."""
    rows = select(Audit.person_id).where(Audit.campaign_id == campaign.id) if campaign else select(Audit.person_id)
    return list(db.session.scalars(select(Person).where(Person.id.in_(rows)).order_by(Person.name, Person.id)))


def people(rows: list[Audit]) -> dict[int, Person]:
    """Who did these, by id."""
    return people_of({row.person_id for row in rows if row.person_id})


def people_of(ids: set[int]) -> dict[int, Person]:
    """These people, by id."""
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}


def newest(campaign: Campaign) -> int:
    """The id of the campaign's newest row; 0 when there is none. What a form was made from."""
    return db.session.scalar(select(func.max(Audit.id)).where(Audit.campaign_id == campaign.id)) or 0
