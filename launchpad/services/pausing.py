"""The waitlist's tap: the team pauses new sign-ups and opens them again. Who has a place keeps it and may confirm it."""

from launchpad import clock
from launchpad.models import Campaign, Person
from launchpad.rules.refusals import Refusal
from launchpad.services.act_rows import done, ready


def pause(campaign: Campaign, actor: Person | None, message: str, reason: str = "") -> None:
    """Take nobody new from now on; `message` is what people read instead of the form. Paused already, it is changed."""
    campaign = ready(campaign, None)
    before = _said(campaign)
    campaign.joins_paused_at, campaign.joins_message = campaign.joins_paused_at or clock.now(), message[:250]
    done(campaign, actor, "joins.pause", f"campaign:{campaign.id}", before, _said(campaign), reason)


def resume(campaign: Campaign, actor: Person | None) -> None:
    """Take people again, as far as cap and closing date allow. Raises Refusal when nothing was paused."""
    campaign = ready(campaign, None)
    if campaign.joins_paused_at is None:
        raise Refusal("not_paused", "New sign-ups are not paused.")
    before = _said(campaign)
    campaign.joins_paused_at, campaign.joins_message = None, ""
    done(campaign, actor, "joins.resume", f"campaign:{campaign.id}", before, None, "")


def _said(campaign: Campaign) -> dict | None:
    if campaign.joins_paused_at is None:
        return None
    return {"paused": campaign.joins_paused_at.isoformat(), "message": campaign.joins_message}
