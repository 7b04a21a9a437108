"""Stripe's proof: an HMAC over the moment and the raw body, no older than five minutes."""

from collections.abc import Mapping

import stripe

from launchpad.outside.payments.events import Event, Forged, Unreadable, read, text

TOLERANCE = 300  # seconds, Stripe's own recommendation


def verify(headers: Mapping[str, str], raw: bytes, secret: str) -> Event:
    """The event of a delivery. Raises Forged, Unreadable."""
    try:
        body = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Forged from fault
    try:
        stripe.WebhookSignature.verify_header(body, headers.get("Stripe-Signature", ""), secret, TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as fault:  # TypeError: letters beyond ASCII in it
        raise Forged from fault
    found = read(raw)
    event = Event(text(found, "id"), text(found, "type"), found)
    if not isinstance(found.get("data"), dict) or not isinstance(found["data"].get("object"), dict):
        raise Unreadable("data.object is missing")
    return event
