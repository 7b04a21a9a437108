"""What the team does to a timetable by hand: each act with its reason, in the audit log, in the transaction of the act.

The rules are in `rules.by_hand`; here their answer becomes rows. `actor` None is the command line.
"""

from datetime import datetime

from launchpad import clock
from launchpad.models import Campaign, Milestone, Person
from launchpad.rules import timetable as rules
from launchpad.rules.openings import is_head_start
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import thread
from launchpad.services.act_rows import done, milestone, not_held, ready, set_dues, subject, told


def move(campaign: Campaign, actor: Person | None, name: str, due: datetime, reason: str) -> None:
    """Put an unopened milestone at another moment; a moved launch takes its head starts along. Raises Refusal."""
    campaign = ready(campaign, reason)
    if due < campaign.moment:  # while the campaign is held its own time stands, but nobody may plan into the past
        raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
    dues = rules.move(campaign.milestones, name, due, campaign.now)
    hours = None
    if is_head_start(milestone(campaign, name)):
        hours = rules.hours_before_launch(campaign.milestones, due)
    before = set_dues(campaign, dues)
    if hours:
        milestone(campaign, name).hours = hours
    done(campaign, actor, "milestone.move", subject(campaign, name), before, told(dues), reason)


def open_now(campaign: Campaign, actor: Person | None, name: str, reason: str) -> None:
    """Open a milestone at once; ending a phase early is opening the next one. Raises Refusal."""
    campaign = ready(campaign, reason)
    not_held(campaign)
    now = campaign.now
    dues = rules.open_now(campaign.milestones, name, now)
    before = set_dues(campaign, dues)
    opened = milestone(campaign, name)
    if opened.waits and opened.went_at is None:
        opened.went_at = now
    done(campaign, actor, "milestone.open", subject(campaign, name), before, told(dues), reason)


def go(campaign: Campaign, actor: Person | None, name: str, reason: str = "") -> None:
    """Give a milestone the go it waits for. It opens at its due, or at once when that has passed. Raises Refusal."""
    campaign = ready(campaign, None)
    not_held(campaign)
    now = campaign.now
    rules.go(campaign.milestones, name, now)
    milestone(campaign, name).went_at = now
    done(campaign, actor, "milestone.go", subject(campaign, name), None, {"went_at": now.isoformat()}, reason)


def wait(campaign: Campaign, actor: Person | None, name: str, waits: bool, reason: str) -> None:
    """Let a milestone wait for the team's go, or no longer. A go given before is taken back. Raises Refusal."""
    campaign = ready(campaign, reason)
    rules.wait(campaign.milestones, name, waits, campaign.now)
    row = milestone(campaign, name)
    before = {"waits": row.waits, "went_at": row.went_at.isoformat() if row.went_at else None}
    row.waits, row.went_at = waits, None
    done(campaign, actor, "milestone.wait", subject(campaign, name), before, {"waits": waits}, reason)


def hold(campaign: Campaign, actor: Person | None, message: str, reason: str) -> None:
    """Make the milestones stand still from now on. Orders, holds and letters go on. Raises Refusal."""
    campaign = ready(campaign, reason)
    not_held(campaign)
    campaign.held_at, campaign.hold_message = campaign.now, message[:250]
    after = {"held_at": campaign.held_at.isoformat()}
    done(campaign, actor, "campaign.hold", f"campaign:{campaign.id}", None, after, reason)


def release(campaign: Campaign, actor: Person | None, shift: bool, reason: str, message: str = "") -> None:
    """End a campaign hold. With `shift` what had not opened comes later by the held time; else what fell due opens now.

    A message is said in the thread. Raises Refusal.
    """
    campaign = ready(campaign, reason)
    if campaign.held_at is None:
        raise Refusal("not_held", "The campaign is not on hold.")
    held_at, now = campaign.held_at, campaign.moment
    dues = rules.release(campaign.milestones, held_at, now, shift)
    opens_now = [] if shift else _fallen_due(campaign, held_at, now)
    before = {"held_at": held_at.isoformat()} | set_dues(campaign, dues)
    campaign.held_at, campaign.hold_message = None, ""
    for opened in opens_now:
        opened.went_at = now  # so that it opens at the release, and is never recorded as earlier
    after = {"shift": shift, "now": now.isoformat()} | told(dues)
    done(campaign, actor, "campaign.release", f"campaign:{campaign.id}", before, after, reason)
    if message:
        _say(campaign, "release", message)


def reopen(
    campaign: Campaign,
    actor: Person | None,
    recap_at: datetime,
    archive_at: datetime,
    letters: bool,
    reason: str,
    message: str = "",
) -> None:
    """Open launch day again, until another recap and archive: new milestones after the old ones. Raises Refusal.

    The new turn writes to people only with `letters`. A recap's letter that had not gone yet stays behind, and the
    team publishes anew. A message is said in the thread.
    """
    campaign = ready(campaign, reason)
    not_held(campaign)
    if campaign.rehearsal and campaign.rehearsal.ended_at is not None:
        raise Refusal("ended", "This rehearsal has been played to its end. Play it again instead.")
    turn = rules.reopen(campaign.milestones, recap_at, archive_at, campaign.now, letters)
    known = {m.name for m in campaign.milestones}
    dues = {m.name: m.due for m in turn}
    before = set_dues(campaign, {name: due for name, due in dues.items() if name in known})
    before["published"] = campaign.recap_published_at.isoformat() if campaign.recap_published_at else None
    for row in campaign.milestones:
        if row.phase == Phase.RECAP and row.written_at is None:
            row.letters, row.written_at = False, clock.now()
    campaign.milestones += [
        Milestone(name=m.name, phase=m.phase, due=m.due, letters=letters) for m in turn if m.name not in known
    ]
    campaign.recap_published_at = None
    after = told(dues) | {"letters": letters}
    done(campaign, actor, "campaign.reopen", f"campaign:{campaign.id}", before, after, reason)
    if message:
        _say(campaign, "reopen", message)


def stop_sales(campaign: Campaign, actor: Person | None, message: str, reason: str) -> None:
    """Shut every gate of buying; live holds may finish. The clock goes on. Raises Refusal."""
    campaign = ready(campaign, reason)
    if campaign.sales_stopped_at is not None:
        raise Refusal("stopped", "Sales are stopped already.")
    campaign.sales_stopped_at, campaign.sales_message = campaign.moment, message[:250]
    done(campaign, actor, "sales.stop", f"campaign:{campaign.id}", None, {"message": message[:250]}, reason)


def tell_stopped(campaign: Campaign, actor: Person | None, message: str) -> None:
    """Change what visitors read while sales are stopped. Raises Refusal."""
    campaign = ready(campaign, None)
    if campaign.sales_stopped_at is None:
        raise Refusal("not_stopped", "Sales are not stopped.")
    if message == campaign.sales_message:
        return
    before, campaign.sales_message = campaign.sales_message, message[:250]
    said = {"message": message[:250]}
    done(campaign, actor, "sales.message", f"campaign:{campaign.id}", {"message": before}, said, "")


def resume_sales(campaign: Campaign, actor: Person | None, message: str = "", reason: str = "") -> None:
    """Open the gates of buying again, as far as the clock has opened them, and say so in the thread. Raises Refusal."""
    campaign = ready(campaign, None)
    if campaign.sales_stopped_at is None:
        raise Refusal("not_stopped", "Sales are not stopped.")
    before = {"stopped": campaign.sales_stopped_at.isoformat(), "message": campaign.sales_message}
    campaign.sales_stopped_at, campaign.sales_message = None, ""
    done(campaign, actor, "sales.resume", f"campaign:{campaign.id}", before, {"message": message[:250]}, reason)
    _say(campaign, "resume", f"Sales go on. {message[:250]}".strip())


def _say(campaign: Campaign, act: str, words: str) -> None:
    """An update in the campaign's own name; the version of an act makes it one of a kind."""
    thread.report(campaign, f"{act}:{campaign.version}", words, kind="update")


def _fallen_due(campaign: Campaign, held_at: datetime, now: datetime) -> list[Milestone]:
    return [m for m, opens in rules.openings(campaign.milestones) if opens is not None and held_at < opens <= now]
