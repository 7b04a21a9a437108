"""Invite codes: they make members, are counted once for each, and remember where people came from."""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Invite, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit

LONGEST = 40
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that reads like something else


def make_invite(
    code: str = "",
    source: str = "",
    tier: str = "member",
    most: int | None = None,
    expires_at: datetime | None = None,
    actor: Person | None = None,
) -> Invite:
    """A new code, a random one when none is given. `most`: how many may use it, None for any number. Raises Refusal."""
    code = normal(code) or "".join(secrets.choice(_SIGNS) for _ in range(8))
    if len(code) > LONGEST or not all(c.isalnum() or c in "-_" for c in code):
        raise Refusal("code", f"A code has letters, digits, - and _, at most {LONGEST}.", "code")
    if most is not None and not 1 <= most <= 1_000_000:
        raise Refusal("most", "A code is good for 1 to 1,000,000 people.", "most")
    if db.session.scalar(select(Invite.id).where(Invite.code == code)) is not None:
        raise Refusal("code_taken", "There is a code like that already.", "code")
    row = Invite(code=code, source=source[:250], tier=tier[:60] or "member", most=most, expires_at=expires_at)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "invite.make", subject=f"invite:{row.id}", after={"tier": row.tier, "most": most})
    return row


def every() -> list[Invite]:
    """All codes, the newest first."""
    return list(db.session.scalars(select(Invite).order_by(Invite.id.desc())))


def check(code: str) -> Invite:
    """The invite of a code as typed, when it would serve now. Raises Refusal; it is not counted yet."""
    row = db.session.scalar(select(Invite).where(Invite.code == normal(code), *_serves())) if code else None
    if row is None:
        raise Refusal("code", "That code is not one of ours, or it has been used up.", "code")
    return row


def count(id: int) -> Invite:
    """Use a code once: one statement decides who gets the last of it. Raises Refusal when there is none left."""
    used = update(Invite).where(Invite.id == id, *_serves()).values(used=Invite.used + 1).returning(Invite.id)
    if db.session.scalar(used) is None:
        raise Refusal(
            "code", "This invite code has been used up meanwhile. Ask for another one and join again.", "code"
        )
    return db.session.get(Invite, id, populate_existing=True)


def normal(code: str | None) -> str:
    """A code as it is kept: upper case, without spaces and what cannot be seen."""
    return "".join(c for c in code or "" if c.isprintable() and not c.isspace()).upper()


def _serves() -> list[ColumnElement[bool]]:
    return [_left(), or_(Invite.expires_at.is_(None), Invite.expires_at > clock.now())]


def _left() -> ColumnElement[bool]:
    return or_(Invite.most.is_(None), Invite.used < Invite.most)
