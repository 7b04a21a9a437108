"""Whether the waitlist takes somebody new: open, not paused, before its closing date, below its cap."""

from datetime import datetime

from launchpad.models import Campaign
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import restocks, state

PAUSED = "The waitlist takes nobody new at the moment. Come back a little later."


def closed(campaign: Campaign) -> Refusal | None:
    """Why the waitlist takes nobody new now, or None: not open, paused, closed, full.

    The cap is soft: a place held before it was reached may still be confirmed after. So joins need no lock.
    """
    if campaign.phase != Phase.WAITLIST and not restocks.takes(campaign):
        return Refusal("closed", "The waitlist is not open.")
    if campaign.joins_paused_at is not None:
        return Refusal("paused", campaign.joins_message or PAUSED)
    if campaign.phase != Phase.WAITLIST:  # sold out: whoever wants what comes back stands behind the line
        return None
    closes = closing(campaign)
    if closes is not None and closes <= campaign.moment:
        return Refusal("ended", "The waitlist has closed. Doors open for everyone at the launch.")
    cap = (campaign.waitlist or {}).get("cap")
    if cap and state.confirmed(campaign) >= cap:
        words = f"The waitlist is full: all {cap:,} places are taken. Doors open for everyone at the launch."
        return Refusal("full", words)
    return None


def closing(campaign: Campaign) -> datetime | None:
    """From when on the waitlist takes nobody new, as its file says; None: until the launch."""
    said = (campaign.waitlist or {}).get("closes")
    return datetime.fromisoformat(said) if said else None
