"""Signing in and consent: I1, L2 and L3."""

from datetime import timedelta

from sqlalchemy import func, or_, select

from launchpad.database import db
from launchpad.models import Letter, Person, SignIn
from launchpad.services import sign_in

COMMITS = timedelta(seconds=20)  # the longest between a person's no and the commit from which it counts


def faults() -> list[str]:
    """A sentence each; nothing when all is well."""
    return [*_tokens(), *_unconfirmed(), *_unsubscribed(), *_erased()]


def _tokens() -> list[str]:
    """A link is kept as its hash alone, and each is of one row."""
    bare = or_(SignIn.token_hash.is_(None), func.length(SignIn.token_hash) != 64)
    ids = db.session.scalars(select(SignIn.id).where(bare).order_by(SignIn.id))
    found = [f"sign-in {id} has no hash of a token" for id in ids]
    same = select(func.count()).select_from(SignIn).group_by(SignIn.token_hash).having(func.count() > 1)
    return found + (["two sign-ins have one token"] if db.session.scalar(same.limit(1)) else [])


def _unconfirmed() -> list[str]:
    """An address that nobody confirmed got something but its confirmation."""
    ids = db.session.scalars(
        select(Person.id)
        .distinct()
        .join(Letter, Letter.person_id == Person.id)
        .where(
            Person.confirmed_at.is_(None),
            Person.erased_at.is_(None),
            Letter.sent_at.is_not(None),
            Letter.kind.not_in((*sign_in.CONFIRMING, "order", "refund")),
        )
        .order_by(Person.id)
    )
    return [f"person {id} has confirmed no address and got more than a confirmation" for id in ids]


def _unsubscribed() -> list[str]:
    """Letters about launches that began to be sent after their person had said no."""
    rows = db.session.execute(
        select(Letter.claimed_at, Person.unsubscribed_at)
        .join(Person, Person.id == Letter.person_id)
        .where(Letter.marketing.is_(True), Letter.claimed_at > Person.unsubscribed_at, Letter.sent_at.is_not(None))
    )
    number = sum(began > said + COMMITS for began, said in rows)
    return [f"{number} letters about launches began after unsubscribing"] if number else []


def _erased() -> list[str]:
    kept = Person.erased_at.is_not(None), or_(Person.name != "", Person.email.contains("@"))
    ids = db.session.scalars(select(Person.id).where(*kept).order_by(Person.id))
    return [f"person {id} was erased and still has a name or an address" for id in ids]
