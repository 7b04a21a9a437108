"""Who of the team decided how much, and how long things waited for it."""

from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Audit, Campaign, Person
from launchpad.services.moderation_acts import DECISIONS, TOOK_DOWN

DAYS = (1, 7, 90)
MOST = 5000  # decisions that are looked at


@dataclass
class Load:
    """One person's decisions: how many, how many of them took something down, how many were undone later.

    `waits` holds, for each that somebody had waited for, the seconds of campaign time from its coming to the decision.
    """

    person: Person | None
    decided: int = 0
    down: int = 0
    undone: int = 0
    waits: list[int] = field(default_factory=list)

    @property
    def usual(self) -> timedelta | None:
        """The median wait."""
        return timedelta(seconds=median(self.waits)) if self.waits else None

    @property
    def longest(self) -> timedelta | None:
        return timedelta(seconds=max(self.waits)) if self.waits else None


def load(campaign: Campaign, days: int) -> list[Load]:
    """Everybody who decided in the last days (real time), the busiest first; None is the command line."""
    rows = (
        select(Audit)
        .where(Audit.campaign_id == campaign.id, Audit.act.in_((*DECISIONS, "moderation.undo")))
        .where(Audit.at >= clock.now() - timedelta(days=days))
        .order_by(Audit.id.desc())
        .limit(MOST)
    )
    found: dict[int | None, Load] = {}
    by_id: dict[int, int | None] = {}
    undone: list[int] = []
    for row in db.session.scalars(rows):
        after = row.after or {}
        if row.act == "moderation.undo":
            undone.append(after.get("of", 0))
            continue
        by_id[row.id] = row.person_id
        one = found.setdefault(row.person_id, Load(None))
        one.decided += 1
        one.down += row.act in TOOK_DOWN
        if isinstance(after.get("waited"), int):
            one.waits.append(after["waited"])
    for id in undone:
        if id in by_id:
            found[by_id[id]].undone += 1
    people = {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_([id for id in found if id])))}
    for id, one in found.items():
        one.person = people.get(id)
    return sorted(found.values(), key=lambda one: -one.decided)
