"""Orders as Shopify and WooCommerce send them: the shapes of their published references, with values of our own."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

SECRET = "a secret of the store"
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


def at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shopify(id: int, made: datetime, quantity: int = 1, sku: str = "OAK", status: str = "paid", **more) -> dict:
    """An order resource of Shopify's; `updated` is the moment of this version."""
    price = more.pop("price", "129.00")
    money = {"amount": price, "currency_code": "EUR"}
    order = {
        "id": id, "admin_graphql_api_id": f"gid://shopify/Order/{id}", "name": f"#{id % 100000}", "order_number": id % 100000,
        "currency": "EUR", "presentment_currency": "EUR", "taxes_included": True, "financial_status": status,
        "created_at": at(made), "updated_at": at(more.pop("updated", made)), "processed_at": at(made), "cancelled_at": None,
        "email": ADA["email"], "contact_email": ADA["email"], "customer": {"id": 1, **ADA}, "landing_site": "/?utm_source=letter",
        "discount_codes": [], "note_attributes": [], "refunds": [], "total_price": price,
        "line_items": [{
            "id": id * 10, "variant_id": 4401 if sku in ("OAK", "") else 77, "sku": sku, "quantity": quantity, "price": price,
            "title": "Oak",
            "price_set": {"shop_money": money, "presentment_money": money}, "discount_allocations": [], "tax_lines": [],
            "properties": [],
        }],
    }  # fmt: skip
    return order | more


def shopify_refund(order: dict, id: int, quantity: int, restock: str = "return") -> dict:
    """A refund resource of some units of an order's only line."""
    line = order["line_items"][0]
    items = [
        {"id": id * 7, "line_item_id": line["id"], "quantity": quantity, "restock_type": restock, "line_item": line}
    ]
    paid = [{"kind": "refund", "status": "success", "amount": str(129 * quantity) + ".00", "currency": "EUR"}]
    return {
        "id": id, "order_id": order["id"], "created_at": order["updated_at"], "refund_line_items": items if quantity else [],
        "transactions": paid,
    }  # fmt: skip


def woocommerce(
    id: int, made: datetime, quantity: int = 1, sku: str = "OAK", status: str = "processing", **more
) -> dict:
    """An order resource of WooCommerce's REST interface, version 3."""
    gmt = at(made).rstrip("Z")
    order = {
        "id": id, "parent_id": 0, "number": str(id), "status": status, "currency": "EUR", "prices_include_tax": True,
        "date_created_gmt": gmt, "date_modified_gmt": at(more.pop("updated", made)).rstrip("Z"),
        "date_paid_gmt": gmt if status in ("processing", "completed") else None, "total": f"{129 * quantity}.00",
        "billing": {**ADA}, "coupon_lines": [], "refunds": [], "meta_data": [],
        "line_items": [{
            "id": id * 10, "name": "Oak", "product_id": 4401, "variation_id": 0, "quantity": quantity, "sku": sku,
            "total": f"{106.61 * quantity:.2f}", "total_tax": f"{22.39 * quantity:.2f}", "price": 106.61, "meta_data": [],
        }],
    }  # fmt: skip
    return order | more


def signed(provider: str, topic: str, payload: dict | bytes, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """The raw body and its headers."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    proof = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    if provider == "shopify":
        return raw, {
            "X-Shopify-Hmac-Sha256": proof,
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": "shop.example.com",
        }
    return raw, {"X-WC-Webhook-Signature": proof, "X-WC-Webhook-Topic": topic}
