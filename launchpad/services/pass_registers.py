"""Passes as the team sees them: by tier, and one by one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, select

from launchpad.database import db
from launchpad.models import Campaign, Order, Pass
from launchpad.rules import passes as rules
from launchpad.services import pass_rows, passes, passing

STATES = ("live", "used", "expired", "declined", "revoked", "left")


@dataclass(frozen=True)
class Tally:
    """A tier's passes: how many are in each state, how many were second chances, units promised, and its next wave."""

    tier: str
    counts: dict[str, int]
    second: int
    promised: int
    wave: int
    open: bool
    next: int  # passes that the next wave would hold now
    waiting: int  # people in its line without a pass


@dataclass(frozen=True)
class Row:
    """One pass; `state` is one of STATES, or `in_use` by a checkout."""

    row: Pass
    state: str


def tallies(campaign: Campaign, tiers: list[str]) -> list[Tally]:
    """The tiers in that order, then the list that is served after the launch, if it ever was."""
    state = _state(campaign.now).label("state")
    rows = select(Pass.tier, state, Pass.of_id).where(Pass.campaign_id == campaign.id).subquery()
    counted = select(rows.c.tier, rows.c.state, func.count(), func.count(rows.c.of_id)).group_by(rows.c.tier, rows.c.state)
    counts: dict[str, dict[str, int]] = {}
    second: dict[str, int] = {}
    for tier, name, number, chances in db.session.execute(counted):
        counts.setdefault(tier, {})[name] = number
        second[tier] = second.get(tier, 0) + chances
    listed = [rules.LIST] if rules.LIST in counts else []
    ready = passing.open_tiers(campaign)
    promised = pass_rows.promised(campaign)
    found = []
    for tier in [*tiers, *listed]:
        coming, waiting = passing.next_wave(campaign, tier) if tier != rules.LIST else (0, 0)
        found.append(
            Tally(
                tier, counts.get(tier, {}), second.get(tier, 0), promised.get(tier, 0), passes.wave(campaign, tier),
                tier in ready, coming if tier in ready else 0, waiting,
            )
        )  # fmt: skip
    return found


def listed(campaign: Campaign, state: str, before: int | None, most: int) -> list[Row]:
    """Passes, the newest first, below an id; of a state, "" for any."""
    query = select(Pass).where(Pass.campaign_id == campaign.id).order_by(Pass.id.desc()).limit(most)
    if state:
        query = query.where(_state(campaign.now) == state)
    if before is not None:
        query = query.where(Pass.id < before)
    return [Row(row, state_of(row, campaign.now)) for row in db.session.scalars(query)]


def state_of(row: Pass, now: datetime) -> str:
    """What has become of a pass by now, whether anybody recorded it or not."""
    if state := pass_rows.state(row):
        return state
    return "live" if row.live(now) else "expired"


def _state(now: datetime) -> ColumnElement[str]:
    used = exists().where(Order.pass_id == Pass.id, Order.confirmed_at.is_not(None)).correlate(Pass)
    return case((Pass.ended_why != "", Pass.ended_why), (used, "used"), (Pass.until <= now, "expired"), else_="live")
