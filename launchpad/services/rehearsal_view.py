"""A rehearsal as it goes, for the page that shows itself live: counted from rows at this moment."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, Milestone, Mishap, Variant
from launchpad.rules import timetable
from launchpad.services import crowd, mishaps, reports

# What the crowd does, by the kind of its act.
DOING = {
    "membership": "asking to be members", "confirm_membership": "becoming members", "vote": "voting",
    "idea": "bringing ideas", "back_idea": "backing ideas", "join": "joining the waitlist",
    "confirm": "confirming their place", "wish": "saying what they wish", "leave": "leaving the waitlist",
    "unsubscribe": "unsubscribing", "buy": "buying", "guest": "buying as guests", "pass": "buying by their letter",
    "visit": "looking", "read": "reading", "follow": "following the thread", "post": "writing in the thread",
    "story": "sending stories", "recap": "reading the recap", "update": "posting for the team",
    "review": "reviewing stories",
}  # fmt: skip
LAGGING = timedelta(seconds=3)  # of real time at the chosen speed: a crowd further behind the clock than this is told of


@dataclass(frozen=True)
class View:
    """`state`: waiting | running | paused | ending | over. `report`: the numbers so far, in the report's own keys.

    `letters`: kind -> state -> how many. `doing`: (words, how many) in the last second, most first. `behind`: how far the
    crowd is behind the clock, when that is more than a little. `mishaps`: those that happen now, or did.
    """

    state: str
    report: dict
    last: Milestone | None
    coming: tuple[Milestone, object] | None
    left: int
    stock: int
    letters: dict[str, dict[str, int]]
    doing: list[tuple[str, int]]
    behind: timedelta | None
    mishaps: list[Mishap]


def view(campaign: Campaign) -> View:
    """The rehearsal at this moment."""
    rehearsal = campaign.rehearsal
    reached = [m for m in campaign.milestones if m.reached_at is not None]
    stock, taken = db.session.execute(
        select(func.coalesce(func.sum(Variant.stock), 0), func.coalesce(func.sum(Variant.taken), 0))
        .where(Variant.campaign_id == campaign.id)
    ).one()  # fmt: skip
    tally, running = rehearsal.tally or {}, state_of(campaign) in ("running", "ending")
    acts = tally.get("acts", {}) if running and _acting(campaign) else {}
    behind = timedelta(seconds=tally.get("behind", 0)) if acts else timedelta(0)
    return View(
        state=state_of(campaign),
        report=rehearsal.report or reports.report(campaign),
        last=max(reached, key=lambda m: (m.reached_at, m.id), default=None),
        coming=timetable.next_opening(campaign.milestones, campaign.now),
        left=int(stock - taken), stock=int(stock),
        letters=_letters(campaign),
        doing=sorted(((DOING.get(kind, kind), n) for kind, n in acts.items()), key=lambda one: (-one[1], one[0])),
        behind=behind if behind > LAGGING * max(1, rehearsal.chosen_speed) else None,
        mishaps=[row for row in mishaps.of(campaign.id) if row.begun_at is not None],
    )  # fmt: skip


def state_of(campaign: Campaign) -> str:
    """Where a rehearsal stands; see View."""
    rehearsal = campaign.rehearsal
    if rehearsal.reported_at is not None:
        return "over"
    if rehearsal.ended_at is not None:
        return "ending"
    return "running" if rehearsal.speed else "paused" if rehearsal.played_at else "waiting"


def _acting(campaign: Campaign) -> bool:
    beat = campaign.rehearsal.crowd_beat_at
    return beat is not None and campaign.rehearsal.crowd_done_at is None and clock.now() - beat < crowd.SILENT


def _letters(campaign: Campaign) -> dict[str, dict[str, int]]:
    rows = db.session.execute(
        select(Letter.kind, Letter.state, func.count())
        .where(Letter.campaign_id == campaign.id)
        .group_by(Letter.kind, Letter.state)
        .order_by(Letter.kind, Letter.state)
    )
    found: dict[str, dict[str, int]] = {}
    for kind, state, number in rows:
        found.setdefault(kind, {})[state] = number
    return found
