"""The section [store] of a campaign file: where the campaign sells."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from launchpad.rules.file_reading import Fault, Table
from launchpad.rules.store_orders import PROVIDERS

CHOICES = ("practice", "stripe", *PROVIDERS)
KEYS = ("provider", "address", "products", "prefix")
_PREFIX = re.compile(r"[A-Z0-9]{2,12}\Z")
_PRODUCT = re.compile(r"[0-9]{1,20}\Z")


def read_store(top: Table, skus: Collection[str]) -> dict:
    """provider, address, products (sku -> the store's id) and prefix of codes; empty when it sells here."""
    if not top.has("store"):
        return {}
    store = top.table("store", KEYS)
    provider = store.choice("provider", CHOICES)
    if provider not in PROVIDERS:
        for key in KEYS[1:]:
            if store.has(key):
                raise Fault(store.at(key), "is only for shopify and woocommerce")
        return {"provider": provider}
    found = {"provider": provider, "address": _address(store), "products": _products(store, skus)}
    if store.has("prefix"):
        found["prefix"] = store.text("prefix", 12)
        if not _PREFIX.match(found["prefix"]):
            raise Fault(store.at("prefix"), "must be 2 to 12 capital letters and digits")
    return found


def _address(store: Table) -> str:
    text = store.text("address", 200).rstrip("/")
    try:
        url = urlsplit(text)
        good = url.scheme == "https" and bool(url.hostname) and (url.port is None or url.port > 0)
        good = good and not url.query and not url.fragment and "@" not in url.netloc
    except ValueError:
        good = False
    if not good or any(c.isspace() or c in "<>\"\\" for c in text):
        raise Fault(store.at("address"), "must be the store's address, such as https://shop.example.com")
    return text


def _products(store: Table, skus: Collection[str]) -> dict[str, str]:
    table = store.table("products", None)
    found = {}
    for sku in table.value:
        if sku not in skus:
            raise Fault(table.at(sku), "is no sku of this campaign")
        value = table.value[sku]
        text = str(value) if type(value) is int else value
        if not isinstance(text, str) or not _PRODUCT.match(text):
            raise Fault(table.at(sku), "must be the number of the product or variant in the store")
        if text in found.values():
            raise Fault(table.at(sku), "is there twice")
        found[sku] = text
    return found
