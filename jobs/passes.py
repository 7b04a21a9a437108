"""Passes that have ended go to the next in line."""

from launchpad.database import db, writing
from launchpad.services import passing


def pass_on() -> int:
    """End, pass on and give, one transaction a campaign; how many passes were given.

    Safe to run twice: an end is recorded once, and a returned pass has one second chance.
    """
    waiting = passing.campaigns()
    db.session.rollback()
    given = 0
    for campaign_id in waiting:
        with writing():
            given += passing.pass_on(campaign_id)
    return given
