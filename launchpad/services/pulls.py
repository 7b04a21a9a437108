"""Until when a provider's own list of events was read."""

from datetime import datetime, timedelta

from launchpad import clock
from launchpad.database import db
from launchpad.models import Pull

FIRST = timedelta(days=3)  # how far back the first look goes
OVERLAP = timedelta(minutes=15)  # an event may appear in the list a little after its moment
EVERY = timedelta(minutes=5)


def since(provider: str) -> datetime:
    """The real moment from which on the next look reads."""
    row = db.session.get(Pull, provider)
    return row.until - OVERLAP if row else clock.now() - FIRST


def is_due(provider: str) -> bool:
    """True when the last look was long enough ago."""
    row = db.session.get(Pull, provider)
    return row is None or row.until <= clock.now() - EVERY


def done(provider: str, until: datetime, found: int) -> None:
    """The list was read up to a real moment, and told of so many events that had not been delivered."""
    row = db.session.get(Pull, provider)
    if row is None:
        row = Pull(provider=provider, until=until, seen=0)
        db.session.add(row)
    row.until, row.seen = max(row.until, until), row.seen + found
