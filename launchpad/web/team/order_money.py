"""The money of one order, as the team sees and moves it. Each act changes rows, and answers with what is to be said to
the provider after the commit: nobody is called inside a transaction."""

from collections.abc import Callable

from flask import g

from jobs import payments as jobs
from launchpad.models import Order
from launchpad.outside import payments as providers
from launchpad.rules.campaign_file import Fault
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, parking, payments, refunds
from launchpad.web.permit import me
from launchpad.web.team.field_values import major, minor
from launchpad.web.team.frame import said

Then = Callable[[], object]


def values(order: Order) -> dict:
    """What the order's page shows of its payment."""
    payment = payments.of(order)
    left = refunds.left_of(payment) if payment else 0
    return {
        "payment": payment,
        "payment_state": payments.settled(payment),
        "refund_rows": refunds.of(order),
        "tasks": parking.of_order(order),
        "task_kinds": parking.KINDS,
        "left": left,
        "left_written": major(left, order.currency),
        "from_here": order.provider == "stripe",
    }


def cancel(order: Order, reason: str) -> Then | None:
    """End a checkout; one that is open at its provider once that agrees."""
    if not payments.open_outside(order):
        refunds.cancel(g.campaign, me(), order, reason)
        return None
    id = order.id
    refunds.why(reason)
    if not payments.give_up(order):
        raise Refusal("state", "The bank is at work on this payment, or it was paid. Ask the provider what became of it.")
    audit.record(me(), "order.cancel", g.campaign, f"order:{id}", {"state": "held"}, {"state": "cancelled"}, reason)
    return lambda: jobs.end(id)


def refund(order: Order, reason: str) -> Then | None:
    """Give the money of an order back, all of it or a part."""
    if order.provider != "stripe":
        refunds.refund(g.campaign, me(), order, reason)
        return None
    row = refunds.ask(g.campaign, me(), order, _amount(order), reason)
    id = row.id
    return lambda: jobs.send_refund(id)


def confirm(order: Order, reason: str) -> None:
    """Let a parked order stand."""
    refunds.why(reason)
    payments.confirm_parked(order)
    audit.record(
        me(), "order.confirm", g.campaign, f"order:{order.id}", {"state": "parked"}, {"state": "confirmed"}, reason
    )


def ask(order: Order) -> Then:
    """Ask the provider about it now."""
    if payments.of(order) is None or not hasattr(providers.named(order.provider), "look"):
        raise Refusal("state", "This order's provider cannot be asked.")
    audit.record(me(), "order.ask", g.campaign, f"order:{order.id}")
    id = order.id
    return lambda: jobs.ask(id)


def _amount(order: Order) -> int | None:
    """The amount of the form in minor units; None, when it was left out, is all of it. Raises Refusal."""
    try:
        amount = minor("amount", said("amount", 30), order.currency)
    except Fault as fault:
        raise Refusal("amount", f"The amount {fault.message}.", "amount") from fault
    return None if amount == "" else amount
