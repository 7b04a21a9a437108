"""Tasks for the team: what a program must not decide, kept until a person did. One row for each cause.

A new kind is a line in KINDS; whoever meets the case calls `park`, as often as they meet it.
"""

from dataclasses import dataclass

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Task
from launchpad.rules.refusals import Refusal
from launchpad.services import audit


@dataclass(frozen=True)
class Kind:
    """What happened, in one sentence, and what there is to do about it."""

    title: str
    advice: str


KINDS = {
    "amount": Kind("Another amount was paid than the order asks", "Confirm it anyway, or give the money back."),
    "currency": Kind("It was paid in another currency", "Confirm it anyway, or give the money back."),
    "unknown_order": Kind("A payment names an order that is not ours", "Find out what it was for, or give it back."),
    "stock_gone": Kind("It was paid after its units had gone", "Add stock and confirm it, or give the money back."),
    "limit": Kind("It is over the limit for one person", "Confirm it anyway, or give the money back."),
    "paid_cancelled": Kind("An order was paid after it had been cancelled", "Give the money back."),
    "overpaid": Kind("An order was paid twice", "Give the second payment back at the provider."),
    "dispute": Kind("The buyer disputes this payment at their bank", "Answer at the provider before its deadline."),
    "dispute_lost": Kind("A dispute was lost: the money is gone", "Decide whether the order stands."),
    "refund_failed": Kind("A refund did not arrive", "Give the money back in another way."),
    "store_early": Kind(
        "The store sold before the doors were open for this buyer", "Let it stand, or give the money back in the store."
    ),
    "store_code": Kind(
        "A code of a buy link was not used as it was given", "Let it stand, or give the money back in the store."
    ),
    "store_limit": Kind(
        "The store sold more than one person may have", "Let it stand, or give the money back in the store."
    ),
    "store_stock": Kind(
        "The store sold what our stock does not hold",
        "Add stock, then look at it again on the page Store; or give the money back there.",
    ),
    "store_currency": Kind(
        "The store was paid in another currency", "Take it as it is on the page Store, or give the money back there."
    ),
    "store_unknown": Kind(
        "An order with a code of ours holds nothing that this campaign sells",
        "Link the product on the page Store, or let it be.",
    ),
    "store_deleted": Kind("The store deleted an order that was paid", "Refund it there if it does not stand."),
    "merged_limit": Kind(
        "Two addresses were one person, and bought more than one may", "Decide whether it stands. Nothing was undone."
    ),
    "store_silent": Kind(
        "The store cannot be asked for its orders", "Look at its key and address, then ask it on the page Store."
    ),
    "hook_failed": Kind("A message of a provider could not be worked", "Try it again, or look there what it said."),
}


def park(
    kind: str, subject: str, /, campaign_id: int | None = None, order: Order | None = None, **facts: str | int | None
) -> bool:
    """Put a task before the team; False when this cause was known already, done or not.

    `subject` makes the cause unique within its kind: order:12, stripe:cs_….
    """
    if kind not in KINDS:
        raise LookupError(f"no kind of task {kind!r}")
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {
        "kind": kind, "subject": subject[:250], "campaign_id": order.campaign_id if order else campaign_id,
        "order_id": order.id if order else None, "facts": facts, "state": "open", "at": clock.now(), "note": "",
    }  # fmt: skip
    statement = dialect.insert(Task).values(**row).on_conflict_do_nothing(index_elements=["kind", "subject"])
    return db.session.scalar(statement.returning(Task.id)) is not None


def listed(campaign: Campaign | None, state: str = "open", before: int | None = None, most: int = 50) -> list[Task]:
    """Tasks, the newest first: of a campaign, or of no campaign that we know."""
    query = select(Task).where(_of(campaign), Task.state == state).order_by(Task.id.desc()).limit(most)
    return list(db.session.scalars(query.where(Task.id < before) if before is not None else query))


def waiting(campaign: Campaign | None) -> int:
    """How many tasks are open."""
    rows = select(func.count()).select_from(Task).where(_of(campaign), Task.state == "open")
    return db.session.scalar(rows) or 0


def of_order(order: Order) -> list[Task]:
    """Everything that was ever put before the team about an order."""
    return list(db.session.scalars(select(Task).where(Task.order_id == order.id).order_by(Task.id)))


def close(actor: Person | None, task: Task, note: str) -> None:
    """Say that a task is done, and how. Raises Refusal: reason, state."""
    if not note.strip():
        raise Refusal("reason", "Say what was done, in a few words. It is kept in the log.", "reason")
    closed = db.session.execute(
        update(Task)
        .where(Task.id == task.id, Task.state == "open")
        .values(state="done", done_at=clock.now(), person_id=actor.id if actor else None, note=note.strip()[:250])
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount != 1:
        raise Refusal("state", "Somebody has done this task meanwhile.")
    campaign = db.session.get(Campaign, task.campaign_id) if task.campaign_id else None
    audit.record(actor, "task.done", campaign, f"task:{task.id}", None, {"kind": task.kind}, note.strip())
    db.session.flush()


def settle(order: Order, note: str, *kinds: str) -> None:
    """Close the open tasks of these kinds about an order, because what they asked for has happened."""
    db.session.execute(
        update(Task)
        .where(Task.order_id == order.id, Task.state == "open", or_(*(Task.kind == kind for kind in kinds)))
        .values(state="done", done_at=clock.now(), note=note)
        .execution_options(synchronize_session=False)
    )


def _of(campaign: Campaign | None):
    return Task.campaign_id == campaign.id if campaign is not None else Task.campaign_id.is_(None)
