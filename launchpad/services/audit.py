"""The record of what the team did."""

from typing import Any

from launchpad.database import db
from launchpad.models import Audit, Campaign, Person


def record(
    actor: Person | None,
    act: str,
    campaign: Campaign | None = None,
    subject: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add the row of one act, in the act's own transaction. `actor` None is the command line."""
    db.session.add(
        Audit(
            person_id=actor.id if actor else None,
            campaign_id=campaign.id if campaign else None,
            act=act,
            subject=subject,
            before=before,
            after=after,
            reason=reason[:250],
        )
    )
