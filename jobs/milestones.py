"""The work of the timetable: reach what is open."""

import time

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import effects, state, timetable

NEAR = 1.0  # seconds: RQ cuts moments to whole seconds, so a job may come this much before its opening


def advance(campaign_id: int) -> int:
    """Reach each open milestone in order, one transaction each, and then the next when it opens in this second.

    How many there were. Safe to run twice, early or late: the clock is asked under the campaign's lock, and what was
    reached is not again.
    """
    reached = reach(campaign_id)
    left = _until_next(campaign_id)
    if left is not None and left <= NEAR:
        time.sleep(left)
        reached += reach(campaign_id)
    return reached


def _until_next(campaign_id: int) -> float | None:
    """Real seconds to the next opening; None when none comes by itself. It holds no connection afterwards."""
    campaign = db.session.get(Campaign, campaign_id)
    left = state.until_opening(campaign, campaign.now) if campaign else None
    db.session.rollback()
    return left.total_seconds() if left is not None else None


def reach(campaign_id: int) -> int:
    """Reach each open milestone in order, one transaction each, and wait for none; how many there were."""
    reached = 0
    while reached < 1000 and timetable.is_behind(campaign_id):
        with writing():
            if timetable.reach_next(campaign_id) is None:
                return reached
        reached += 1
    return reached


def write_recaps() -> int:
    """Write the recap letters whose time has come. Safe to run twice: each once, under its campaign's lock."""
    written = 0
    for campaign_id, milestone_id in effects.recaps_due():
        with writing():
            timetable.locked(campaign_id)
            written += effects.write_recap(milestone_id)
    return written
