"""Testimonials that the clock lets be heard. No job is kept for one: rows and clock decide, as with passes."""

from launchpad.database import db, writing
from launchpad.services import testimonials, timetable


def release_due() -> int:
    """Let those be heard whose minute has come; how many. Safe to run twice and from two processes at once.

    One a minute of campaign time, unless a rehearsal's minutes pass faster than this is asked.
    """
    ids = testimonials.campaigns_due()
    db.session.rollback()
    return sum(_release(id) for id in ids)


def _release(campaign_id: int) -> int:
    with writing():
        campaign = timetable.locked(campaign_id)
        found = testimonials.due(campaign) if campaign else []
        most = max(1, campaign.pace // 60) if campaign else 0
        return sum(testimonials.let_be_heard(campaign, row, by_clock=True) is not None for row in found[:most])
