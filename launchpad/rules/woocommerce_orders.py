"""WooCommerce's webhooks as facts: order.created, order.updated, order.restored, order.deleted.

The shape is that of the REST order resource, version 3. Its refunds come inside the order, each with its total and
without its lines: units come back when the order's state says refunded, cancelled or failed.
"""

from collections.abc import Collection

from launchpad.rules import store_reading as reading
from launchpad.rules.store_orders import (
    CANCELLED,
    MOST_LINES,
    PAID,
    PENDING,
    REFUNDED,
    Back,
    Fault,
    Line,
    Told,
    Version,
)

_STATES = {
    "processing": PAID, "completed": PAID, "pending": PENDING, "on-hold": PENDING, "checkout-draft": PENDING,
    "refunded": REFUNDED, "cancelled": CANCELLED, "failed": CANCELLED, "trash": CANCELLED,
}  # fmt: skip
TOPICS = ("order.",)
_UTM = "wc_order_attribution_utm_"  # WooCommerce's own attribution keeps what our link carries (store_links.address)


def read(kind: str, payload: dict, currencies: Collection[str] = ()) -> Told:
    """One delivery of that topic. Raises Fault, and nothing else."""
    ref = reading.identity(payload.get("id"), "id")
    if "line_items" not in payload:
        if kind == "order.deleted":
            return Told(ref, deleted=True)
        raise Fault("line_items is missing")
    currency = reading.currency(payload.get("currency"), "currency")
    created = _moment(payload, "date_created", None)
    lines = tuple(_line(row, currency) for row in reading.rows(payload["line_items"], "line_items", MOST_LINES))
    said = _said(payload)
    version = Version(
        number=reading.words(payload.get("number"), 60) or ref,
        state=_state(payload),
        currency=currency,
        lines=tuple(line for line in lines if line.quantity > 0),
        created=created,
        updated=_moment(payload, "date_modified", created),
        codes=tuple(
            code.upper()
            for row in reading.rows(payload.get("coupon_lines"), "coupon_lines")
            if (code := reading.words(row.get("code"), 60))
        ),
        token=said.get("launchpad") or said.get(f"{_UTM}content", ""),
        source=said.get("launchpad_source") or said.get(f"{_UTM}source", ""),
        referral=said.get("launchpad_ref") or said.get(f"{_UTM}term", ""),
    )
    backs = tuple(_back(row, currency) for row in reading.rows(payload.get("refunds"), "refunds"))
    billing = payload.get("billing") if isinstance(payload.get("billing"), dict) else {}
    name = " ".join(reading.words(billing.get(part), 100) for part in ("first_name", "last_name")).strip()
    return Told(
        ref, version, backs, kind == "order.deleted", reading.words(billing.get("email"), 300), name[:120]
    )  # fmt: skip


def _state(payload: dict) -> str:
    status = reading.words(payload.get("status")).removeprefix("wc-")
    if not status:
        raise Fault("status is missing")
    # A state of a plugin's own: whoever has paid has bought.
    return _STATES.get(status, PAID if payload.get("date_paid_gmt") or payload.get("date_paid") else PENDING)


def _moment(payload: dict, key: str, default: str | None) -> str:
    return reading.moment(payload.get(f"{key}_gmt") or payload.get(key), f"{key}_gmt", default)


def _line(row: dict, currency: str) -> Line:
    quantity = reading.whole(row.get("quantity"), "line_items.quantity")
    total = reading.money(row.get("total"), currency, "line_items.total")
    amount = total + reading.money(row.get("total_tax"), currency, "line_items.total_tax")
    if not 0 <= amount < 2**31:
        raise Fault("line_items.total is no amount")
    product = row.get("variation_id") or row.get("product_id")
    ref = reading.identity(row.get("id"), "line_items.id")
    return Line(ref, reading.words(row.get("sku"), 64), reading.words(product, 100), quantity, amount)


def _back(row: dict, currency: str) -> Back:
    return Back(
        reading.identity(row.get("id"), "refunds.id"),
        abs(reading.money(row.get("total", row.get("amount")), currency, "refunds.total")),
    )


def _said(payload: dict) -> dict[str, str]:
    """What our buy link or WooCommerce's own attribution gave along: meta fields of the order or of a line."""
    lines = reading.rows(payload["line_items"], "line_items", MOST_LINES)
    found = [row for line in lines for row in reading.rows(line.get("meta_data"), "meta_data", 1000)]
    found += reading.rows(payload.get("meta_data"), "meta_data", 1000)
    return {
        name.lstrip("_"): reading.words(row.get("value"))
        for row in found
        if (name := reading.words(row.get("key"))).lstrip("_").startswith(("launchpad", _UTM))
    }
