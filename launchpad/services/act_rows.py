"""What the acts by hand have in common: the campaign locked and fresh, dues with what they were, and the record."""

from datetime import datetime

from launchpad.models import Campaign, Milestone, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, event_rows, events
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake


def ready(campaign: Campaign, reason: str | None) -> Campaign:
    """The campaign, locked and fresh. An act that changes a promise has to say why (None: this one need not)."""
    if reason is not None and not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    return locked(campaign.id)


def not_held(campaign: Campaign) -> None:
    """Raises Refusal while the campaign is on hold."""
    if campaign.held_at is not None:
        raise Refusal("held", "The campaign is on hold. Release it first.")


def milestone(campaign: Campaign, name: str) -> Milestone:
    """The milestone of that name. Raises Refusal, as 404, when there is none."""
    found = campaign.milestone(name)
    if found is None:
        raise Refusal("unknown", "There is no such moment on this timetable.", status=404)
    return found


def set_dues(campaign: Campaign, dues: dict[str, datetime]) -> dict[str, str]:
    """Store the dues; what they were before, for the log."""
    before = {name: milestone(campaign, name).due for name in dues}
    for name, due in dues.items():
        milestone(campaign, name).due = due
    event_rows.follow(campaign, dues)
    return told(before)


def told(dues: dict[str, datetime]) -> dict[str, str]:
    """Moments as the log keeps them."""
    return {name: due.isoformat() for name, due in dues.items()}


def subject(campaign: Campaign, name: str) -> str:
    """What an act was done to, as the log names a milestone."""
    return f"milestone:{milestone(campaign, name).id}"


def done(
    campaign: Campaign, actor: Person | None, act: str, about: str, before, after, reason: str, kind: str = "state"
) -> None:
    """The act stands: another version, a row of the log, a word to every open page and to the schedule.

    `kind` of the word: "rule" where all that changes for readers is how they may write in the thread.
    """
    campaign.version += 1
    audit.record(actor, act, campaign, about, before, after, reason.strip())
    events.announce(campaign, kind)
    wake("timetable", campaign.id)
