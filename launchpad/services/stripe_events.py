"""What Stripe's events do here."""

from launchpad.models import Hook
from launchpad.services.outcomes import Outcome


def work(hook: Hook) -> Outcome:
    """Work one event of Stripe."""
    return Outcome("ignored", "no event of ours")
