"""What waits for the team in a campaign, and what went wrong: counts, for the control room."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Letter, Milestone, Order, Page, Story, Testimonial
from launchpad.outside import payments
from launchpad.rules import timetable
from launchpad.rules.phases import Phase
from launchpad.services import inquiry_answers, membership_queue, moderation, parking, store_setup

LINKS = ("support", "terms", "privacy", "imprint")


@dataclass(frozen=True)
class Needs:
    """stories, letters, orders: how many wait, failed, are parked. goes: milestones that wait for a go.

    recap: the recap has opened and was not published, and its letter goes at `recap_at` all the same.
    links: pages of support, terms… that nobody has written or linked to. What is wrong with the program itself is said
    over every page of the room (health.troubles).
    """

    stories: int
    letters: int
    orders: int
    goes: list[Milestone]
    recap: bool
    recap_at: datetime | None
    links: list[str]
    practised: bool = False  # a real campaign, whose orders are confirmed without money
    tasks: int = 0  # that only a person can decide
    testimonials: int = 0  # words for the day that nobody has looked at
    looks: int = 0  # posts and ideas that wait, reports, appeals
    help: int = 0  # private questions that wait for an answer
    members: int = 0  # asked on its pages to become one, and wait for the team
    silent: bool = False  # its store has said nothing for hours, while it sells

    @property
    def none(self) -> bool:
        waiting = (self.stories, self.letters, self.orders, self.goes, self.recap, self.links, self.practised)
        return not any((*waiting, self.testimonials, self.looks, self.help, self.members, self.silent, self.tasks))


def needs(campaign: Campaign, now: datetime) -> Needs:
    """Everything that waits for the team at that campaign moment."""
    recap = recap_waits(campaign)
    return Needs(
        stories=stories_waiting(campaign),
        letters=_count(
            select(Letter.id).where(Letter.campaign_id == campaign.id, Letter.state.in_(("failed", "unknown")))
        ),
        orders=_count(select(Order.id).where(Order.campaign_id == campaign.id, Order.state == "parked")),
        goes=needs_go(campaign),
        recap=recap is not None,
        recap_at=recap,
        links=pages_missing(campaign) if timetable.phase(campaign.milestones, now) != Phase.ARCHIVED else [],
        practised=campaign.rehearsal is None
        and payments.practised(store_setup.provider_of(campaign)),
        silent=store_setup.silent(campaign),
        tasks=parking.waiting(campaign),
        testimonials=testimonials_waiting(campaign),
        looks=moderation.waiting(campaign) - stories_waiting(campaign),
        help=inquiry_answers.waiting_count(campaign),
        members=membership_queue.waiting(campaign),
    )


def stories_waiting(campaign: Campaign) -> int:
    """How many stories nobody has looked at yet."""
    return _count(select(Story.id).where(Story.campaign_id == campaign.id, Story.state == "waiting"))


def testimonials_waiting(campaign: Campaign) -> int:
    """How many testimonials nobody has looked at yet."""
    return _count(select(Testimonial.id).where(Testimonial.campaign_id == campaign.id, Testimonial.state == "waiting"))


def _count(rows) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery()))


def needs_go(campaign: Campaign) -> list[Milestone]:
    """The first milestone of the chain that waits for a go not given yet: those behind it wait for it anyway."""
    waiting = [m for m in timetable.in_order(campaign.milestones) if m.waits and m.went_at is None]
    return waiting[:1]


def pages_missing(campaign: Campaign) -> list[str]:
    """The pages that neither the campaign links to nor the site has words of its own for."""
    written = set(db.session.scalars(select(Page.name)))
    return [name for name in LINKS if not campaign.links.get(name) and name not in written]


def recap_waits(campaign: Campaign) -> datetime | None:
    """When an unpublished recap's letter goes by itself; None when there is nothing to publish."""
    if campaign.recap_published_at is not None:
        return None
    opened = [m for m in campaign.milestones if m.phase == Phase.RECAP and m.reached_at and m.written_at is None]
    return max((m.reached_at for m in opened), default=None)
