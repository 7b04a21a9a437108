"""Where the facts about a payment have led. Facts only ever grow, so the answer does not depend on their order."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Said:
    """What one message of a provider says about a payment; what it does not say is None.

    `order` is our number, as the provider was told it. Amounts are minor units of an ISO 4217 code in capitals.
    Moments are the provider's own.
    """

    order: str | None = None
    session: str | None = None
    intent: str | None = None
    amount: int | None = None  # paid
    currency: str | None = None
    paid_at: datetime | None = None
    pending_at: datetime | None = None  # complete, and waiting for the bank
    failed_at: datetime | None = None  # the bank said no
    expired_at: datetime | None = None  # nobody can pay any more
    refunded: int = 0  # in all, so far
    dispute: str | None = None  # open | won | lost
    refund: str | None = None  # the provider's id of one refund …
    refund_state: str | None = None  # … which is sent | done | failed
    url: str | None = None  # where the buyer pays, while that is possible


_DISPUTES = (None, "open", "won", "lost")  # a later one wins, whichever came first
_REFUNDS = ("asked", "sent", "done", "failed")


def verdict(paid: bool, pending: bool, failed: bool, expired: bool) -> str:
    """paid | failed | expired | waiting (for the bank) | open: of two that were said, the first of these."""
    for name, is_so in (("paid", paid), ("failed", failed), ("expired", expired), ("waiting", pending)):
        if is_so:
            return name
    return "open"


def fits(amount: int | None, currency: str | None, total: int, asked: str) -> str | None:
    """Why what was paid is not what the order asks: `currency`, `amount`; None when it is."""
    if currency != asked.upper():
        return "currency"
    return None if amount == total else "amount"


def further_dispute(known: str | None, said: str | None) -> str | None:
    """The state of a dispute, of two that were said."""
    return max(known, said, key=_DISPUTES.index)


def further_refund(known: str, said: str) -> str:
    """The state of a refund, of two that were said. One that arrived may still fail at the bank."""
    return max(known, said, key=_REFUNDS.index)


def earlier(known: datetime | None, said: datetime | None) -> datetime | None:
    """The earlier of two moments; None says nothing."""
    return min(filter(None, (known, said)), default=None)


def larger(known: int | None, said: int | None) -> int | None:
    """The larger of two amounts; None says nothing."""
    return max((one for one in (known, said) if one is not None), default=None)
