"""Orders of a store as a file tells them: Shopify's order export, a WooCommerce export, or a plain list.

Plain: number,email,sku,quantity,amount,currency,at,refunded (amount of the whole line; refunded: yes, no, or how much).
A file is the last resort, after webhooks: it says how orders stand, so it only ever moves one forward.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from launchpad.rules import store_reading as reading
from launchpad.rules.store_orders import CANCELLED, FILE, PAID, PENDING, REFUNDED, Back, Fault, Line, Told, Version

MOST = 50_000  # lines
_YES = ("yes", "y", "true", "1", "refunded")
_SHOPIFY = {"paid": PAID, "authorized": PAID, "partially_refunded": PAID, "refunded": REFUNDED, "voided": CANCELLED}
_WOO = {
    "processing": PAID, "completed": PAID, "refunded": REFUNDED, "cancelled": CANCELLED, "failed": CANCELLED, "trash": CANCELLED,
}  # fmt: skip


class FileFault(Exception):
    """The file as a whole cannot be read; one sentence says why."""


@dataclass
class Sheet:
    """A whole file: what it tells of each order, on which line it begins, and which lines cannot be read, with why."""

    kind: str  # shopify | woocommerce | plain
    orders: list[tuple[int, Told]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def read(content: bytes) -> Sheet:
    """Read a file of orders. Raises FileFault."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text or not text.strip():
        raise FileFault("is empty, or no text")
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        reader.fieldnames = [" ".join((name or "").lower().replace("_", " ").split()) for name in reader.fieldnames or ()]
        kind = _kind(set(reader.fieldnames))
        rows = []
        for row in reader:
            values = {key: (value or "").strip() for key, value in row.items() if key and not isinstance(value, list)}
            if any(values.values()):
                rows.append((reader.line_num, values))
            if len(rows) > MOST:
                raise FileFault(f"has more than {MOST:,} lines: split it")
    except csv.Error as error:
        raise FileFault(f"cannot be read as CSV near line {reader.line_num}: {error}") from None
    sheet = Sheet(kind)
    for line, told in _orders(kind, rows, sheet):
        sheet.orders.append((line, told))
    sheet.refused.sort()
    return sheet


def _kind(columns: set[str]) -> str:
    if {"name", "financial status", "lineitem name"} <= columns or {"name", "financial status", "lineitem sku"} <= columns:
        return "shopify"
    if {"number", "sku", "quantity"} <= columns:
        return "plain"
    if "order status" in columns or ("status" in columns and {"order number", "order id", "order"} & columns):
        return "woocommerce"
    raise FileFault("is no export of orders that we know: it needs Shopify's or WooCommerce's columns, or number,sku,quantity")


def _orders(kind: str, rows: list[tuple[int, dict]], sheet: Sheet):
    """The rows of one number are one order: the first says whose it is and how it stands, each is one line of it."""
    groups: dict[str, list[tuple[int, dict]]] = {}
    for line, row in rows:
        number = _first(row, *_COLUMNS[kind]["number"])
        if not number:
            sheet.refused.append((line, "it has no order number"))
            continue
        groups.setdefault(number, []).append((line, row))
    for number, group in groups.items():
        try:
            yield group[0][0], _told(kind, number[:60], [row for _, row in group])
        except Fault as fault:
            sheet.refused.append((group[0][0], f"{number[:60]}: {fault}"))


_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "shopify": {
        "number": ("name",), "id": ("id",), "email": ("email",), "buyer": ("billing name", "shipping name"),
        "currency": ("currency",), "created": ("created at",), "sku": ("lineitem sku",), "quantity": ("lineitem quantity",),
        "unit": ("lineitem price",), "discount": ("lineitem discount",), "code": ("discount code",),
        "paid": ("paid at",), "gone": ("cancelled at",), "back": ("refunded amount",), "status": ("financial status",),
    },
    "woocommerce": {
        "number": ("order number", "order id", "order"), "id": ("order id", "order number", "order"),
        "email": ("email (billing)", "billing email", "email", "billing email address"),
        "buyer": ("billing name", "first name (billing)"), "currency": ("currency", "order currency"),
        "created": ("order date", "date created", "date"), "sku": ("sku", "item sku", "line item sku"),
        "quantity": ("quantity", "item quantity", "quantity (- refund)", "line item quantity"),
        "amount": ("item total", "line total", "line item total"), "unit": ("item cost", "item price", "price"),
        "code": ("coupon code", "coupons"), "paid": ("paid date", "date paid"), "gone": (),
        "back": ("order refund amount", "refund amount", "refunded amount"), "status": ("order status", "status"),
    },
    "plain": {
        "number": ("number",), "id": ("id",), "email": ("email",), "buyer": ("buyer",), "currency": ("currency",),
        "created": ("at",), "sku": ("sku",), "quantity": ("quantity",), "amount": ("amount",), "unit": ("price",),
        "code": ("code",), "paid": (), "gone": (), "back": ("refunded",), "status": ("status",),
    },
}  # fmt: skip


def _told(kind: str, number: str, rows: list[Mapping[str, str]]) -> Told:
    columns, first = _COLUMNS[kind], rows[0]

    def said(name: str, row: Mapping[str, str] = first) -> str:
        return _first(row, *columns.get(name, ()))

    currency = reading.currency(said("currency"), columns["currency"][0])
    created = _moment(said("created"), columns["created"][0])
    updated = max(created, *(_moment(said(name), name) for name in ("paid", "gone") if said(name)), created)
    lines: dict[str, list[int]] = {}
    for row in rows:
        quantity = reading.whole(said("quantity", row) or "0", columns["quantity"][0])
        whole = said("amount", row)
        unit, discount = _money(said("unit", row), currency), _money(said("discount", row), currency)
        amount = _money(whole, currency) if whole else unit * quantity - discount
        total = lines.setdefault(said("sku", row)[:64], [0, 0])
        total[0] += quantity
        total[1] += max(0, amount)
    status = said("status").lower().removeprefix("wc-").replace(" ", "-" if kind == "woocommerce" else "_")
    state = _state(kind, status, said("gone"))
    back = said("back")
    if kind == "plain" and back.lower() in _YES:
        state, back = REFUNDED, ""
    refunded = 0 if back.lower() in ("", "no", "false", "n") else abs(_money(back, currency))
    if refunded and refunded >= sum(amount for _, amount in lines.values()) and state == PAID:
        state = REFUNDED
    version = Version(
        number=number, state=state, currency=currency, created=created, updated=updated,
        lines=tuple(Line(sku, sku, "", many, amount) for sku, (many, amount) in lines.items() if many),
        codes=tuple(code for code in said("code").upper().replace(",", " ").split()[:5]),
    )  # fmt: skip
    id = said("id").lstrip("'")
    backs = (Back(FILE, refunded),) if refunded and state == PAID else ()
    return Told(id if id.isdigit() else f"number:{number}", version, backs, email=said("email"), name=said("buyer")[:120])


def _state(kind: str, status: str, gone: str) -> str:
    if kind == "plain":
        return {"pending": PENDING, "cancelled": CANCELLED, "refunded": REFUNDED}.get(status, PAID)
    if kind == "shopify":
        state = _SHOPIFY.get(status, PENDING)
        return CANCELLED if gone and state != REFUNDED else state
    return _WOO.get(status, PENDING)


def _first(row: Mapping[str, str], *names: str) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _money(text: str, currency: str) -> int:
    return reading.money(text.replace(" ", "").lstrip("'"), currency, f"the amount “{text[:20]}”")


def _moment(text: str, key: str) -> str:
    """RFC 3339, Shopify's `2026-12-12 18:05:00 +0100`, or a day's date and time as UTC."""
    day, _, rest = text.partition(" ")
    clock, _, offset = rest.partition(" ")
    return reading.moment(f"{day}T{clock}{offset}" if clock else text, key)
