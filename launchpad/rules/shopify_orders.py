"""Shopify's webhooks as facts: orders/create, paid, updated, edited, cancelled, fulfilled, delete; refunds/create.

The shapes are those of Shopify's REST order and refund resources, which these webhooks carry. Prices are read in the
campaign's currency where either the shop's or the buyer's (`presentment`) is it; that is asked by `read`'s caller.
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

# Authorized counts as paid: the order is binding, the capture is the merchant's own step.
_STATES = {
    "paid": PAID, "authorized": PAID, "partially_refunded": PAID, "pending": PENDING, "partially_paid": PENDING,
    "refunded": REFUNDED, "voided": CANCELLED, "expired": CANCELLED,
}  # fmt: skip
TOPICS = ("orders/", "refunds/create")


def read(kind: str, payload: dict, currencies: Collection[str] = ()) -> Told:
    """One delivery of that topic. `currencies`: those that campaigns sell in. Raises Fault, and nothing else."""
    if kind.startswith("refunds/"):
        ref = reading.identity(payload.get("order_id"), "order_id")
        hints = tuple(_hint(row) for row in reading.rows(payload.get("refund_line_items"), "refund_line_items"))
        return Told(ref, backs=(_back(payload, currencies),), hints=hints)
    ref = reading.identity(payload.get("id"), "id")
    if "line_items" not in payload:
        if kind == "orders/delete":
            return Told(ref, deleted=True)
        raise Fault("line_items is missing")
    shown, other = _currencies(payload, currencies)
    created = reading.moment(payload.get("created_at"), "created_at")
    lines = tuple(_line(row, shown, payload) for row in reading.rows(payload["line_items"], "line_items", MOST_LINES))
    said = _said(payload)
    version = Version(
        number=reading.words(payload.get("name"), 60) or reading.words(payload.get("order_number"), 60) or ref,
        state=_state(payload),
        currency=shown,
        lines=tuple(line for line in lines if line.quantity > 0),
        created=created,
        updated=reading.moment(payload.get("updated_at"), "updated_at", created),
        other=other,
        codes=tuple(
            code.upper()
            for row in reading.rows(payload.get("discount_codes"), "discount_codes")
            if (code := reading.words(row.get("code"), 60))
        ),
        token=said.get("launchpad", ""),
        source=said.get("launchpad_source", "") or reading.source_of(payload.get("landing_site")),
        referral=said.get("launchpad_ref", ""),
    )
    return Told(
        ref, version, tuple(_back(row, currencies) for row in reading.rows(payload.get("refunds"), "refunds")),
        kind == "orders/delete", _email(payload), _name(payload),
    )  # fmt: skip


def _state(payload: dict) -> str:
    status = _STATES.get(reading.words(payload.get("financial_status")), PENDING)
    if payload.get("cancelled_at") and status != REFUNDED:
        return CANCELLED
    return status


def _currencies(payload: dict, wanted: Collection[str]) -> tuple[str, str]:
    shop = reading.currency(payload.get("currency"), "currency")
    buyers = reading.currency(payload.get("presentment_currency") or shop, "presentment_currency")
    return (buyers, shop) if shop not in wanted and buyers in wanted else (shop, buyers if buyers != shop else "")


def _amount(row: dict, key: str, currency: str) -> int:
    """An amount in that currency, from `<key>_set` when it holds it, else the plain one."""
    both = row.get(f"{key}_set")
    for side in ("shop_money", "presentment_money"):
        money = both.get(side) if isinstance(both, dict) else None
        if isinstance(money, dict) and money.get("currency_code") == currency:
            return reading.money(money.get("amount"), currency, f"{key}_set")
    return reading.money(row.get(key), currency, key)


def _line(row: dict, currency: str, order: dict) -> Line:
    quantity = reading.whole(row.get("quantity"), "line_items.quantity")
    amount = _amount(row, "price", currency) * quantity
    allocations = reading.rows(row.get("discount_allocations"), "discount_allocations")
    amount -= sum(_amount(one, "amount", currency) for one in allocations)
    if not order.get("taxes_included"):
        amount += sum(_amount(one, "price", currency) for one in reading.rows(row.get("tax_lines"), "tax_lines"))
    hint = _hint({"line_item": row, "line_item_id": row.get("id")})
    if not 0 <= amount < 2**31:
        raise Fault("line_items.price is too large")
    return Line(hint.ref, hint.sku, hint.product, quantity, amount)


def _hint(row: dict) -> Line:
    line = row.get("line_item") if isinstance(row.get("line_item"), dict) else {}
    ref = reading.identity(row.get("line_item_id") or line.get("id"), "line_items.id")
    return Line(ref, reading.words(line.get("sku"), 64), reading.words(line.get("variant_id"), 100), 1, 0)


def _back(row: dict, currencies: Collection[str]) -> Back:
    units, kept, amount = {}, {}, 0
    for item in reading.rows(row.get("refund_line_items"), "refund_line_items"):
        line, many = _hint(item).ref, reading.whole(item.get("quantity"), "refund_line_items.quantity")
        units[line] = units.get(line, 0) + many
        if item.get("restock_type") == "no_restock":
            kept[line] = kept.get(line, 0) + many
    for one in reading.rows(row.get("transactions"), "transactions"):
        if one.get("kind") == "refund" and one.get("status", "success") == "success":
            code = reading.currency(one.get("currency") or next(iter(currencies), "EUR"), "transactions.currency")
            amount += abs(reading.money(one.get("amount"), code, "transactions.amount"))
    return Back(reading.identity(row.get("id"), "refunds.id"), amount, units, kept)


def _said(payload: dict) -> dict[str, str]:
    """What our buy link gave along: the cart's attributes, or a line's properties."""
    lines = reading.rows(payload["line_items"], "line_items", MOST_LINES)
    found = [row for line in lines for row in reading.rows(line.get("properties") or [], "properties")]
    found += reading.rows(payload.get("note_attributes"), "note_attributes")
    return {
        name.lstrip("_"): reading.words(row.get("value"))
        for row in found
        if (name := reading.words(row.get("name"))).lstrip("_").startswith("launchpad")
    }


def _email(payload: dict) -> str:
    customer = payload.get("customer") if isinstance(payload.get("customer"), dict) else {}
    found = (reading.words(value, 300) for value in (payload.get("email"), payload.get("contact_email"), customer.get("email")))
    return next((text for text in found if text), "")


def _name(payload: dict) -> str:
    for key in ("customer", "billing_address", "shipping_address"):
        who = payload.get(key)
        if isinstance(who, dict):
            name = " ".join(reading.words(who.get(part), 100) for part in ("first_name", "last_name")).strip()
            if name:
                return name[:120]
    return ""
