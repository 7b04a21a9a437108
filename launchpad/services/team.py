"""The team: who has a key to the control room."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Person, Staff
from launchpad.services import audit, people

ROLES = ("owner", "moderator")


def add(email: str, role: str, campaign: Campaign | None = None, actor: Person | None = None) -> Person:
    """Give the person of an address a role, over every campaign unless one is named. Raises Refusal for no address.

    A second time changes the role. `actor` None is the command line.
    """
    if role not in ROLES:
        raise ValueError(f"no role {role!r}")
    person = people.find_or_make(email)
    where = (Staff.person_id == person.id, Staff.campaign_id == (campaign.id if campaign else None))
    row = db.session.scalar(select(Staff).where(*where))
    before = {"role": row.role} if row else None
    if row is None:
        db.session.add(Staff(person_id=person.id, campaign_id=campaign.id if campaign else None, role=role))
    else:
        row.role = role
    audit.record(actor, "staff.add", campaign, f"person:{person.id}", before, {"role": role})
    db.session.flush()
    return person
