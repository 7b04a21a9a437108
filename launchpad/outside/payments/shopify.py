"""Shopify's proof: `X-Shopify-Hmac-Sha256` over the raw body; the topic stands in `X-Shopify-Topic`."""

from collections.abc import Mapping

from launchpad.outside.payments import body_hmac
from launchpad.outside.payments.events import MOST, Event, Unreadable, read
from launchpad.rules.shopify_orders import TOPICS


def verify(headers: Mapping[str, str], raw: bytes, secret: str) -> Event:
    """The event of a delivery; topics that are not about orders are nothing to us. Raises Forged, Unreadable."""
    body_hmac.check(raw, headers.get("X-Shopify-Hmac-Sha256"), secret)
    kind = (headers.get("X-Shopify-Topic") or "").strip().lower()
    if not kind or len(kind) > MOST:
        raise Unreadable("X-Shopify-Topic is missing")
    return Event(body_hmac.event_id(kind, raw), kind, read(raw), nothing=not kind.startswith(TOPICS))
