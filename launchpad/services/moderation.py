"""The one queue of what the team looks at: what is reported, what waits, what is held, and appeals.

The most urgent first: reported and still visible, then everything else, the longest waiting first.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Flag, Idea, Person, Sanction, Story, Testimonial
from launchpad.rules.moderation import Record
from launchpad.services import appeals, flag_rows, records, reviews, sanctions

KINDS = ("entry", "idea", "story", "testimonial", "appeal")  # of what waits
MODELS = {"entry": Entry, "idea": Idea, "story": Story, "testimonial": Testimonial}


@dataclass
class Item:
    """One thing to decide. `why`: first, words, again, reports (hidden by them), flagged (and visible), new, appeal.

    `since`: since when it waits. `version`: what a form was made from; a decision about another one is refused.
    """

    kind: str
    id: int
    row: Any
    why: str
    since: datetime
    author: Person | None
    version: int = 0
    flags: list[Flag] = field(default_factory=list)
    record: Record | None = None
    sanction: Sanction | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.id}"

    @property
    def pick(self) -> str:
        """What a form names it by, as it was when the form was made."""
        return f"{self.key}-{self.version}"

    @property
    def visible(self) -> bool:
        return self.why == "flagged"

    @property
    def photos(self) -> list:
        return list(getattr(self.row, "photos", None) or ())


def queue(campaign: Campaign, kinds: Collection[str], only: str = "", most: int = 30) -> tuple[list[Item], dict[str, int]]:
    """What waits, of these kinds: at most so many, the most urgent first, and how many of each filter there are.

    `only` is one of those filters: a kind, "reported" or "photos"; "" is everything.
    """
    items, counts = standing(campaign, kinds, only)
    return with_records(campaign, items[:most]), counts


def standing(campaign: Campaign, kinds: Collection[str], only: str = "") -> tuple[list[Item], dict[str, int]]:
    """The same without anybody's record, and however many they are: what a page asks for again and again."""
    items = [item for item in _all(campaign) if item.kind in kinds]
    counts = {"": len(items), "reported": sum(bool(item.flags) for item in items)}
    counts |= {kind: sum(item.kind == kind for item in items) for kind in KINDS if kind in kinds}
    counts["photos"] = sum(bool(item.photos) for item in items)
    if only:
        items = [item for item in items if _is(item, only)]
    return sorted(items, key=lambda item: (not item.visible, item.since, item.kind, item.id)), counts


def with_records(campaign: Campaign, items: list[Item]) -> list[Item]:
    """These items, each with its author's record and what binds them now."""
    found = records.of_all(campaign, [item.author for item in items if item.author is not None])
    bound = sanctions.running_for(campaign, found)
    for item in items:
        if item.author is not None:
            item.record, item.sanction = found.get(item.author.id), bound.get(item.author.id)
    return items


def _is(item: Item, only: str) -> bool:
    if only == "reported":
        return bool(item.flags)
    return bool(item.photos) if only == "photos" else item.kind == only


def _all(campaign: Campaign) -> list[Item]:
    """Everything that waits. Its length is what nobody has decided yet: bounded by how fast people may write."""
    flagged = flag_rows.open_about(campaign)
    items = [_entry(row, flagged.pop(("entry", row.id), [])) for row in _held(campaign, Entry)]
    items += [_idea(row, flagged.pop(("idea", row.id), [])) for row in _held(campaign, Idea)]
    items += [_story(row, flagged.pop(("story", row.id), [])) for row in reviews.queue(campaign)]
    given = select(Testimonial).filter_by(campaign_id=campaign.id, state="waiting").order_by(Testimonial.at)
    for row in db.session.scalars(given):
        items.append(Item("testimonial", row.id, row, "new", row.at, row.person, row.version))
    for row in appeals.waiting(campaign):
        items.append(Item("appeal", row.id, row, "appeal", row.appealed_at, row.person))
    made = {"entry": _entry, "idea": _idea, "story": _story}
    for kind, build in made.items():
        ids = [id for (of, id) in flagged if of == kind]
        rows = db.session.scalars(select(MODELS[kind]).where(MODELS[kind].id.in_(ids))) if ids else ()
        items += [build(row, flagged[kind, row.id]) for row in rows if row.state not in _GONE]
    return items


_GONE = ("hidden", "rejected", "withdrawn")  # decided, or taken back, before its flags were settled


def _held(campaign: Campaign, model) -> list:
    return list(db.session.scalars(select(model).where(model.campaign_id == campaign.id, model.held.is_not(None))))


def _entry(row: Entry, flags: list[Flag]) -> Item:
    since = min([flag.at for flag in flags], default=row.edited_at or row.at)
    return Item("entry", row.id, row, row.held or "flagged", since, row.person, row.version, flags)


def _idea(row: Idea, flags: list[Flag]) -> Item:
    since = min([flag.at for flag in flags], default=row.at)
    return Item("idea", row.id, row, row.held or "flagged", since, row.person, 0, flags)


def _story(row: Story, flags: list[Flag]) -> Item:
    since = min([flag.at for flag in flags], default=row.at)
    why = "flagged" if row.state == "approved" else "reports" if flags else "new"
    return Item("story", row.id, row, why, since, row.person, 0, flags)


def waiting(campaign: Campaign) -> int:
    """How many things wait for the team; one statement, for the tab of every page of the room."""
    counts = [
        select(func.count()).where(Entry.campaign_id == campaign.id, Entry.held.is_not(None)),
        select(func.count()).where(Idea.campaign_id == campaign.id, Idea.held.is_not(None)),
        select(func.count()).where(Story.campaign_id == campaign.id, Story.state == "waiting"),
        select(func.count()).where(
            Sanction.campaign_id == campaign.id, Sanction.appealed_at.is_not(None), Sanction.answered_at.is_(None),
            Sanction.lifted_at.is_(None), (Sanction.until.is_(None)) | (Sanction.until > campaign.moment),
        ),
        _visible_flags(campaign, "entry", Entry, Entry.state == "shown"),
        _visible_flags(campaign, "idea", Idea, Idea.state != "hidden"),
        _visible_flags(campaign, "story", Story, Story.state == "approved"),
    ]  # fmt: skip
    return db.session.scalar(select(sum((count.scalar_subquery() for count in counts[1:]), counts[0].scalar_subquery())))


def _visible_flags(campaign: Campaign, kind: str, model, shown):
    reported = select(Flag.subject_id).where(Flag.campaign_id == campaign.id, Flag.kind == kind, Flag.state == "open")
    return select(func.count()).where(model.id.in_(reported), shown)
