"""The ledger of letters is in order: L1 and L2."""

from datetime import timedelta

from sqlalchemy import and_, func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Letter, Milestone
from launchpad.services.effects import EFFECTS, kind_of

STATES = {"due", "claimed", "sent", "suppressed", "expired", "failed", "unknown"}
PATIENCE = timedelta(minutes=10)  # of real time, in which a due letter is at least tried


def faults() -> list[str]:
    """Letters that nobody sends, or whose end has no reason, a sentence each; nothing when all is well."""
    return [*_stuck(), *_without_reason(), *_unwritten()]


def _stuck() -> list[str]:
    before = clock.now() - PATIENCE
    waiting = and_(Letter.state == "due", Letter.due_at < before)
    claimed = and_(Letter.state == "claimed", Letter.claimed_at < before)
    return [
        f"{_count(condition)} letters have been {state} for over {PATIENCE.seconds // 60} minutes"
        for state, condition in (("due", waiting), ("claimed", claimed))
        if _count(condition)
    ]


def _without_reason() -> list[str]:
    closed = and_(Letter.state.in_(("suppressed", "expired", "failed", "unknown")), Letter.reason == "")
    found = [f"{_count(closed)} letters ended without a reason"] if _count(closed) else []
    odd = sorted(set(db.session.scalars(select(Letter.state).distinct())) - STATES)
    unsent = and_(Letter.state == "sent", Letter.sent_at.is_(None))
    if _count(unsent):
        found.append(f"{_count(unsent)} letters are sent at no moment")
    return found + [f"letters have the state {state}, which there is not" for state in odd]


def _unwritten() -> list[str]:
    """A milestone that was reached and whose letters were never written; a recap's may wait for the team."""
    reached = select(Milestone).where(Milestone.reached_at.is_not(None), Milestone.written_at.is_(None))
    rows = db.session.scalars(reached)
    return [f"milestone {m.id}: reached, its letters not written" for m in rows if not EFFECTS[kind_of(m)].waits]


def _count(condition) -> int:
    return db.session.scalar(select(func.count()).select_from(Letter).where(condition))
