"""Payment providers: who takes the money for an order that is on hold, and says so.

The seam: `begin` is told what is to be paid and answers where (`Said.url`). A provider that takes real money confirms
by a signed webhook; the practice provider has a button on the order's own page instead. Stores confirm by webhooks
alone: nothing begins here for them.
"""

from typing import Protocol

from launchpad.config import Settings
from launchpad.outside.payments.parties import Payable, Unreachable
from launchpad.outside.payments.practice import Practice
from launchpad.outside.payments.stripe import Stripe
from launchpad.rules.payment import Said

__all__ = ["Payable", "Provider", "Unreachable", "name_for", "named", "practised"]


class Provider(Protocol):
    """One way to pay."""

    name: str
    by_button: bool  # True when the order's page itself confirms, without money

    def begin(self, payable: Payable) -> Said:
        """Where the buyer pays. Called after the hold is committed, never inside a transaction. Raises Unreachable."""
        ...


_KNOWN: dict[str, Provider] = {provider.name: provider for provider in (Practice(), Stripe())}


def named(name: str) -> Provider:
    """The provider that an order was made with. Unknown names are KeyErrors."""
    return _KNOWN[name]


def practised(name: str) -> bool:
    """True when no money was taken by that provider, so that none has to go back. An unknown one may have taken some."""
    return name in _KNOWN and _KNOWN[name].by_button


def name_for(rehearsed: bool, settings: Settings) -> str:
    """Which provider a campaign's next order goes to: rehearsals, and sites without a payment key, only practise."""
    return "practice" if rehearsed or not settings.stripe_secret_key else "stripe"
