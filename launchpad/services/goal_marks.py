"""What a campaign says in its thread about its own goal, counted from orders and stories; each quarter once."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Order, Place, Story
from launchpad.rules import goals as rules
from launchpad.rules.phases import Phase
from launchpad.services import thread
from launchpad.services.stories import shown

FACT = "goal_"


def due() -> list[int]:
    """Ids of the campaigns that have reached a quarter of their goal and not said so."""
    measured = select(Campaign).where(Campaign.target["measure"].as_string().in_(rules.MEASURED))
    return [campaign.id for campaign in db.session.scalars(measured) if _mark(campaign) is not None]


def report(campaign: Campaign) -> None:
    """Say the highest quarter that is reached, once; those below it that were passed meanwhile are not said after it."""
    if (found := _mark(campaign)) is not None:
        mark, done, of = found
        words = rules.said(campaign.target["measure"], mark, done, of, campaign.target["measure_goal"])
        thread.report(campaign, f"{FACT}{mark}", words)


def _mark(campaign: Campaign) -> tuple[int, int, int] | None:
    """(per cent, done, of) of the highest quarter that is reached and was not said; None when there is none."""
    goal = campaign.target.get("measure_goal")
    if campaign.phase not in (Phase.LAUNCH, Phase.RECAP) or not goal:
        return None
    done, of = _stories(campaign) if campaign.target["measure"] == "stories" else _buyers(campaign)
    mark = rules.reached(campaign.target["measure"], goal, done, of)
    if mark is None:
        return None
    from_here = [f"{FACT}{each}" for each in rules.MARKS if each >= mark]
    said = select(Entry.fact).where(Entry.campaign_id == campaign.id, Entry.fact.in_(from_here))
    return None if db.session.scalars(said).first() else (mark, done, of)


def _stories(campaign: Campaign) -> tuple[int, int]:
    return db.session.scalar(select(func.count()).select_from(Story).where(Story.campaign_id == campaign.id, shown())), 0


def _buyers(campaign: Campaign) -> tuple[int, int]:
    bought = select(Order.person_id).where(Order.campaign_id == campaign.id, Order.state == "confirmed")
    places = select(func.count(), func.count().filter(Place.person_id.in_(bought))).where(
        Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None), Place.left_at.is_(None)
    )
    of, done = db.session.execute(places).one()
    return done, of
