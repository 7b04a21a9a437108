"""The record of what the team did."""

from typing import Any

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Audit, Campaign, Person


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


def listed(
    campaign: Campaign | None = None,
    act: str = "",
    person_id: int | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Audit]:
    """Rows, the newest first: of a campaign, of an act, of a person, below an id; None or "" for any."""
    query = select(Audit).order_by(Audit.id.desc()).limit(most)
    mine = campaign and campaign.id
    for wanted, column in ((mine, Audit.campaign_id), (act, Audit.act), (person_id, Audit.person_id)):
        if wanted:
            query = query.where(column == wanted)
    return list(db.session.scalars(query.where(Audit.id < before) if before else query))


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
    ids = {row.person_id for row in rows if row.person_id}
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}


def newest(campaign: Campaign) -> int:
    """The id of the campaign's newest row; 0 when there is none. What a form was made from."""
    return db.session.scalar(select(func.max(Audit.id)).where(Audit.campaign_id == campaign.id)) or 0
