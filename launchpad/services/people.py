"""People: found or made by their address, made members, signed out everywhere."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person, SignIn
from launchpad.rules.addresses import address_key
from launchpad.rules.refusals import Refusal


def key_of(email: str | None) -> str:
    """The key of an address as typed. Raises Refusal with the sentence for the person."""
    try:
        return address_key(email or "")
    except ValueError as fault:
        raise Refusal("address", str(fault), "email") from None


def find(email: str) -> Person | None:
    """The person with that address, or None; erased people have none. One that was joined to another is that other's."""
    found = db.session.scalar(select(Person).where(Person.email == key_of(email), Person.erased_at.is_(None)))
    return _kept(found) if found is not None else None


def _kept(person: Person) -> Person:
    """Who a row is: itself, or the person it was joined to (services.merging)."""
    while person.merged_into is not None:
        person = db.session.get(Person, person.merged_into)
    return person


def find_or_make(email: str, name: str = "", played_in: int | None = None) -> Person:
    """The person with that address, made when there is none. Two at once get the same row.

    A name is set only on the row that this call makes: an address that somebody typed proves nothing about who they
    are. `played_in` marks a person simulated in that rehearsal.
    """
    key = key_of(email)
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"email": key, "name": name[:250], "played_in": played_in}
    made = dialect.insert(Person).values(**row).on_conflict_do_nothing(index_elements=["email"]).returning(Person)
    return db.session.scalar(made) or _kept(db.session.scalars(select(Person).where(Person.email == key)).one())


@dataclass(frozen=True)
class Known:
    """As much of a person as joining has to know."""

    id: int
    confirmed_at: datetime | None


_kept_row = Person.__table__.alias()  # who an address was joined to; a row that goes takes along what was joined to it before
_WHO = (  # each join asks it, so it is built once
    select(
        Person.__table__.c.email,
        func.coalesce(_kept_row.c.id, Person.__table__.c.id),
        case((_kept_row.c.id.is_not(None), _kept_row.c.confirmed_at), else_=Person.__table__.c.confirmed_at),
    )
    .join(_kept_row, _kept_row.c.id == Person.__table__.c.merged_into, isouter=True)
    .where(Person.__table__.c.email.in_(bindparam("keys", expanding=True)))
)


def make_all(keys: Mapping[str, int | None]) -> dict[str, Known]:
    """The people with these address keys (see `key_of`), made where there are none, in two statements for all of them.

    The values are `played_in`, as in `find_or_make`.
    """
    if not keys:
        return {}
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    table = Person.__table__
    insert = dialect.insert(table).on_conflict_do_nothing(index_elements=["email"])
    connection = db.session.connection()
    # by address, so that two who make the same people wait for each other in one order
    connection.execute(insert, [{"email": key, "name": "", "played_in": keys[key]} for key in sorted(keys)])
    rows = connection.execute(_WHO, {"keys": list(keys)})
    return {email: Known(id, confirmed_at) for email, id, confirmed_at in rows}


def confirm(person: Person) -> None:
    """The address is theirs: they used what was mailed to it."""
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()


def become_member(
    person: Person,
    source: str,
    campaign: Campaign | None = None,
    tier: str = "member",
    at: datetime | None = None,
) -> bool:
    """Make a member of a person whose address was confirmed; False when they are one already.

    `source` is where they came from: form, invite:CODE, shopify, mailchimp, file, place. With a campaign they joined
    during it, at its own moment; else at `at`, or now.
    """
    if person.member_at is not None:
        return False
    person.member_at = at or (campaign.moment if campaign else clock.now())
    person.member_source = source[:250]
    person.joined_in = campaign.id if campaign else None
    if tier != "member" and person.tier == "member":
        person.tier = tier
    return True


def sign_out_everywhere(person: Person) -> None:
    """End every session of a person and every link and code that is still under way to them."""
    person.session_key = secrets.token_hex(16)
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.used_at.is_(None)).values(used_at=clock.now())
    )
