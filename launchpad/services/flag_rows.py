"""Flags as rows: what is open, and what the team's word settles. Reporting itself is in services.flags."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update

from launchpad.database import db
from launchpad.models import Campaign, Flag


def settle(campaign: Campaign, kind: str, id: int, state: str) -> int:
    """Close what was reported about a thing: upheld or dismissed. How many flags that were."""
    closed = db.session.execute(
        update(Flag)
        .where(Flag.kind == kind, Flag.subject_id == id, Flag.campaign_id == campaign.id, Flag.state == "open")
        .values(state=state, decided_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    return closed.rowcount


def unsettle(campaign: Campaign, kind: str, id: int) -> None:
    """Open again what the last decision about a thing settled."""
    mine = (Flag.kind == kind, Flag.subject_id == id, Flag.campaign_id == campaign.id)
    last = select(func.max(Flag.decided_at)).where(*mine).scalar_subquery()
    db.session.execute(
        update(Flag)
        .where(*mine, Flag.decided_at == last)
        .values(state="open", decided_at=None)
        .execution_options(synchronize_session=False)
    )


def open_about(campaign: Campaign) -> dict[tuple[str, int], list[Flag]]:
    """What is reported and not decided, by (kind, id), the oldest flag of each first."""
    rows = select(Flag).where(Flag.campaign_id == campaign.id, Flag.state == "open").order_by(Flag.id)
    found: dict[tuple[str, int], list[Flag]] = {}
    for flag in db.session.scalars(rows):
        found.setdefault((flag.kind, flag.subject_id), []).append(flag)
    return found


def open_since(campaign: Campaign, kind: str, id: int) -> datetime | None:
    """Since when a thing is reported and nobody decided; None when it is not."""
    mine = (Flag.campaign_id == campaign.id, Flag.kind == kind, Flag.subject_id == id, Flag.state == "open")
    return db.session.scalar(select(func.min(Flag.at)).where(*mine))


def kept_at(kind: str, id: int) -> datetime | None:
    """When the team last decided that a reported thing stays; None when it never did."""
    return db.session.scalar(
        select(func.max(Flag.decided_at)).where(Flag.kind == kind, Flag.subject_id == id, Flag.state == "dismissed")
    )


def flagged_by(person_id: int, kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these things this person has reported."""
    rows = select(Flag.subject_id).where(Flag.person_id == person_id, Flag.kind == kind, Flag.subject_id.in_(list(ids)))
    return set(db.session.scalars(rows))
