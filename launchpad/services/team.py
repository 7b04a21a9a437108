"""The team: who has a key to the control room."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Person, Staff
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, people

ROLES = ("owner", "moderator")


def add(email: str, role: str, campaign: Campaign | None = None, actor: Person | None = None) -> Person:
    """Give the person of an address a role, over every campaign unless one is named. Raises Refusal for no address,
    and when the last owner would become something else.

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
        if role != "owner" and _owners() == [row.id]:
            raise Refusal("last_owner", "Somebody has to be able to get in: this is the last owner.", "role")
        row.role = role
    audit.record(actor, "staff.add", campaign, f"person:{person.id}", before, {"role": role})
    db.session.flush()
    return person


def every() -> list[tuple[Staff, Person, Campaign | None]]:
    """Everybody with a key, and where it fits: to every campaign (None) or to one."""
    rows = (
        select(Staff, Person, Campaign)
        .join(Person, Person.id == Staff.person_id)
        .join(Campaign, Campaign.id == Staff.campaign_id, isouter=True)
    )
    return [tuple(row) for row in db.session.execute(rows.order_by(Staff.role.desc(), Person.email, Staff.id))]


def remove(id: int, actor: Person | None = None) -> None:
    """Take a key back. Raises Refusal for the last owner, and when there is no such key any more."""
    owners = _owners()
    row = db.session.get(Staff, id)
    if row is None:
        raise Refusal("unknown", "That key was taken back already.", status=404)
    if owners == [row.id]:
        raise Refusal("last_owner", "Somebody has to be able to get in: this is the last owner.")
    campaign = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    audit.record(actor, "staff.remove", campaign, f"person:{row.person_id}", {"role": row.role}, None)
    db.session.delete(row)
    db.session.flush()


def _owners() -> list[int]:
    """The keys of owners of everything, locked until the commit: two who take each other's key must not both win."""
    rows = select(Staff.id).where(Staff.role == "owner", Staff.campaign_id.is_(None)).order_by(Staff.id)
    return list(db.session.scalars(rows.with_for_update()))
