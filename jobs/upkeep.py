"""What has to be done every so often, whatever else happens. Every job here is safe to run twice."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from jobs import milestones
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, SignIn
from launchpad.services import (
    admitting,
    brought_buyers,
    goal_marks,
    holds,
    hooks,
    line_mending,
    pictures,
    referring,
    sale_lines,
    visits,
)

OLD = timedelta(days=1)  # a link to sign in that ended so long ago says nothing to anybody


def sweep() -> None:
    """Every few seconds: free the units of holds that are over, let in who waited long enough, say which quarter of a goal
    is reached, let lines about many purchases speak of all of them, write recap letters that are due.
    """
    with writing():
        holds.sweep()
    for campaign_id in admitting.campaigns_with_doubts():
        with writing():
            admitting.admit_due(db.session.get(Campaign, campaign_id))
    for campaign_id in goal_marks.due():
        with writing():
            goal_marks.report(db.session.get_one(Campaign, campaign_id))
    for campaign_id, entry_id in sale_lines.behind():
        with writing():
            sale_lines.catch_up(campaign_id, entry_id)
    milestones.write_recaps()


def tidy() -> None:
    """Every few minutes: fold counters into rows, drop links that ended long ago and files that nothing names.

    A line whose places came past the services (a restored table, rows put in by hand) is counted anew.
    """
    with writing():
        visits.fold()
    with writing():
        drop_old_links()
        hooks.tidy()
    with writing():
        brought_buyers.settle()
        referring.weigh_merged()
        referring.forget_networks(clock.now() - OLD)
    for campaign_id in line_mending.behind():
        with writing():
            line_mending.mend(db.session.get(Campaign, campaign_id))
    pictures.sweep()
    db.session.rollback()


def drop_old_links() -> None:
    """Delete the chances to sign in that ended a day ago.

    The newest row stays: SQLite would give its id to the next one, and a letter is written once for an id.
    """
    newest = select(func.max(SignIn.id)).scalar_subquery()
    db.session.execute(delete(SignIn).where(SignIn.expires_at < clock.now() - OLD, SignIn.id < newest))
