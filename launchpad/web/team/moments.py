"""Everything that a timetable holds, in words for the team: what the picture, its table and the calendar show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LiveEvent
from launchpad.rules import live_events
from launchpad.rules.openings import is_head_start, openings
from launchpad.rules.phases import Phase
from launchpad.services import coming
from launchpad.services.standstills import standstills
from launchpad.web.filters import local, number
from launchpad.web.permit import may
from launchpad.web.team import spine

FAILED = ("failed", "unknown")
WAITING = ("due", "claimed")
NOT_YOURS = "Only some of the team may move it."


@dataclass(frozen=True)
class Moment:
    """One thing on the timetable.

    `at`: where it stands; for what waits for a go, the earliest it could open. `until`: when it is over, None for a
    moment without length. `name`: of its milestone. `stays`: why it cannot be moved here, "" when it can.
    """

    id: str  # milestone-12, letters-12, event-3, hold-0: the same as long as it exists
    kind: str  # milestone | head_start | poll | event | letters | hold
    label: str
    at: datetime
    until: datetime | None = None
    state: str = "next"  # past | current | next | waits | late | cancelled
    note: str = ""
    link: str = ""
    name: str = ""
    stays: str = "-"
    follows: str = ""  # the milestone whose move takes this one along
    version: int = 0  # of its own row, beside the campaign's
    short: str = ""  # what the picture says beside the label

    @property
    def movable(self) -> bool:
        return not self.stays


def moments(campaign: Campaign, now: datetime, may_move: bool) -> list[Moment]:
    """All of them, by moment: milestones, live events, letters, holds."""
    found = [
        *_milestones(campaign, now, may_move),
        *_events(campaign, now, may_move),
        *_letters(campaign, now),
        *_holds(campaign),
    ]
    order = ("hold", "milestone", "head_start", "poll", "event", "letters")
    return sorted(found, key=lambda m: (m.at, order.index(m.kind), m.id))


def phases(campaign: Campaign, now: datetime) -> list[tuple[str, datetime, datetime | None]]:
    """The phases as they have been and will be: name, beginning, end (None for the last)."""
    at = planned(campaign, now)
    begun = sorted(((at[m.name], m.id, m.phase) for m in campaign.milestones if m.phase), key=lambda row: row[:2])
    ends = [row[0] for row in begun[1:]] + [None]
    return [(phase, begins, end) for (begins, _, phase), end in zip(begun, ends, strict=True)]


def planned(campaign: Campaign, now: datetime) -> dict[str, datetime]:
    """Where each milestone stands: its opening, or while it waits for a go the earliest moment it could open."""
    return {m.name: opens or max(m.due, now) for m, opens in openings(campaign.milestones)}


def _milestones(campaign: Campaign, now: datetime, may_move: bool):
    at, rows = planned(campaign, now), {row.id: row for row in spine.rows(campaign, now)}
    launch = next((m.name for m in campaign.milestones if m.phase == Phase.LAUNCH), "")
    for milestone in campaign.milestones:
        row = rows[milestone.name]
        if live_events.event_of(milestone.name):
            continue  # its live event stands for it, or its letters do
        late = bool(row.late and row.late > spine.LATE)
        opened = not row.movable
        stays = "It has opened, so it stays where it is." if opened else "" if may_move else NOT_YOURS
        kind = "head_start" if is_head_start(milestone) else "milestone" if milestone.phase else "poll"
        yield Moment(
            id=f"milestone-{milestone.id}",
            kind=kind,
            label=row.label,
            at=at[milestone.name],
            state="waits" if row.at is None else "late" if late else row.state,
            note=", ".join(filter(None, ("waits for a go" if row.goes else "", row.note))),
            link=row.link,
            name=milestone.name,
            stays=stays,
            follows=launch if kind == "head_start" and not opened else "",
        )


def _events(campaign: Campaign, now: datetime, may_move: bool):
    opens = {m.name: at for m, at in openings(campaign.milestones)}
    shows = db.session.scalars(select(LiveEvent).filter_by(campaign_id=campaign.id).order_by(LiveEvent.at, LiveEvent.id))
    for show in shows:
        name = live_events.beginning(show.id)
        at = opens.get(name) or show.at
        ends = show.ended_at or at + timedelta(minutes=show.minutes)
        state = "cancelled" if show.cancelled_at else "past" if ends <= now else "current" if at <= now else "next"
        stays = "" if name in opens else "It is moved where live events are edited."
        if at <= now:
            stays = "It has begun, so it stays where it is."
        elif not may_move:
            stays = NOT_YOURS
        yield Moment(
            id=f"event-{show.id}",
            kind="event",
            label=show.title,
            at=at,
            until=max(ends, at),
            state=state,
            note="cancelled" if show.cancelled_at else f"live, {show.minutes} min",
            link=url_for("room.milestone", name=name) if name in opens else "",
            name=name if name in opens else "",
            stays="It is cancelled." if show.cancelled_at else stays,
            version=show.version,
        )


def _letters(campaign: Campaign, now: datetime):
    names = {f"milestone:{m.id}": m for m in campaign.milestones}
    link, stays = url_for("room.letters") if may("letters.see") else "", "Letters go with their moment: move that."
    for sent in coming.sent(campaign):
        milestone = names.get(sent.trigger)
        yield Moment(
            id=f"letters-{milestone.id}" if milestone else f"letters-{sent.trigger.replace(':', '-')}",
            kind="letters",
            label=letters_label(sent.kind),
            at=sent.at,
            state="late" if any(sent.states.get(state) for state in FAILED) else "past",
            note=_became(sent.states),
            short=_became(sent.states).split(",")[0],
            link=link and f"{link}?kind={sent.kind}",
            stays=stays,
        )
    for batch in coming.batches(campaign):
        people = f"{number(batch.people)} {'person' if batch.people == 1 else 'people'}"
        note = f"to {people} as things stand"
        if batch.latest is not None:
            note += f", when the recap is published, at the latest {local(batch.latest, campaign.zone)}"
        yield Moment(
            id=f"letters-{batch.milestone.id}",
            kind="letters",
            label=letters_label(batch.kind),
            at=batch.at or max(batch.milestone.due, now),
            until=batch.latest,
            state="waits" if batch.at is None else "next",
            note=note,
            short=f"to {people}",
            link=link,
            stays=stays,
            follows=batch.milestone.name,
        )


def _holds(campaign: Campaign):
    for place, still in enumerate(standstills(campaign)):
        yield Moment(
            id=f"hold-{place}",
            kind="hold",
            label="On hold",
            at=still.since,
            until=still.until,
            state="past" if still.until else "current",
            note=still.reason,
            stays="What has been stays.",
        )


def letters_label(kind: str) -> str:
    """A kind of letter as people read it: head_start is "Letter: head start"."""
    return f"Letter: {kind.replace('_', ' ')}"


def _became(states: dict[str, int]) -> str:
    groups = {
        "sent": states.get("sent", 0),
        "on their way": sum(states.get(state, 0) for state in WAITING),
        "failed": sum(states.get(state, 0) for state in FAILED),
        "not sent, no consent": states.get("suppressed", 0),
        "too late to send": states.get("expired", 0),
    }
    return ", ".join(f"{number(count)} {words}" for words, count in groups.items() if count)
