"""Signing in by a letter: a link and a six-digit code, both derived from one row, both spent by the first success."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Letter, Person, SignIn
from launchpad.services import letters, people, tokens
from launchpad.services.wakes import wake

LIFE = timedelta(minutes=15)  # of real time
WRONG_CODES = 5  # that one row survives
AT_ONCE = 5  # live letters to one person; a sixth is not written
UNCONFIRMED_EVERY = timedelta(minutes=10)  # an address that is nobody's yet gets at most one letter in this time
# the letters that an unconfirmed address may get
CONFIRMING = ("sign_in", "confirm", "membership", "reminder_confirm", "staff_invite")


def ask(email: str, next: str = "") -> None:
    """Write the letter with link and code, when the address is known and was not written to too often.

    It says nothing back: a known and an unknown address are the same to whoever asks.
    """
    person = people.find(email)
    wake("letters")  # either way, so that the work behind the answer is alike as well
    if person is None or _enough(person):
        return
    row = _make(person, LIFE, next)
    letters.write("sign_in", person, f"sign_in:{row.id}")


def link_for(person: Person, hours: int = 24, next: str = "") -> str:
    """A one-time address path that signs a person in, to be handed over by whoever runs the site."""
    return path_of(make(person, hours, next))


def make(person: Person, hours: int, next: str = "") -> SignIn:
    """A chance to sign in by a link that lasts longer than one somebody asks for: an invitation."""
    return _make(person, timedelta(hours=hours), next)


def path_of(row: SignIn) -> str:
    """The address path of a row's link."""
    return f"/sign-in/{token_of(row)}"


def token_of(row: SignIn) -> str:
    """The token in the link of a row. Derived, so that its letter can be written again.

    The row's moment is part of it: a database may give the id of a deleted row to the next one, and a link that was
    made for somebody else must not open that.
    """
    return tokens.make(_purpose(row), row.id)


def code_of(row: SignIn) -> str:
    """The six digits in the letter of a row."""
    return f"{int.from_bytes(_hmac(f'code:{_purpose(row)}:{row.id}')[:8], 'big') % 1_000_000:06}"


def usable(token: str) -> SignIn | None:
    """The row that a link would spend now, or None; for the page that shows the button. It changes nothing."""
    return db.session.scalar(select(SignIn).where(SignIn.token_hash == _token_hash(token), *_live()))


def by_link(token: str) -> SignIn | None:
    """Spend the row of a link. None when there is none, or somebody was first."""
    return _spend(SignIn.token_hash == _token_hash(token))


def by_code(email: str, code: str) -> SignIn | None:
    """Spend the row that a code was made for. None for a wrong code, which is counted: commit it all the same."""
    person = people.find(email)
    digits = "".join(c for c in code if c.isascii() and c.isdigit())
    tried = db.session.execute(
        update(SignIn)
        .where(SignIn.person_id == (person.id if person else 0), SignIn.attempts < WRONG_CODES, *_live())
        .values(attempts=SignIn.attempts + 1)
        .returning(SignIn.id, SignIn.code_hash)
    ).all()
    for id, kept in tried:
        if hmac.compare_digest(kept or "", _code_hash(id, digits)):
            return _spend(SignIn.id == id)
    return None


def _make(person: Person, life: timedelta, next: str) -> SignIn:
    now = clock.now()
    row = SignIn(person_id=person.id, next=next[:250], made_at=now, expires_at=now + life)
    db.session.add(row)
    db.session.flush()
    row.token_hash, row.code_hash = _token_hash(token_of(row)), _code_hash(row.id, code_of(row))
    db.session.flush()
    return row


def _spend(which: ColumnElement[bool]) -> SignIn | None:
    """One statement decides who is first; what it finds confirms the address."""
    id = db.session.scalar(update(SignIn).where(which, *_live()).values(used_at=clock.now()).returning(SignIn.id))
    if id is None:
        return None
    row = db.session.get(SignIn, id, populate_existing=True)
    people.confirm(db.session.get(Person, row.person_id))
    db.session.flush()
    return row


def _live() -> list[ColumnElement[bool]]:
    """A row can be used until the moment it expires, by people who were not erased."""
    standing = select(Person.id).where(Person.erased_at.is_(None))
    return [_unspent(), SignIn.expires_at > clock.now(), SignIn.person_id.in_(standing)]


def _unspent() -> ColumnElement[bool]:
    return SignIn.used_at.is_(None)


def _enough(person: Person) -> bool:
    """True when no further letter may go to this person for now."""
    now = clock.now()
    if person.confirmed_at is None:
        return written_lately(person, now - UNCONFIRMED_EVERY)
    live = select(func.count()).where(SignIn.person_id == person.id, SignIn.made_at > now - LIFE)
    return db.session.scalar(live) >= AT_ONCE


def written_lately(person: Person, since: datetime) -> bool:
    """True when a letter that confirms an address was written to a person after that real moment."""
    lately = or_(Letter.due_at > since, Letter.sent_at > since)
    found = select(Letter.id).where(Letter.person_id == person.id, Letter.kind.in_(CONFIRMING), lately).limit(1)
    return db.session.scalar(found) is not None


def _purpose(row: SignIn) -> str:
    return f"sign_in:{row.made_at.astimezone(UTC).isoformat()}"


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _code_hash(id: int, code: str) -> str:
    """Keyed: a million codes are soon tried against a bare hash."""
    return _hmac(f"code-hash:{id}:{code}").hex()


def _hmac(text: str) -> bytes:
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), text.encode("utf-8", "replace"), "sha256")
