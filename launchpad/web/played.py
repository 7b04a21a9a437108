"""Whom the crowd of a rehearsal plays in this request, if it is the crowd."""

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.web.limits import actor


def campaign_id() -> int | None:
    """The rehearsal to which a person made by this request belongs; None when a real person asks."""
    id, _, number = str(actor() or "").partition(":")
    if not id.isdigit() or not number or len(id) > 9:
        return None
    campaign = db.session.get(Campaign, int(id))
    return campaign.id if campaign is not None and campaign.rehearsal is not None else None
