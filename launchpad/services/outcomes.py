"""What came of working a webhook."""

from dataclasses import dataclass

from sqlalchemy import update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Hook, Order
from launchpad.services.wakes import wake


@dataclass(frozen=True)
class Outcome:
    """`state`: done, ignored (nothing of ours), parked (a task was put before the team). `order`: what it was about."""

    state: str
    reason: str = ""
    order: Order | None = None


class Unmatched(Exception):
    """It is about something that is not here yet: tried again later, and at once when `hooks.matched(subject)` is said."""

    def __init__(self, subject: str, why: str):
        super().__init__(why)
        self.subject = subject


def matched(provider: str, subject: str) -> None:
    """What events about this subject waited for is here: they are due at once."""
    waiting = update(Hook).where(Hook.provider == provider, Hook.subject == subject, Hook.state.in_(("new", "ignored")))
    moved = db.session.execute(
        waiting.values(state="new", due_at=clock.now()).execution_options(synchronize_session=False)
    )
    if moved.rowcount:
        wake("hooks")
