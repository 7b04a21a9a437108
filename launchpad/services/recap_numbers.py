"""The numbers of a recap, counted from the rows: who took part, what was sold, how much of it the community bought."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, union

from launchpad.database import db
from launchpad.models import Campaign, Entry, Idea, IdeaVote, Order, Person, Place, Poll, Story, Vote
from launchpad.rules import timetable
from launchpad.services.revenue import net
from launchpad.services.stories import shown

COMMUNITY = ("member", "joined")  # sources of orders: alone the first, together both


@dataclass(frozen=True)
class Numbers:
    """Each number counts rows; money is in minor units of the campaign's currency."""

    people: int = 0  # who did anything: voted, brought an idea, took a place, bought, wrote, sent a story
    members: int = 0  # those of them who are members
    places: int = 0  # confirmed and not left
    voters: int = 0
    ideas: int = 0
    entries: int = 0  # people's own words in the thread, hidden ones left out
    stories: int = 0  # shown now
    orders: int = 0
    head_start_orders: int = 0
    waited: int = 0  # buyers among the confirmed places
    units: int = 0
    revenue: int = 0
    by_source: dict[str, int] = field(default_factory=dict)  # revenue by where the order came from

    @property
    def member_share(self) -> float | None:
        """Of the revenue, what people bought who were members before the preview; None while nothing is sold."""
        return self.by_source.get("member", 0) / self.revenue if self.revenue else None

    @property
    def community_share(self) -> float | None:
        """The same together with those who joined during the campaign."""
        return sum(self.by_source.get(source, 0) for source in COMMUNITY) / self.revenue if self.revenue else None

    @property
    def conversion(self) -> float | None:
        """Of the confirmed places, how many bought; None while there is none."""
        return self.waited / self.places if self.places else None


def numbers(campaign: Campaign) -> Numbers:
    """Count a campaign's rows as they are now."""
    involved = _involved(campaign).subquery()
    places = _places(campaign)
    sold = _sold(campaign)
    orders, units, revenue, early = db.session.execute(
        sold.with_only_columns(
            func.count(),
            func.coalesce(func.sum(Order.quantity), 0),
            func.coalesce(func.sum(net()), 0),
            func.count().filter(Order.head_start.is_(True)),
        )
    ).one()
    by_source = db.session.execute(
        sold.with_only_columns(Order.source, func.sum(net())).group_by(Order.source)
    )
    return Numbers(
        people=_count(select(involved)),
        members=_count(
            select(Person.id).where(
                Person.id.in_(select(involved)), Person.member_at.is_not(None), Person.confirmed_at.is_not(None)
            )
        ),
        places=_count(places),
        voters=_count(_voters(campaign).distinct()),
        ideas=_count(select(Idea.id).where(Idea.campaign_id == campaign.id, Idea.state != "hidden")),
        entries=_count(_words(campaign)),
        stories=_count(select(Story.id).where(Story.campaign_id == campaign.id, shown())),
        orders=orders,
        head_start_orders=early,
        waited=_count(places.where(Place.person_id.in_(sold.with_only_columns(Order.person_id)))),
        units=int(units),
        revenue=int(revenue),
        by_source={source: int(worth) for source, worth in by_source},
    )


def _count(rows: Select) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery()))


def _sold(campaign: Campaign) -> Select:
    return select(Order.id).where(Order.campaign_id == campaign.id, Order.state == "confirmed")


def _places(campaign: Campaign) -> Select:
    return select(Place.person_id).where(
        Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None)
    )


def _voters(campaign: Campaign) -> Select:
    return select(Vote.person_id).join(Poll, Poll.id == Vote.poll_id).where(Poll.campaign_id == campaign.id)


def _words(campaign: Campaign) -> Select:
    return select(Entry.person_id).where(
        Entry.campaign_id == campaign.id, Entry.state == "shown", Entry.person_id.is_not(None), Entry.kind != "purchase"
    )


def _involved(campaign: Campaign):
    """Everyone who did anything, each once."""
    return union(
        _places(campaign),
        _voters(campaign),
        _words(campaign),
        _sold(campaign).with_only_columns(Order.person_id),
        select(Idea.person_id).where(Idea.campaign_id == campaign.id, Idea.state != "hidden"),
        select(IdeaVote.person_id).join(Idea, Idea.id == IdeaVote.idea_id).where(Idea.campaign_id == campaign.id),
        select(Story.person_id).where(Story.campaign_id == campaign.id, shown()),
    )


@dataclass(frozen=True)
class Curve:
    """Units sold in even steps from a moment on."""

    since: datetime
    step: timedelta
    units: list[int]
    head_start: bool  # it begins with the head start, because nothing was sold after the doors opened

    @property
    def points(self) -> list[tuple[timedelta, int]]:
        """(time since the start, units in the step that begins there)"""
        return [(self.step * at, units) for at, units in enumerate(self.units)]

    @property
    def busiest(self) -> tuple[timedelta, int]:
        """The step with the most units, and how many."""
        return max(self.points, key=lambda point: point[1])


def curve(campaign: Campaign) -> Curve | None:
    """The first six hours from the doors on, in quarters of an hour; two days of the head start when all went there.

    None when nothing was sold in either.
    """
    starts = timetable.opening(campaign.milestones, "launch")
    early = [
        moment
        for tier in timetable.head_start_tiers(campaign.milestones)
        if (moment := timetable.tier_opening(campaign.milestones, tier))
    ]
    found = starts and _curve(campaign, starts, timedelta(minutes=15), 24, head_start=False)
    if found is None and early:
        found = _curve(campaign, min(early), timedelta(hours=2), 24, head_start=True)
    return found


def _curve(campaign: Campaign, since: datetime, step: timedelta, steps: int, head_start: bool) -> Curve | None:
    rows = db.session.execute(
        _sold(campaign)
        .where(Order.confirmed_at >= since, Order.confirmed_at < since + step * steps)
        .with_only_columns(Order.confirmed_at, Order.quantity)
    ).all()
    units = [0] * steps
    for moment, quantity in rows:
        units[(moment - since) // step] += quantity
    return Curve(since, step, units, head_start) if rows else None
