"""All campaigns: where each stands, what comes next, what waits for the team."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from launchpad.models import Campaign, Milestone
from launchpad.rules import timetable
from launchpad.services import campaigns, needs
from launchpad.services.needs import Needs
from launchpad.web.answers import page
from launchpad.web.permit import permit
from launchpad.web.team.frame import site


@dataclass(frozen=True)
class Line:
    """One campaign of the list, at its own moment."""

    campaign: Campaign
    link: str
    now: datetime
    phase: str
    coming: tuple[Milestone, datetime] | None
    waiting: Needs


@site.get("/")
@permit("team.enter")
def home():
    """The list."""
    parts = needs.parts_amiss()
    return page("team/campaigns.html", here="campaigns", lines=[_line(c) for c in campaigns.every()], parts=parts)


def _line(campaign: Campaign) -> Line:
    now = campaign.now
    return Line(
        campaign,
        url_for("room.room", slug=campaign.slug),
        now,
        timetable.phase(campaign.milestones, now).value,
        timetable.next_opening(campaign.milestones, now),
        needs.needs(campaign, now, {}),  # what is amiss with the site stands above the list, once
    )
