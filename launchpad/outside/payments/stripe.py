"""Stripe Checkout: sessions are made, asked and ended here, and refunds sent. Nobody calls this inside a transaction."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import stripe
from flask import current_app

from launchpad import clock
from launchpad.outside.payments.events import Event, fit
from launchpad.outside.payments.parties import Payable, Unreachable
from launchpad.rules.payment import Said
from launchpad.rules.stripe_said import KINDS, of_refund, of_session

PATIENCE = (4, 9)  # seconds to connect and to be answered; somebody waits for the page
LATER = timedelta(minutes=31)  # Stripe keeps a session open for 30 minutes at least; we end it when our hold ends
LONGEST = timedelta(hours=23, minutes=50)
_INSIDE = {"expand": ["payment_intent.latest_charge"]}


class Stripe:
    """Sends the buyer to Stripe's page; its signed webhook confirms."""

    name = "stripe"
    by_button = False

    def begin(self, payable: Payable) -> Said:
        """Open the session of an order; asked again, it is the same session. Raises Unreachable."""
        order = {"order": payable.number}
        return self._session(
            lambda client: client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": payable.number,
                    "metadata": order,
                    "payment_intent_data": {"metadata": order},
                    "line_items": [
                        {
                            "quantity": payable.quantity,
                            "price_data": {
                                "currency": payable.currency.lower(),
                                "unit_amount": payable.amount // payable.quantity,
                                "product_data": {"name": payable.what[:250]},
                            },
                        }
                    ],
                    "customer_email": payable.email,
                    **_until(payable),
                    "success_url": payable.back + ("&" if "?" in payable.back else "?") + "from=payment",
                    "cancel_url": payable.back,
                },
                {"idempotency_key": f"order-{payable.number}"},
            )
        )

    def look(self, session: str) -> Said:
        """What Stripe says about a session now. Raises Unreachable."""
        return self._session(lambda client: client.v1.checkout.sessions.retrieve(session, _INSIDE))

    def end(self, session: str) -> Said:
        """End a session, so that nobody can pay in it any more; or learn that it was paid. Raises Unreachable."""
        try:
            return self._session(lambda client: client.v1.checkout.sessions.expire(session))
        except Unreachable as fault:
            if not fault.refused:
                raise
            return self.look(session)  # it was complete, or over, already

    def refund(self, intent: str, amount: int, number: str, key: str) -> Said:
        """Send money back; the same key sends it once. Raises Unreachable."""
        found = self._call(
            lambda client: client.v1.refunds.create(
                {"payment_intent": intent, "amount": amount, "metadata": {"order": number, "refund": key}},
                {"idempotency_key": f"refund-{key}"},
            )
        )
        return of_refund(found)

    def events(self, since: datetime) -> Iterator[Event]:
        """Stripe's own list of what it told us, or should have, from a moment on. Raises Unreachable."""
        query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "types": list(KINDS), "limit": 100}
        while True:
            page = self._call(lambda client: client.v1.events.list(query))
            for found in page["data"]:
                yield Event(found["id"], found["type"], found)
            if not page.get("has_more") or not page["data"]:
                return
            query["starting_after"] = page["data"][-1]["id"]

    def _session(self, ask: Callable[[stripe.StripeClient], Any]) -> Said:
        return of_session(self._call(ask), clock.now())

    def _call(self, ask: Callable[[stripe.StripeClient], Any]) -> dict[str, Any]:
        try:
            return fit(ask(_client()).to_dict())
        except stripe.StripeError as fault:
            refused = isinstance(fault, stripe.InvalidRequestError)
            raise Unreachable(type(fault).__name__ + (f": {fault.code}" if fault.code else ""), refused) from fault


def _until(payable: Payable) -> dict[str, int]:
    """When Stripe ends the session by itself; its own 24 hours where ours would be more than it allows."""
    long = payable.until + LATER - clock.now() > LONGEST
    return {} if long else {"expires_at": int((payable.until + LATER).timestamp())}


def _client() -> stripe.StripeClient:
    logging.getLogger("stripe").setLevel(logging.WARNING)  # below that it writes what was sent, addresses among it
    settings = current_app.extensions["settings"]
    there = {"base_addresses": {"api": settings.stripe_api_base.rstrip("/")}} if settings.stripe_api_base else {}
    return stripe.StripeClient(
        settings.stripe_secret_key, http_client=stripe.RequestsClient(timeout=PATIENCE), max_network_retries=1, **there
    )
