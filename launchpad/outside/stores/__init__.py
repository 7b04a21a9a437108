"""Stores of a brand's own, asked for their orders: what webhooks lost is found in the store's own list.

A store is one function `orders(asked, since) -> pages` in a module of its own. What a page holds are the resources that
the store's webhooks carry as well, so both are read by the same rules (rules.shopify_orders, rules.woocommerce_orders).
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from launchpad.config import Settings
from launchpad.outside.stores import shopify, woocommerce
from launchpad.outside.stores.asking import Asked, Page, Silent

__all__ = ["Page", "Silent", "asker"]

Pages = Callable[[datetime], Iterator[Page]]


def asker(provider: str, settings: Settings) -> Pages | None:
    """How a store's orders since a moment are read here, page by page; None when its keys are not set.

    Where the keys are sent is a setting beside them, never an address that somebody typed in the control room.
    Reading raises Silent.
    """
    if provider == "shopify" and settings.shopify_api_base and settings.shopify_api_token:
        headers = {"X-Shopify-Access-Token": settings.shopify_api_token}
        return lambda since: shopify.orders(Asked(settings.shopify_api_base, headers), since)
    if provider == "woocommerce" and settings.woocommerce_api_base and settings.woocommerce_api_key:
        headers = woocommerce.proof(settings.woocommerce_api_key, settings.woocommerce_api_secret)
        return lambda since: woocommerce.orders(Asked(settings.woocommerce_api_base, headers), since)
    return None
