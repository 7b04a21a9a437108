"""What has to be done every so often, whatever else happens. Every job here is safe to run twice."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from jobs import milestones
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import SignIn
from launchpad.services import holds, hooks, pictures, visits

OLD = timedelta(days=1)  # a link to sign in that ended so long ago says nothing to anybody


def sweep() -> None:
    """Every few seconds: free the units of holds that are over, write the recap letters whose time has come."""
    with writing():
        holds.sweep()
    milestones.write_recaps()


def tidy() -> None:
    """Every few minutes: fold counters into rows, drop links that ended long ago and files that nothing names."""
    with writing():
        visits.fold()
    with writing():
        drop_old_links()
        hooks.tidy()
    pictures.sweep()
    db.session.rollback()


def drop_old_links() -> None:
    """Delete the chances to sign in that ended a day ago.

    The newest row stays: SQLite would give its id to the next one, and a letter is written once for an id.
    """
    newest = select(func.max(SignIn.id)).scalar_subquery()
    db.session.execute(delete(SignIn).where(SignIn.expires_at < clock.now() - OLD, SignIn.id < newest))
