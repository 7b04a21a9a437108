"""What an act on the timetable would bring, before it is done: moments, letters, polls, head starts. Nothing is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Milestone, Poll
from launchpad.rules import live_events, timetable
from launchpad.rules.openings import is_head_start
from launchpad.rules.phases import Phase
from launchpad.services import coming, effects


@dataclass(frozen=True)
class Change:
    """One milestone before and after. None is never: it waits for a go, or was not there before (`new`).

    `people`: to how many its letters would go, as things stand; None when it writes none. `at_once`: it would open now.
    """

    name: str
    before: datetime | None
    after: datetime | None
    new: bool = False
    at_once: bool = False
    people: int | None = None
    waits: bool = False  # afterwards, for a go
    withheld: bool = False  # its recap's letter waits for the team to publish

    @property
    def moves(self) -> bool:
        return self.new or self.before != self.after


@dataclass(frozen=True)
class Outlook:
    """polls: (question, closes before, closes after), those that change. longer: (tier, hours before, hours after) of
    head starts that have begun. events: live events that stay where they are though something else moves."""

    changes: list[Change]
    polls: list[tuple[str, datetime | None, datetime | None]]
    longer: list[tuple[str, timedelta, timedelta]]
    staying: list[Change]

    @property
    def moves(self) -> bool:
        return any(change.moves for change in self.changes)

    @property
    def at_once(self) -> list[Change]:
        """What would open in this moment."""
        return [change for change in self.changes if change.at_once]


def outlook(campaign: Campaign, after: list, now: datetime, then: datetime | None = None) -> Outlook:
    """What becomes of everything that has not opened by `now`, were the timetable `after` (copies of the rows).

    `then`: the campaign's now after the act, when it jumps, as at the end of a hold.
    """
    before = timetable.openings(campaign.milestones)
    was = {m.name: opens for m, opens in before}
    open_now = {m.name for m, opens in before if (opens is not None and opens <= now) or m.reached_at}
    rows = {m.name: m for m in campaign.milestones}
    coming_rows = [(m, opens) for m, opens in timetable.openings(after) if m.name not in open_now]
    changes = [_change(campaign, rows.get(m.name), m, was.get(m.name), opens, then or now) for m, opens in coming_rows]
    events = [c for c in changes if live_events.event_of(c.name)]
    return Outlook(
        changes=[c for c in changes if c not in events or (c.moves and not live_events.is_reminder(c.name))],
        polls=_polls(campaign, was, {m.name: opens for m, opens in timetable.openings(after)}),
        longer=_longer(campaign, after, open_now),
        staying=[c for c in events if not c.moves and not live_events.is_reminder(c.name)],
    )


def _change(campaign: Campaign, row: Milestone | None, then, before, opens, now) -> Change:
    at_once = opens is not None and opens <= now
    moves = row is None or before != opens
    effect = effects.EFFECTS[effects.kind_of(then)]
    writes = effect.letter and then.letters and not (row is not None and (row.silent or row.written_at))
    return Change(
        name=then.name, before=before, after=opens, new=row is None, at_once=at_once,
        people=coming.people(campaign, then, opens) if writes and moves else None,
        waits=then.waits and then.went_at is None, withheld=effect.waits,
    )  # fmt: skip


def _polls(campaign: Campaign, was: dict, will: dict) -> list[tuple[str, datetime | None, datetime | None]]:
    """Polls without a closing of their own end with the waitlist; the others have a row among the milestones."""
    if was.get("launch") == will.get("launch"):
        return []
    asked = select(Poll.number, Poll.question).filter_by(campaign_id=campaign.id).order_by(Poll.number)
    rows = db.session.execute(asked)
    return [(q, was.get("launch"), will.get("launch")) for n, q in rows if f"poll_{n}_closes" not in was]


def _longer(campaign: Campaign, after: list, open_now: set[str]) -> list[tuple[str, timedelta, timedelta]]:
    """Head starts that have begun last from their opening to the launch: another launch, another length."""
    first = next((m for m in timetable.in_order(campaign.milestones) if m.phase == Phase.LAUNCH), None)
    if first is None or first.name in open_now:
        return []
    was, will = timetable.opening(campaign.milestones, first.name), timetable.opening(after, first.name)
    if was is None or will is None or was == will:
        return []
    begun = [m for m in campaign.milestones if is_head_start(m) and m.name in open_now]
    opened = {m.name: timetable.opening(campaign.milestones, m.name) for m in begun}
    return [(m.name.removeprefix("head_start_"), was - opened[m.name], will - opened[m.name]) for m in begun]
