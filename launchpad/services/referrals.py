"""Referral codes: short enough for a QR code, and derived from the person: none is stored, none can be guessed."""

import hmac

from flask import current_app

from launchpad.database import db
from launchpad.models import Person

LONGEST = 40
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u: read aloud and typed without a doubt


def code_of(person: Person) -> str:
    """The code in the links that a person shares."""
    return f"{_written(person.id)}-{_mark(person.id)}"


def person_of(code: str) -> Person | None:
    """Whose code it is; None when it is nobody's."""
    head, dash, mark = (code or "").strip().lower().partition("-")
    if not dash or not head or len(code) > LONGEST or any(c not in _SIGNS for c in head):
        return None
    id = 0
    for sign in head:
        id = id * len(_SIGNS) + _SIGNS.index(sign)
    if id >= 2**31 or not hmac.compare_digest(mark.encode(), _mark(id).encode()):
        return None
    person = db.session.get(Person, id)
    return person if person is not None and person.erased_at is None else None


def _written(number: int) -> str:
    written = ""
    while number or not written:
        number, digit = divmod(number, len(_SIGNS))
        written = _SIGNS[digit] + written
    return written


def _mark(id: int) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    digest = int.from_bytes(hmac.digest(key, f"referral:{id}".encode(), "sha256")[:4], "big")
    return _written(digest)[:6].rjust(6, "0")
