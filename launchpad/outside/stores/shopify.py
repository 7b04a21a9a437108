"""Shopify's Admin API: orders by the moment of their last change, a page after another by the cursor of its Link header."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from launchpad.outside.stores.asking import Asked, Page, Silent, rows
from launchpad.rules.store_orders import Fault
from launchpad.rules.store_reading import moment

VERSION = "2026-07"  # Shopify answers with its oldest living version once this one is gone
PATH = f"/admin/api/{VERSION}/orders.json"
AT_ONCE = 250  # the most it gives
_NEXT = re.compile(r'<([^<>]+)>;\s*rel="?next"?')


def orders(asked: Asked, since: datetime) -> Iterator[Page]:
    """All orders changed since a moment, the first changed first. Raises Silent."""
    query: dict[str, object] = {
        "status": "any", "updated_at_min": since.isoformat(timespec="seconds"), "order": "updated_at asc", "limit": AT_ONCE,
    }  # fmt: skip
    while True:
        found, headers = asked.get(PATH, query)
        page = rows(found.get("orders") if isinstance(found, dict) else None)
        yield Page(page, changed(page[-1].get("updated_at")) if page else None)
        cursor = _cursor(headers.get("Link"))
        if cursor is None or cursor == query.get("page_info"):
            return
        query = {"limit": AT_ONCE, "page_info": cursor}


def changed(said: object) -> datetime | None:
    """When an order was changed last; None when it does not say."""
    try:
        return datetime.fromisoformat(moment(said, "updated_at"))
    except Fault:
        return None


def _cursor(link: str | None) -> str | None:
    """Where the next page begins. Only that is taken of the address: our key goes nowhere else."""
    found = _NEXT.search(link or "")
    if found is None:
        return None
    try:
        cursor = parse_qs(urlsplit(found[1]).query).get("page_info", [""])[0]
    except ValueError:
        cursor = ""
    if not 0 < len(cursor) <= 2000:
        raise Silent("it names a next page without its cursor")
    return cursor
