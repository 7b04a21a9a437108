"""When a campaign stood still: its holds, read from the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Audit, Campaign


@dataclass(frozen=True)
class Standstill:
    """One hold, in campaign time; `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    reason: str


def standstills(campaign: Campaign, most: int = 40) -> list[Standstill]:
    """The newest holds of a campaign, the oldest of them first."""
    rows = db.session.scalars(
        select(Audit)
        .where(Audit.campaign_id == campaign.id, Audit.act.in_(("campaign.hold", "campaign.release")))
        .order_by(Audit.id.desc())
        .limit(2 * most)
    )
    found: list[Standstill] = []
    begun: Audit | None = None
    for row in reversed(list(rows)):
        if row.act == "campaign.hold":
            begun = row
        elif begun is not None:
            found.append(Standstill(_moment(begun, "held_at"), _moment(row, "now"), begun.reason))
            begun = None
    if begun is not None and campaign.held_at is not None:
        found.append(Standstill(campaign.held_at, None, begun.reason))
    return found


def _moment(row: Audit, key: str) -> datetime:
    text = (row.after or {}).get(key)
    return datetime.fromisoformat(text) if text else row.at
