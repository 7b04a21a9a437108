"""The team: who has a key to the control room, to which campaigns it fits, and until when."""

from datetime import datetime

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person, SignIn, Staff
from launchpad.rules import access
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, people, sign_in, standing

ROLES = tuple(reversed(access.STAFF))
LAST = "Somebody has to be able to get in: this is the last owner. Make another one first."
INVITED = 24  # hours in which the link of an invitation signs in


def add(
    email: str,
    role: str,
    campaign: Campaign | None = None,
    actor: Person | None = None,
    until: datetime | None = None,
) -> Person:
    """Give the person of an address a role, over every campaign unless one is named. Raises Refusal.

    A role that includes one held here takes its place; others are held beside each other. The same role again sets
    `until` (real time; None for no end, and for a host the end of launch day). `actor` None is the command line.
    """
    _check(role, until)
    person = people.find_or_make(email)
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())  # one key at a time
    where = campaign.id if campaign else None
    held = [row for row in _held(person) if row.campaign_id in (None, where)]
    here = [row for row in held if row.campaign_id == where]
    same = next((row for row in here if row.role == role), None)
    if more := next((row for row in held if row.role != role and _covers(row, role, until, campaign)), None):
        raise Refusal("held", f"They are {_a(more.role)} here already, which includes {_a(role)}.", "role")
    less = [row for row in here if row is not same and _less(row, role, until, campaign)]
    before = None
    if same is not None:
        before = _told(same.role, same.until)
        same.until = until
    elif less:
        before = {"role": ", ".join(sorted(row.role for row in less))}
    for row in less:
        db.session.delete(row)
    if same is None:
        db.session.add(Staff(person_id=person.id, campaign_id=where, role=role, until=until))
    audit.record(actor, "staff.add", campaign, f"person:{person.id}", before, _told(role, until))
    db.session.flush()
    return person


def change(id: int, role: str, until: datetime | None, actor: Person | None = None) -> None:
    """Make another role of a key, with another end. Raises Refusal: the last owner stays one."""
    _check(role, until)
    owners, row = _owners(), _row(id)
    if owners == [row.id] and role != "owner":
        raise Refusal("last_owner", LAST, "role")
    if any(other.role == role and other.campaign_id == row.campaign_id for other in _others(row)):
        raise Refusal("held", f"They are {_a(role)} here already, by another key.", "role")
    before, after = _told(row.role, row.until), _told(role, until)
    if before == after:
        return
    row.role, row.until = role, until
    audit.record(actor, "staff.change", _campaign(row), f"person:{row.person_id}", before, after)
    db.session.flush()


def remove(id: int, actor: Person | None = None) -> None:
    """Take a key back. Raises Refusal for the last owner, and when there is no such key any more."""
    owners, row = _owners(), _row(id)
    if owners == [row.id]:
        raise Refusal("last_owner", LAST)
    audit.record(actor, "staff.remove", _campaign(row), f"person:{row.person_id}", _told(row.role, row.until), None)
    db.session.delete(row)
    db.session.flush()


def sign_out(id: int, actor: Person | None = None) -> Person:
    """End every session of the person with this key, and every link under way to them. Raises Refusal."""
    row = _row(id)
    person = db.session.get_one(Person, row.person_id)
    people.sign_out_everywhere(person)
    audit.record(actor, "staff.sign_out", _campaign(row), f"person:{row.person_id}")
    db.session.flush()
    return person


def invite(person: Person) -> tuple[SignIn, bool]:
    """A one-time link into the control room, and whether a letter brings it.

    An address that nobody confirmed gets at most one letter in ten minutes.
    """
    lately = clock.now() - sign_in.UNCONFIRMED_EVERY
    quiet = person.confirmed_at is None and sign_in.written_lately(person, lately)
    row = sign_in.make(person, INVITED, "/team/")
    if not quiet:
        letters.write("staff_invite", person, f"sign_in:{row.id}")
    return row, not quiet


def invite_again(id: int, actor: Person | None = None) -> tuple[Person, SignIn, bool]:
    """Another link for whoever has this key: the person, and as `invite`. Raises Refusal."""
    row = _row(id)
    audit.record(actor, "staff.link", _campaign(row), f"person:{row.person_id}")
    person = db.session.get_one(Person, row.person_id)
    return (person, *invite(person))


def every(campaign: Campaign | None = None) -> list[tuple[Staff, Person, Campaign | None]]:
    """Everybody with a key, and where it fits: to every campaign (None) or to one. With a campaign, its own keys alone."""
    rows = (
        select(Staff, Person, Campaign)
        .join(Person, Person.id == Staff.person_id)
        .join(Campaign, Campaign.id == Staff.campaign_id, isouter=True)
        .order_by(Person.email, Staff.id)
    )
    if campaign is not None:
        rows = rows.where(Staff.campaign_id == campaign.id)
    return sorted((tuple(row) for row in db.session.execute(rows)), key=lambda row: ROLES.index(row[0].role))


def of(person: Person) -> list[Staff]:
    """Every key of a person that has not ended."""
    rows = [(row, _campaign(row)) for row in _held(person)]
    return [row for row, campaign in rows if not standing.ended(row.role, row.until, campaign)]


def held(person: Person, campaign: Campaign | None = None) -> list[Staff]:
    """A person's keys, ended ones among them: those to one campaign alone, or all."""
    return [row for row in _held(person) if campaign is None or row.campaign_id == campaign.id]


def whom_to_ask(campaign: Campaign | None = None, most: int = 3) -> list[Person]:
    """Owners, of this campaign or of everything: who can give a key."""
    rows = select(Person).join(Staff, Staff.person_id == Person.id).where(Staff.role == "owner").order_by(Staff.id)
    where = Staff.campaign_id.is_(None)
    rows = rows.where(where | (Staff.campaign_id == campaign.id) if campaign else where)
    return list(db.session.scalars(rows.limit(most)))


def refuse_last_owner(person: Person) -> None:
    """Raise Refusal when nobody would own everything without this person."""
    owners = _owners()
    if owners and not [row for row in owners if db.session.get_one(Staff, row).person_id != person.id]:
        raise Refusal("last_owner", LAST)


def _owners() -> list[int]:
    """The keys of owners of everything, locked until the commit: two who take each other's key must not both win."""
    rows = select(Staff.id).where(Staff.role == "owner", Staff.campaign_id.is_(None)).order_by(Staff.id)
    return list(db.session.scalars(rows.with_for_update()))


def _check(role: str, until: datetime | None) -> None:
    if role not in ROLES:
        raise ValueError(f"no role {role!r}")
    if until is not None and role == "owner":
        raise Refusal("until", "An owner's key has no end: take it back when it is time.", "until")
    if until is not None and until <= clock.now():
        raise Refusal("until", "That moment has passed. Choose a later one, or none.", "until")


def _row(id: int) -> Staff:
    row = db.session.get(Staff, id, populate_existing=True)
    if row is None:
        raise Refusal("unknown", "That key was taken back already.", status=404)
    return row


def _held(person: Person) -> list[Staff]:
    return list(db.session.scalars(select(Staff).where(Staff.person_id == person.id).order_by(Staff.id)))


def _others(row: Staff) -> list[Staff]:
    rows = select(Staff).where(Staff.person_id == row.person_id, Staff.id != row.id)
    return list(db.session.scalars(rows))


def _covers(row: Staff, role: str, until: datetime | None, campaign: Campaign | None) -> bool:
    """True when a key in somebody's hand opens all that this one would, for as long."""
    lasts = row.until is None or (until is not None and until <= row.until)
    return access.includes(row.role, role) and lasts and not standing.ended(row.role, row.until, campaign)


def _less(row: Staff, role: str, until: datetime | None, campaign: Campaign | None) -> bool:
    """True when the new key opens all that this one did, for as long: it takes its place."""
    lasts = until is None or (row.until is not None and row.until <= until)
    return standing.ended(row.role, row.until, campaign) or (access.includes(role, row.role) and lasts)


def _campaign(row: Staff) -> Campaign | None:
    return db.session.get(Campaign, row.campaign_id) if row.campaign_id else None


def _told(role: str, until: datetime | None) -> dict:
    return {"role": role} | ({"until": until.isoformat()} if until else {})


def _a(role: str) -> str:
    return f"{'an' if role[0] in 'aeo' else 'a'} {role}"
