"""What the team does to a timetable by hand: each act with its reason, in the audit log, in the transaction of the act.

The rules are in `rules.by_hand`; here their answer becomes rows. `actor` None is the command line.
"""

from datetime import datetime

from launchpad.models import Campaign, Milestone, Person
from launchpad.rules import timetable as rules
from launchpad.rules.openings import is_head_start
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake


def move(campaign: Campaign, actor: Person | None, name: str, due: datetime, reason: str) -> None:
    """Put an unopened milestone at another moment; a moved launch takes its head starts along. Raises Refusal."""
    campaign = _ready(campaign, reason)
    if due < campaign.moment:  # while the campaign is held its own time stands, but nobody may plan into the past
        raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
    dues = rules.move(campaign.milestones, name, due, campaign.now)
    hours = None
    if is_head_start(_milestone(campaign, name)):
        hours = rules.hours_before_launch(campaign.milestones, due)
    before = _set_dues(campaign, dues)
    if hours:
        _milestone(campaign, name).hours = hours
    _done(campaign, actor, "milestone.move", _subject(campaign, name), before, _told(dues), reason)


def open_now(campaign: Campaign, actor: Person | None, name: str, reason: str) -> None:
    """Open a milestone at once; ending a phase early is opening the next one. Raises Refusal."""
    campaign = _ready(campaign, reason)
    _not_held(campaign)
    now = campaign.now
    dues = rules.open_now(campaign.milestones, name, now)
    before = _set_dues(campaign, dues)
    milestone = _milestone(campaign, name)
    if milestone.waits and milestone.went_at is None:
        milestone.went_at = now
    _done(campaign, actor, "milestone.open", _subject(campaign, name), before, _told(dues), reason)


def go(campaign: Campaign, actor: Person | None, name: str, reason: str = "") -> None:
    """Give a milestone the go it waits for. It opens at its due, or at once when that has passed. Raises Refusal."""
    campaign = _ready(campaign, None)
    _not_held(campaign)
    now = campaign.now
    rules.go(campaign.milestones, name, now)
    _milestone(campaign, name).went_at = now
    _done(campaign, actor, "milestone.go", _subject(campaign, name), None, {"went_at": now.isoformat()}, reason)


def hold(campaign: Campaign, actor: Person | None, message: str, reason: str) -> None:
    """Make the milestones stand still from now on. Orders, holds and letters go on. Raises Refusal."""
    campaign = _ready(campaign, reason)
    _not_held(campaign)
    campaign.held_at, campaign.hold_message = campaign.now, message[:250]
    after = {"held_at": campaign.held_at.isoformat()}
    _done(campaign, actor, "campaign.hold", f"campaign:{campaign.id}", None, after, reason)


def release(campaign: Campaign, actor: Person | None, shift: bool, reason: str) -> None:
    """End a campaign hold. With `shift` what had not opened comes later by the held time; else what fell due opens now.

    Raises Refusal.
    """
    campaign = _ready(campaign, reason)
    if campaign.held_at is None:
        raise Refusal("not_held", "The campaign is not on hold.")
    held_at, now = campaign.held_at, campaign.moment
    dues = rules.release(campaign.milestones, held_at, now, shift)
    opens_now = [] if shift else _fallen_due(campaign, held_at, now)
    before = {"held_at": held_at.isoformat()} | _set_dues(campaign, dues)
    campaign.held_at, campaign.hold_message = None, ""
    for milestone in opens_now:
        milestone.went_at = now  # so that it opens at the release, and is never recorded as earlier
    after = {"shift": shift, "now": now.isoformat()} | _told(dues)
    _done(campaign, actor, "campaign.release", f"campaign:{campaign.id}", before, after, reason)


def stop_sales(campaign: Campaign, actor: Person | None, message: str, reason: str) -> None:
    """Shut every gate of buying; live holds may finish. The clock goes on. Raises Refusal."""
    campaign = _ready(campaign, reason)
    if campaign.sales_stopped_at is not None:
        raise Refusal("stopped", "Sales are stopped already.")
    campaign.sales_stopped_at, campaign.sales_message = campaign.moment, message[:250]
    _done(campaign, actor, "sales.stop", f"campaign:{campaign.id}", None, {"message": message[:250]}, reason)


def resume_sales(campaign: Campaign, actor: Person | None, message: str = "", reason: str = "") -> None:
    """Open the gates of buying again, as far as the clock has opened them. Raises Refusal."""
    campaign = _ready(campaign, None)
    if campaign.sales_stopped_at is None:
        raise Refusal("not_stopped", "Sales are not stopped.")
    campaign.sales_stopped_at, campaign.sales_message = None, message[:250]
    _done(campaign, actor, "sales.resume", f"campaign:{campaign.id}", None, None, reason)


def _ready(campaign: Campaign, reason: str | None) -> Campaign:
    """The campaign, locked and fresh. An act that changes a promise has to say why (None: this one need not)."""
    if reason is not None and not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    return locked(campaign.id)


def _not_held(campaign: Campaign) -> None:
    if campaign.held_at is not None:
        raise Refusal("held", "The campaign is on hold. Release it first.")


def _milestone(campaign: Campaign, name: str) -> Milestone:
    found = campaign.milestone(name)
    if found is None:
        raise Refusal("unknown", "There is no such moment on this timetable.", status=404)
    return found


def _fallen_due(campaign: Campaign, held_at: datetime, now: datetime) -> list[Milestone]:
    return [m for m, opens in rules.openings(campaign.milestones) if opens is not None and held_at < opens <= now]


def _set_dues(campaign: Campaign, dues: dict[str, datetime]) -> dict[str, str]:
    """Store the dues; what they were before, for the log."""
    before = {name: _milestone(campaign, name).due for name in dues}
    for name, due in dues.items():
        _milestone(campaign, name).due = due
    return _told(before)


def _told(dues: dict[str, datetime]) -> dict[str, str]:
    return {name: due.isoformat() for name, due in dues.items()}


def _subject(campaign: Campaign, name: str) -> str:
    return f"milestone:{_milestone(campaign, name).id}"


def _done(campaign: Campaign, actor, act: str, subject: str, before, after, reason: str) -> None:
    campaign.version += 1
    audit.record(actor, act, campaign, subject, before, after, reason.strip())
    events.announce(campaign, "state")
    wake("timetable", campaign.id)
