"""The proof across campaigns: what the community did, in numbers from the rows, and its newest stories."""

from dataclasses import dataclass

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Person, Story
from launchpad.rules.phases import Phase
from launchpad.services import campaigns
from launchpad.services.recap_numbers import Numbers, numbers
from launchpad.services.stories import shown

WALL = 12


@dataclass(frozen=True)
class Proof:
    """What the page shows. `rehearsed`: there is no real campaign yet, so these are the numbers of a rehearsal."""

    launches: list[tuple[Campaign, Numbers]]
    members: int
    units: int
    orders: int
    stories: int
    entries: int
    wall: list[tuple[Story, Campaign]]
    rehearsed: bool


def proof() -> Proof:
    """Count over all campaigns that are public. A rehearsal counts only while there is nothing real to count."""
    public = [campaign for campaign in campaigns.every() if campaign.phase != Phase.DRAFT]
    real = [campaign for campaign in public if campaign.rehearsal is None]
    chosen = real or public
    launches = [(campaign, numbers(campaign)) for campaign in chosen]
    by_id = {campaign.id: campaign for campaign in chosen}
    rows = select(Story).where(Story.campaign_id.in_(by_id), shown()).order_by(Story.id.desc()).limit(WALL)
    return Proof(
        launches=launches,
        members=_members(rehearsed=not real),
        units=sum(found.units for _, found in launches),
        orders=sum(found.orders for _, found in launches),
        stories=sum(found.stories for _, found in launches),
        entries=sum(found.entries for _, found in launches),
        wall=[(story, by_id[story.campaign_id]) for story in db.session.scalars(rows)],
        rehearsed=bool(public) and not real,
    )


def _members(rehearsed: bool) -> int:
    """Members with a confirmed address; the people of a rehearsal only when nothing else is counted."""
    rows = (
        select(func.count())
        .select_from(Person)
        .where(Person.member_at.is_not(None), Person.confirmed_at.is_not(None), Person.erased_at.is_(None))
    )
    return db.session.scalar(rows if rehearsed else rows.where(Person.played_in.is_(None)))
