"""Signed webhooks: who sends them, and how each proves it.

A provider is one function `verify(headers, raw, secret) -> Event` in a module of its own, and a line in SENDERS. It
reads the raw body, compares signatures in constant time, and raises Forged when they differ (401) or Unreadable when
what was truly signed makes no sense (400). What an event does is a function in services.hooks.WORKS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from launchpad.config import Settings
from launchpad.outside.payments import shopify, stripe_hook, woocommerce
from launchpad.outside.payments.events import Event, Forged, Unreadable

__all__ = ["SENDERS", "Event", "Forged", "Sender", "Unreadable", "sender"]


@dataclass(frozen=True)
class Sender:
    """One provider: the setting that holds its secrets (several, parted by commas, while one is changed), its proof."""

    setting: str
    verify: Callable[[Mapping[str, str], bytes, str], Event]


SENDERS: dict[str, Sender] = {
    "stripe": Sender("stripe_webhook_secret", stripe_hook.verify),
    "shopify": Sender("shopify_webhook_secret", shopify.verify),
    "woocommerce": Sender("woocommerce_webhook_secret", woocommerce.verify),
}


def sender(provider: str, settings: Settings) -> Callable[[Mapping[str, str], bytes], Event] | None:
    """How a provider's deliveries are verified here; None when it is not one of ours, or has no secret set."""
    known = SENDERS.get(provider)
    secrets = [one.strip() for one in getattr(settings, known.setting).split(",") if one.strip()] if known else []
    if not secrets:
        return None

    def verify(headers: Mapping[str, str], raw: bytes) -> Event:
        for secret in secrets[:-1]:
            try:
                return known.verify(headers, raw, secret)
            except Forged:
                continue
        return known.verify(headers, raw, secrets[-1])

    return verify
