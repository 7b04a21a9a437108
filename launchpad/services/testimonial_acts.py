"""What the team does with testimonials: takes them into the queue or not, orders and times them, lets one be heard."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person, Testimonial
from launchpad.rules import testimonials as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, standing, testimonials
from launchpad.services.timetable import locked


def approve(campaign: Campaign, actor: Person | None, row: Testimonial, version: int | None = None) -> None:
    """Take it into the queue, at its end. `version` is that of the words which were read. Raises Refusal: changed."""
    _same(campaign, row, version)
    if row.state == "queued":
        return
    _only(row, "waiting", "rejected")
    last = select(func.max(Testimonial.place)).filter_by(campaign_id=campaign.id, state="queued")
    row.place, row.state, row.why = (db.session.scalar(last) or 0) + 1, "queued", ""
    _record(actor, "approve", campaign, row)


def reject(campaign: Campaign, actor: Person | None, row: Testimonial, why: str, version: int | None = None) -> None:
    """Keep it out, or take it out of the queue again; the author reads why. Raises Refusal: changed, reason."""
    _same(campaign, row, version)
    if not why.strip():
        raise Refusal("reason", "Say why: the author reads it.", "reason")
    _only(row, "waiting", "queued")
    row.state, row.why, row.place, row.minutes = "rejected", why.strip()[:250], None, None
    _record(actor, "reject", campaign, row, reason=why)


def move(campaign: Campaign, actor: Person | None, row: Testimonial, up: bool) -> None:
    """One place earlier or later in the queue; at its end nothing happens."""
    locked(campaign.id)
    rows = testimonials.queue(campaign)
    at = next((n for n, one in enumerate(rows) if one.id == row.id), None)
    if at is None:
        raise Refusal("queue", "It is not in the queue any more.")
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for place, one in enumerate(rows, 1):
        one.place = place
    _record(actor, "move", campaign, row)


def time(campaign: Campaign, actor: Person | None, row: Testimonial, minutes: int | None) -> None:
    """Let the clock release it so many minutes after doors open; None: only on cue. Raises Refusal."""
    _same(campaign, row)
    _only(row, "queued")
    if minutes is not None and not 0 <= minutes <= rules.LATEST:
        raise Refusal("minutes", f"Choose 0 to {rules.LATEST:,} minutes after doors open.", "minutes")
    before, row.minutes = row.minutes, minutes
    if before != minutes:
        audit.record(actor, "testimonial.time", campaign, _subject(row), {"minutes": before}, {"minutes": minutes})
        db.session.flush()


def spread(campaign: Campaign, actor: Person | None, first: int, last: int) -> int:
    """Give the whole queue minutes, evenly in its order; how many that were. Raises Refusal."""
    locked(campaign.id)
    if not 0 <= first <= last <= rules.LATEST:
        raise Refusal("minutes", f"Choose two minutes from 0 to {rules.LATEST:,}, the first one first.", "last")
    rows = testimonials.queue(campaign)
    for row, minutes in zip(rows, rules.spread(len(rows), first, last), strict=True):
        row.minutes = minutes
    audit.record(actor, "testimonial.spread", campaign, f"campaign:{campaign.id}", None, {"first": first, "last": last})
    db.session.flush()
    return len(rows)


def cue(campaign: Campaign, actor: Person | None, row: Testimonial, version: int | None = None) -> Entry | None:
    """Let it be heard now. A second tap finds it heard: None. Raises Refusal: changed, not_open, gone."""
    _same(campaign, row)
    if row.state == "released":
        return None
    _same(campaign, row, version)
    _only(row, "queued")
    if not standing.may("thread.post", actor, campaign):
        raise Refusal("not_open", "The thread is not open for it now.")
    entry = testimonials.let_be_heard(campaign, row, by_clock=False)
    if entry is not None:
        _record(actor, "cue", campaign, row)
    return entry


def take_back(campaign: Campaign, actor: Person | None, row: Testimonial) -> None:
    """Put one that was approved or rejected back among those that wait: a tap too much is undone."""
    _same(campaign, row)
    _only(row, "queued", "rejected")
    row.state, row.why, row.place, row.minutes = "waiting", "", None, None
    _record(actor, "reset", campaign, row)


def _same(campaign: Campaign, row: Testimonial, version: int | None = None) -> None:
    locked(campaign.id)
    db.session.refresh(row, with_for_update={"of": Testimonial})
    if version is not None and row.version != version:
        raise Refusal("changed", "Its author changed it since you opened the page. Read it again.")


def _only(row: Testimonial, *states: str) -> None:
    if row.state not in states:
        raise Refusal("gone", "It is not where it was: look at the page again.")


def _subject(row: Testimonial) -> str:
    return f"testimonial:{row.id}"


def _record(actor: Person | None, act: str, campaign: Campaign, row: Testimonial, reason: str = "") -> None:
    """The audit row holds its number and version, never its words."""
    audit.record(actor, f"testimonial.{act}", campaign, _subject(row), None, {"version": row.version}, reason)
    db.session.flush()
