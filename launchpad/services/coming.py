"""The letters of a timetable: those that will go, to how many people as things stand now, and what became of those
that went. Nothing is written here.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Letter, Milestone
from launchpad.rules.openings import is_head_start, openings
from launchpad.services import effects, passes, recipients


@dataclass(frozen=True)
class Batch:
    """The letters of one milestone, still to be written.

    `at`: campaign time at which they go, None while the milestone waits for a go. `latest`: they go by then, when the
    team may send them earlier (a recap's, by publishing it), else None. `people`: whom they would go to now.
    """

    milestone: Milestone
    kind: str
    at: datetime | None
    latest: datetime | None
    people: int


@dataclass(frozen=True)
class Sent:
    """What became of the letters of one trigger: how many are in each state. `at` is campaign time."""

    trigger: str
    kind: str
    at: datetime
    states: dict[str, int]

    @property
    def all(self) -> int:
        return sum(self.states.values())


def batches(campaign: Campaign, names: set[str] | None = None) -> list[Batch]:
    """The letters still to be written, by when they go: one count a milestone. `names` asks for some alone."""
    found = []
    for milestone, opening in openings(campaign.milestones):
        effect = effects.EFFECTS[effects.kind_of(milestone)]
        if not effect.letter or not milestone.letters or milestone.silent or milestone.written_at is not None:
            continue
        if names is not None and milestone.name not in names:
            continue
        opening = milestone.reached_at or opening
        published = campaign.recap_published_at
        latest = opening + effects.RECAP_WAITS if effect.waits and opening and not published else None
        at = max(opening, published) if effect.waits and opening and published else opening
        found.append(Batch(milestone, effect.letter, at, latest, people(campaign, milestone, opening)))
    return found


def sent(campaign: Campaign) -> list[Sent]:
    """The letters that milestones and live events have caused, by their moment; one query."""
    rows = db.session.execute(
        select(Letter.trigger, Letter.kind, Letter.state, func.count(), func.min(Letter.at))
        .where(Letter.campaign_id == campaign.id)
        .where(Letter.trigger.like("milestone:%") | Letter.trigger.like("live_event:%"))
        .group_by(Letter.trigger, Letter.kind, Letter.state)
    )
    states: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    first: dict[tuple[str, str], datetime] = {}
    for trigger, kind, state, count, at in rows:
        key = (trigger, kind)
        states[key][state] = count
        first[key] = min(at, first.get(key, at))
    return sorted((Sent(*key, first[key], states[key]) for key in states), key=lambda row: (row.at, row.trigger))


def people(campaign: Campaign, milestone: Milestone, opening: datetime | None) -> int:
    """How many people the letter would go to now. With passes: as many as the next wave would hold."""
    at = opening or max(milestone.due, campaign.now)
    if is_head_start(milestone) and campaign.access == "passes" and milestone.reached_at is None:
        line = recipients.places(campaign, effects.of_tier(campaign, milestone), at)
        return min(passes.size(campaign), _count(line))
    return _count(effects.EFFECTS[effects.kind_of(milestone)].to(campaign, milestone, at))


def _count(people) -> int:
    return db.session.scalar(select(func.count()).select_from(people.order_by(None).subquery())) or 0
