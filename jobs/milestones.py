"""The work of the timetable: reach what is open."""

from launchpad.database import writing
from launchpad.services import effects, timetable


def advance(campaign_id: int) -> int:
    """Reach each open milestone in order, one transaction each; how many there were.

    Safe to run twice, early or late: the clock is asked under the campaign's lock, and what was reached is not again.
    """
    reached = 0
    while reached < 1000:
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
