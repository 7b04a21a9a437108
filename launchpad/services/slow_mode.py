"""Slow mode: how long one waits between two posts of one's own. Set by the team while it goes on; the team is exempt."""

from dataclasses import replace

from launchpad.models import Campaign, Person
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services.act_rows import done, ready


def seconds(campaign: Campaign) -> int:
    """Seconds between two posts of one person; 0 is as fast as one likes."""
    return rules.read(campaign.thread_rules).slow


def set_to(campaign: Campaign, actor: Person | None, pace: int, reason: str = "") -> None:
    """From this commit on; every open page shows the rule. The same pace again changes nothing. Raises Refusal: slow."""
    if not 0 <= pace <= rules.MOST_SLOW:
        raise Refusal("slow", f"Choose from 0 to {rules.MOST_SLOW:,} seconds.", "slow")
    campaign = ready(campaign, None)
    before = rules.read(campaign.thread_rules)
    if before.slow == pace:
        return
    campaign.thread_rules = rules.kept(replace(before, slow=pace))
    done(campaign, actor, "thread.slow", f"campaign:{campaign.id}", {"seconds": before.slow}, {"seconds": pace}, reason, "rule")
