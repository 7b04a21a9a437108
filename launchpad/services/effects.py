"""What follows when a milestone is reached: letters, a line in the thread, the end of a rehearsal. A table by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, LiveEvent, Milestone, Person, Poll
from launchpad.rules import live_events as rules
from launchpad.rules import timetable
from launchpad.rules.openings import HEAD_START, is_head_start, turn
from launchpad.rules.phases import Phase
from launchpad.rules.polls import closes_in_thread, in_thread
from launchpad.services import letters, live_events, passes, poll_entries, recipients, thread

RECAP_WAITS = timedelta(hours=24)  # of campaign time: so long the recap's letter waits for the team to publish


@dataclass(frozen=True)
class Effect:
    """What follows from milestones of one kind.

    letter   the kind of letter that is written
    to       whom to: a select of person ids, of (campaign, milestone, opening)
    says     the line in the thread, of (campaign, milestone); None: there is none
    entry    which kind of entry that line is
    waits    the letter is not written now but by `write_recap`
    """

    says: Callable[[Campaign, Milestone], str | None] | None = None
    letter: str | None = None
    to: Callable[[Campaign, Milestone, datetime], Select] | None = None
    waits: bool = False
    entry: str = "milestone"


def tier_of(milestone: Milestone) -> str:
    """Whose head start a milestone is."""
    return milestone.name.removeprefix(HEAD_START)


def _head_start_places(campaign: Campaign, milestone: Milestone, opening: datetime) -> Select:
    """Places of the tier; whoever is of a tier without a head start of its own goes with `member`."""
    if campaign.access == "passes":
        return recipients.passes(campaign, of_tier(campaign, milestone), opening)
    return recipients.places(campaign, of_tier(campaign, milestone), opening)


def of_tier(campaign: Campaign, milestone: Milestone) -> ColumnElement[bool]:
    """The condition on Person that a head start is theirs."""
    tier, others = tier_of(milestone), set(timetable.head_start_tiers(campaign.milestones)) - {"member"}
    return Person.tier.not_in(others) if tier == "member" else Person.tier == tier


def _head_start_says(campaign: Campaign, milestone: Milestone) -> str:
    tier = tier_of(milestone)
    return f"The head start has begun for {campaign.tiers.get(tier, 'members' if tier == 'member' else tier)}."


def _number(milestone: Milestone) -> int:
    return int(milestone.name.split("_")[1])


def _poll_says(campaign: Campaign, milestone: Milestone) -> str | None:
    """One that was started in the thread shows its end where it stands."""
    number = _number(milestone)
    if in_thread(number):
        return None
    question = db.session.scalar(select(Poll.question).filter_by(campaign_id=campaign.id, number=number))
    return f"The poll has closed: {question}" if question else "A poll has closed."


def _launch_says(campaign: Campaign, milestone: Milestone) -> str:
    if turn(milestone) == 1:
        return "Doors open."
    ends = timetable.last_opening(campaign.milestones, Phase.RECAP)
    until = f", until {ends.astimezone(campaign.zone):%a %-d %b, %H:%M %Z}" if ends else ""
    return f"Launch day is open again{until}."


def _recap_says(campaign: Campaign, milestone: Milestone) -> str:
    begins = "The recap begins: what everybody made of it."
    return begins if turn(milestone) == 1 else f"Launch day is over again. {begins}"


def _event(campaign: Campaign, milestone: Milestone) -> live_events.Show:
    return live_events.show(campaign, db.session.get(LiveEvent, rules.event_of(milestone.name)), campaign.now)


def _event_says(campaign: Campaign, milestone: Milestone) -> str:
    event = _event(campaign, milestone).event
    led = f", with {event.host}" if event.host else ""
    return f"It has begun: {event.title}{led}." + (f" [Watch it live](<{event.link}>)" if event.link else "")


def _reminded(campaign: Campaign, milestone: Milestone, opening: datetime) -> Select:
    return recipients.reminded(campaign, rules.event_of(milestone.name))


def _said(words: str) -> Callable[[Campaign, Milestone], str]:
    return lambda campaign, milestone: words


EFFECTS = {
    "preview": Effect(None, "preview", lambda c, m, at: recipients.members(c)),
    "waitlist": Effect(_said("The waitlist is open."), "waitlist", lambda c, m, at: recipients.members(c)),
    "head_start": Effect(_head_start_says, "head_start", _head_start_places),
    "launch": Effect(_launch_says, "doors_open", lambda c, m, at: recipients.everyone_waiting(c)),
    "recap": Effect(
        _recap_says,
        "recap",
        lambda c, m, at: recipients.everyone_involved(c),
        waits=True,
    ),
    "archive": Effect(),
    "poll": Effect(_poll_says),
    "event": Effect(_event_says, entry="event"),
    "reminder": Effect(None, "reminder", _reminded),
}


def kind_of(milestone: Milestone) -> str:
    """Which row of the table is a milestone's: `launch` for `launch-2`, `head_start` for each tier's."""
    if is_head_start(milestone):
        return "head_start"
    if rules.event_of(milestone.name) is not None:
        return "reminder" if rules.is_reminder(milestone.name) else "event"
    return "poll" if milestone.name.startswith("poll_") else milestone.name.split("-")[0]


def follow(campaign: Campaign, milestone: Milestone, opening: datetime) -> None:
    """Do what follows from a milestone just reached. One that was past when its campaign was loaded is silent."""
    if milestone is timetable.in_order(campaign.milestones)[-1] and campaign.rehearsal:
        campaign.rehearsal.ended_at = clock.now()
    effect = EFFECTS[kind_of(milestone)]
    if is_head_start(milestone) and campaign.access == "passes":
        passes.first_wave(campaign, tier_of(milestone), of_tier(campaign, milestone), opening)
    if milestone.silent:
        milestone.written_at = clock.now()
        return
    if effect.says and (words := effect.says(campaign, milestone)):
        thread.report(campaign, f"milestone:{milestone.id}", words, effect.entry)
    if closes_in_thread(milestone.name):
        poll_entries.closed(campaign, _number(milestone))
    if not effect.waits:
        _write(campaign, milestone, opening)


def recaps_due() -> list[tuple[int, int]]:
    """Ids of (campaign, recap milestone) whose letter may go now: the team has published, or has had its 24 hours."""
    found = db.session.scalars(
        select(Milestone).where(
            Milestone.phase == Phase.RECAP, Milestone.reached_at.is_not(None), Milestone.written_at.is_(None)
        )
    )
    return [(milestone.campaign_id, milestone.id) for milestone in found if _recap_due(milestone)]


def write_recap(milestone_id: int) -> bool:
    """Write the letter of a recap; False when that was done, or is not due. The caller holds the campaign's lock."""
    milestone = db.session.get(Milestone, milestone_id, populate_existing=True)
    if milestone is None or milestone.reached_at is None or milestone.written_at or not _recap_due(milestone):
        return False
    _write(milestone.campaign, milestone, milestone.reached_at)
    return True


def _recap_due(milestone: Milestone) -> bool:
    campaign = milestone.campaign
    return bool(campaign.recap_published_at) or campaign.moment >= milestone.reached_at + RECAP_WAITS


def _write(campaign: Campaign, milestone: Milestone, opening: datetime) -> None:
    effect = EFFECTS[kind_of(milestone)]
    milestone.written_at = clock.now()
    if effect.letter and milestone.letters:
        letters.write_many(
            effect.letter, campaign, f"milestone:{milestone.id}", effect.to(campaign, milestone, opening)
        )
