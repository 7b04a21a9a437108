"""Stored webhooks: kept once, worked once, each in one transaction with its effect.

To add a provider: a `Sender` in outside.payments.signed (how it proves itself), and here a line in WORKS, a function
`work(hook) -> Outcome` that changes rows, flushes, calls nobody outside, and raises `Unmatched` when it needs
something that is not here yet. Events come in any order, repeated, with gaps: derive an order's state from the facts
that they carry (see services.payments), never from which came last.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Text, cast, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Hook, Person
from launchpad.outside.payments.events import Event
from launchpad.services import parking, stores, stripe_events
from launchpad.services.outcomes import Outcome, Unmatched, matched
from launchpad.services.wakes import wake

__all__ = ["WORKS", "Outcome", "Unmatched", "any_due", "due", "failed", "forget", "keep", "matched", "work"]

WORKS: dict[str, Callable[[Hook], Outcome]] = {
    "stripe": stripe_events.work,
    "shopify": stores.work,
    "woocommerce": stores.work,
}

AGAIN_AFTER = (5, 15, 60, 300, 1800, 7200, 21600)  # seconds before the next try, by tries so far; then the team is told
KEPT = timedelta(days=60)  # payloads of worked events, longer than any provider repeats them


def keep(provider: str, event: Event) -> bool:
    """Store a delivery; False when it was stored before. It is worked by a job, which is woken after the commit."""
    now = clock.now()
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {
        "provider": provider, "event_id": event.event_id, "kind": event.kind, "payload": event.payload, "state": "new",
        "reason": "", "attempts": 0, "received_at": now, "due_at": now,
    }  # fmt: skip
    statement = dialect.insert(Hook).values(**row).on_conflict_do_nothing(index_elements=["provider", "event_id"])
    kept = db.session.scalar(statement.returning(Hook.id)) is not None
    if kept:
        wake("hooks")
    return kept


def any_due(late: timedelta = timedelta()) -> bool:
    """True when an event is to be worked, and has been for so long."""
    return bool(due(1, late))


def due(most: int, late: timedelta = timedelta()) -> list[int]:
    """Ids of events to work now, the oldest first."""
    query = select(Hook.id).where(Hook.state == "new", Hook.due_at <= clock.now() - late).order_by(Hook.id)
    return list(db.session.scalars(query.limit(most)))


def work(id: int) -> None:
    """Work one event, once: who comes second, or at the same time, finds nothing to do.

    What it raises is to roll the transaction back; then tell `failed` in another.
    """
    row = select(Hook).where(Hook.id == id, Hook.state == "new").with_for_update(skip_locked=True)
    hook = db.session.scalar(row.execution_options(populate_existing=True))
    if hook is None:
        return
    try:
        outcome = WORKS[hook.provider](hook)
    except Unmatched as fault:
        _later(hook, "ignored", str(fault))
        hook.subject = fault.subject[:250]
        return
    hook.state, hook.reason, hook.worked_at = outcome.state, outcome.reason[:250], clock.now()
    if outcome.order is not None:
        hook.order_id, hook.campaign_id = outcome.order.id, outcome.order.campaign_id
        hook.person_id = outcome.order.person_id
        if outcome.order.person.erased_at is not None:
            hook.payload = {}  # who was erased stays so, though the provider goes on naming them


def failed(id: int, why: str) -> None:
    """Working it raised: another try later, and the team is told when tries are used up."""
    row = select(Hook).where(Hook.id == id, Hook.state == "new").with_for_update(skip_locked=True)
    if (hook := db.session.scalar(row.execution_options(populate_existing=True))) is not None:
        _later(hook, "failed", why)


def again(hook: Hook) -> None:
    """The team wants a failed event tried once more."""
    hook.state, hook.due_at, hook.attempts = "new", clock.now(), 0
    wake("hooks")


def forget(person: Person) -> None:
    """Empty the payloads that are, or may be, about a person who is erased."""
    theirs = or_(Hook.person_id == person.id, cast(Hook.payload, Text).icontains(person.email, autoescape=True))
    db.session.execute(update(Hook).where(theirs).values(payload={}).execution_options(synchronize_session=False))


def tidy() -> None:
    """Empty the payloads of events that were worked long ago: what they said is in rows of ours."""
    old = Hook.worked_at < clock.now() - KEPT, cast(Hook.payload, Text) != "{}"
    db.session.execute(update(Hook).where(*old).values(payload={}).execution_options(synchronize_session=False))


def _later(hook: Hook, at_last: str, why: str) -> None:
    hook.attempts += 1
    hook.reason = why[:250]
    if hook.attempts <= len(AGAIN_AFTER):
        hook.due_at = clock.now() + timedelta(seconds=AGAIN_AFTER[hook.attempts - 1])
        return
    hook.state, hook.worked_at = at_last, clock.now()
    if at_last == "failed":
        parking.park(
            "hook_failed", f"hook:{hook.id}", None, hook=hook.id, provider=hook.provider, event=hook.event_id,
            message=hook.kind, why=hook.reason,
        )  # fmt: skip
