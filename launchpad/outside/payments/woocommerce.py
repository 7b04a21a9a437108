"""WooCommerce's proof: `X-WC-Webhook-Signature` over the raw body; the topic stands in `X-WC-Webhook-Topic`.

Saving a webhook sends a ping first, `webhook_id=12` as a form and unsigned; it must be answered with 200, or the
webhook is not kept active. It says nothing, so nothing is done with it.
"""

import re
from collections.abc import Mapping

from launchpad.outside.payments import body_hmac
from launchpad.outside.payments.events import MOST, Event, Unreadable, read
from launchpad.rules.woocommerce_orders import TOPICS

_PING = re.compile(rb"webhook_id=[0-9]{1,20}\Z")


def verify(headers: Mapping[str, str], raw: bytes, secret: str) -> Event:
    """The event of a delivery; topics that are not about orders are nothing to us. Raises Forged, Unreadable."""
    if _PING.match(raw):
        return Event("", "ping", {}, nothing=True)
    body_hmac.check(raw, headers.get("X-WC-Webhook-Signature"), secret)
    kind = (headers.get("X-WC-Webhook-Topic") or "").strip().lower()
    if not kind or len(kind) > MOST:
        raise Unreadable("X-WC-Webhook-Topic is missing")
    found = read(raw)
    return Event(body_hmac.event_id(kind, raw), kind, found, nothing=not kind.startswith(TOPICS) or set(found) == {"webhook_id"})
