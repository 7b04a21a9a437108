"""The line of each waitlist counts what its places say."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.services import line_mending


def faults() -> list[str]:
    """A sentence each; nothing when all is well."""
    return [fault for campaign in db.session.scalars(select(Campaign)) for fault in line_mending.faults(campaign)]
