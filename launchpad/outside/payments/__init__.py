"""Payment providers: who takes the money for an order that is on hold, and says so.

The seam: `begin` is told what is to be paid and answers with the address to send the buyer to. A provider that takes
real money confirms by a signed webhook; the practice provider has a button on the order's own page instead.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from launchpad.config import Settings
from launchpad.outside.payments.practice import Practice


@dataclass(frozen=True)
class Payable:
    """What a provider is asked to take: `amount` in minor units of an ISO 4217 `currency`, until a real moment."""

    number: str
    what: str
    quantity: int
    amount: int
    currency: str
    until: datetime
    back: str  # the order's own page, whole address


class Provider(Protocol):
    """One way to pay."""

    name: str
    by_button: bool  # True when the order's page itself confirms, without money

    def begin(self, payable: Payable) -> str:
        """The address at which the buyer pays. Called after the hold is committed, never inside a transaction."""
        ...


_KNOWN: dict[str, Provider] = {provider.name: provider for provider in (Practice(),)}


def named(name: str) -> Provider:
    """The provider that an order was made with. Unknown names are KeyErrors."""
    return _KNOWN[name]


def practised(name: str) -> bool:
    """True when no money was taken by that provider, so that none has to go back. An unknown one may have taken some."""
    return name in _KNOWN and _KNOWN[name].by_button


def name_for(rehearsed: bool, settings: Settings) -> str:
    """Which provider a campaign's next order goes to: rehearsals, and sites without a payment key, only practise."""
    return "practice" if rehearsed or not settings.stripe_secret_key or "stripe" not in _KNOWN else "stripe"
