"""Reading Stripe: which of its events speak of our orders, and what each says. Other shapes than expected say nothing.

Source: Stripe's reference of events and of the objects Checkout Session, Charge, Refund and Dispute.
"""

from datetime import UTC, datetime
from typing import Any

from launchpad.rules.payment import Said

MOST = 2**31 - 1
_CLOSED = {"won": "won", "warning_closed": "won", "lost": "lost"}
_REFUND = {"pending": "sent", "requires_action": "sent", "succeeded": "done", "failed": "failed", "canceled": "failed"}

KINDS = (
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired", "charge.refunded", "charge.dispute.created", "charge.dispute.updated",
    "charge.dispute.closed", "refund.created", "refund.updated", "refund.failed", "charge.refund.updated",
)  # fmt: skip


def of_event(kind: str, payload: dict[str, Any]) -> Said | None:
    """What an event says; None when it is none of KINDS."""
    if kind not in KINDS:
        return None
    found, at = _dict(_dict(payload.get("data")).get("object")), _moment(payload.get("created"))
    if kind.startswith("checkout.session."):
        return of_session(found, at, failed=kind.endswith("async_payment_failed"))
    if kind == "charge.refunded":
        return of_charge(found, at)
    return _of_dispute(found) if kind.startswith("charge.dispute.") else of_refund(found)


def of_session(found: dict[str, Any], at: datetime | None, failed: bool = False) -> Said:
    """What a checkout session says at a moment; with its payment intent inside, when it was asked for, that too."""
    at = at or _moment(found.get("created")) or datetime.fromtimestamp(0, UTC)
    intent = found.get("payment_intent")
    charge = _dict(_dict(intent).get("latest_charge"))
    status, payment = found.get("status"), found.get("payment_status")
    paid = payment in ("paid", "no_payment_required")
    refused = failed or (status == "complete" and _dict(intent).get("status") in ("requires_payment_method", "canceled"))
    return Said(
        order=_text(found.get("client_reference_id")) or _text(_dict(found.get("metadata")).get("order")),
        session=_text(found.get("id")),
        intent=_id(intent),
        amount=_amount(found.get("amount_total")) if paid else None,
        currency=_currency(found.get("currency")) if paid else None,
        paid_at=at if paid else None,
        pending_at=at if status == "complete" and not paid else None,
        failed_at=at if refused and not paid else None,
        expired_at=at if status == "expired" and not paid else None,
        refunded=_amount(charge.get("amount_refunded")) or 0,
        url=_url(found.get("url")) if status == "open" else None,
    )


def of_charge(found: dict[str, Any], at: datetime | None) -> Said:
    """What a charge says: that it was paid, and how much went back."""
    amount = _amount(found.get("amount_captured"))
    paid = found.get("paid") is True and bool(amount)
    return Said(
        order=_text(_dict(found.get("metadata")).get("order")),
        intent=_id(found.get("payment_intent")),
        amount=amount if paid else None,
        currency=_currency(found.get("currency")) if paid else None,
        paid_at=(_moment(found.get("created")) or at) if paid else None,
        refunded=_amount(found.get("amount_refunded")) or 0,
    )


def of_refund(found: dict[str, Any]) -> Said:
    """What one refund says about itself."""
    return Said(
        order=_text(_dict(found.get("metadata")).get("order")),
        intent=_id(found.get("payment_intent")),
        refund=_text(found.get("id")),
        refund_state=_REFUND.get(found.get("status") if isinstance(found.get("status"), str) else ""),
    )


def _of_dispute(found: dict[str, Any]) -> Said:
    status = found.get("status")
    return Said(
        intent=_id(found.get("payment_intent")),
        dispute=_CLOSED.get(status, "open") if isinstance(status, str) else "open",
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 250 else None


def _url(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) < 4000 else None


def _id(value: Any) -> str | None:
    """An id, or the id of the object that stands in its place."""
    return _text(value.get("id")) if isinstance(value, dict) else _text(value)


def _amount(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= MOST else None


def _currency(value: Any) -> str | None:
    return value.upper() if isinstance(value, str) and len(value) == 3 else None


def _moment(value: Any) -> datetime | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return datetime.fromtimestamp(value, UTC) if whole and 0 < value < 2**33 else None
