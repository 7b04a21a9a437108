"""Closing the thread for all but the team, and opening it again: reading goes on, and everybody sees why."""

from launchpad.models import Campaign, Person
from launchpad.services.act_rows import done, ready


def close(campaign: Campaign, actor: Person | None, message: str = "") -> None:
    """Nobody but the team writes from this commit on. Again with other words changes what readers see."""
    campaign = ready(campaign, None)
    message = " ".join(message.split())[:250]
    if campaign.thread_closed_at is not None and message == campaign.thread_message:
        return
    act = "thread.message" if campaign.thread_closed_at else "thread.close"
    before = {"message": campaign.thread_message} if campaign.thread_closed_at else None
    campaign.thread_closed_at, campaign.thread_message = campaign.thread_closed_at or campaign.moment, message
    done(campaign, actor, act, f"campaign:{campaign.id}", before, {"message": message}, "", "rule")


def reopen(campaign: Campaign, actor: Person | None) -> None:
    """Whoever may write writes again. Twice is once."""
    campaign = ready(campaign, None)
    if campaign.thread_closed_at is None:
        return
    before = {"closed": campaign.thread_closed_at.isoformat(), "message": campaign.thread_message}
    campaign.thread_closed_at, campaign.thread_message = None, ""
    done(campaign, actor, "thread.open", f"campaign:{campaign.id}", before, None, "", "rule")
