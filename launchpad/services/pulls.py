"""Until when the list that a provider or store keeps itself was read."""

from datetime import datetime, timedelta

from launchpad import clock
from launchpad.database import db
from launchpad.models import Pull

FIRST = timedelta(days=3)  # how far back the first look goes
OVERLAP = timedelta(minutes=15)  # an event may appear in the list a little after its moment
EVERY = timedelta(minutes=5)


def of(provider: str) -> Pull | None:
    """What is known of our looks at its list; None before the first try."""
    return db.session.get(Pull, provider)


def since(provider: str, first: timedelta = FIRST) -> datetime:
    """The real moment from which on the next look reads; `first`: how far back the first one goes."""
    row = of(provider)
    return row.until - OVERLAP if row else clock.now() - first


def is_due(provider: str) -> bool:
    """True when the last look was long enough ago, and the last try as well."""
    row = of(provider)
    return row is None or max(row.until, row.tried_at or row.until) <= clock.now() - EVERY


def done(provider: str, until: datetime, found: int) -> None:
    """The list was read up to a real moment, and told of so many events that had not been delivered."""
    row = _row(provider, until)
    row.until, row.seen = max(row.until, until), row.seen + found
    row.tried_at, row.trouble = clock.now(), ""


def failed(provider: str, why: str, first: timedelta = FIRST) -> Pull:
    """The list could not be read: tried again after the usual time, from where it was read up to."""
    row = _row(provider, clock.now() - first + OVERLAP)
    row.tried_at, row.trouble = clock.now(), why[:250]
    return row


def _row(provider: str, until: datetime) -> Pull:
    row = of(provider)
    if row is None:
        row = Pull(provider=provider, until=until, seen=0)
        db.session.add(row)
    return row
