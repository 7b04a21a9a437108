"""WooCommerce's REST API, version 3: orders by the moment of their last change.

Its pages are counted, not held by a cursor: an order that changes while we read moves to the end, and everything behind
it one place forward. So each page begins at the moment at which the last one ended, and numbers are counted on only
where a whole page has one moment.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from launchpad.outside.stores.asking import Asked, Page, rows
from launchpad.outside.stores.shopify import changed

PATH = "/wp-json/wc/v3/orders"
AT_ONCE = 100  # the most it gives
STEP = timedelta(seconds=1)  # the moments of its orders are whole seconds, and `modified_after` excludes its own


def proof(key: str, secret: str) -> dict[str, str]:
    """The headers that prove who asks."""
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()}


def orders(asked: Asked, since: datetime) -> Iterator[Page]:
    """All orders changed since a moment, the first changed first; one at the edge of two pages may come twice. Raises Silent."""
    begin, number = since, 1
    while True:
        after = (begin - STEP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        found, headers = asked.get(
            PATH,
            {"modified_after": after, "dates_are_gmt": "true", "orderby": "modified", "order": "asc", "per_page": AT_ONCE,
             "page": number},
        )  # fmt: skip
        page = rows(found)
        last = changed(page[-1].get("date_modified_gmt")) if page else None
        yield Page(page, last)
        if _is_last(headers.get("X-WP-TotalPages"), number, page):
            return
        begin, number = (last, 1) if last is not None and last > begin else (begin, number + 1)


def _is_last(pages: str | None, number: int, page: list) -> bool:
    """True when nothing follows. A site may give fewer orders a page than it was asked for, so their number says little."""
    if pages is not None and pages.isascii() and pages.isdigit() and len(pages) < 9:
        return number >= int(pages)
    return len(page) < AT_ONCE
