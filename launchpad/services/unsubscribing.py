"""The way out of every letter about launches: one token a person, good for ever, in the link and the header."""

import hmac
from datetime import UTC

from launchpad.database import db
from launchpad.models import Person
from launchpad.services import consents, tokens


def token_of(person: Person) -> str:
    """The token in a person's letters. Their row's moment is part of it: an id may be given to somebody else later."""
    return f"{person.id}.{tokens.make(_purpose(person), person.id).rpartition('.')[2]}"


def person_of(token: str) -> Person | None:
    """Whose token it is; None when it is nobody's."""
    id, _, mark = token.partition(".")
    if not mark or len(id) > 10 or not id.isascii() or not id.isdigit() or int(id) >= 2**31:
        return None
    person = db.session.get(Person, int(id))
    if person is None or person.erased_at is not None:
        return None
    return person if hmac.compare_digest(token.encode("utf-8", "replace"), token_of(person).encode()) else None


def unsubscribe(person: Person) -> bool:
    """No letter about a launch goes to them from this commit on; their place, passes and orders stay. Idempotent."""
    return consents.stop_marketing(person, "unsubscribe")


def _purpose(person: Person) -> str:
    return f"unsubscribe:{person.created_at.astimezone(UTC).isoformat()}"
