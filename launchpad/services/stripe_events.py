"""What Stripe's events do here: each is read into facts about one payment, and the order is settled by them."""

from launchpad.models import Hook
from launchpad.rules import stripe_said
from launchpad.services import parking, payments
from launchpad.services.outcomes import Outcome, Unmatched


def work(hook: Hook) -> Outcome:
    """Work one event of Stripe. Raises Unmatched for what is said of a payment before we know whose it is."""
    said = stripe_said.of_event(hook.kind, hook.payload)
    if said is None:
        return Outcome("ignored", "not one of the kinds that we follow")
    order = payments.find(said)
    if order is None:
        if said.order is None and said.intent is not None and said.session is None:
            raise Unmatched(said.intent, "no order of ours has this payment so far")
        if said.order is None or said.paid_at is None:
            return Outcome("ignored", "it names no order of ours")
        parking.park(
            "unknown_order", f"stripe:{said.session or said.intent}", order_named=said.order, paid=said.amount,
            currency=said.currency, intent=said.intent,
        )  # fmt: skip
        return Outcome("parked", "it names an order that is not ours")
    payments.record(order, said)
    return Outcome("parked" if order.state == "parked" else "done", order=order)
