"""The recap at an address of its own; the campaign's page shows the same fragment once its time has come."""

from flask import Blueprint, g

from launchpad.rules import timetable
from launchpad.rules.phases import Phase
from launchpad.services import recap
from launchpad.web.answers import page
from launchpad.web.keeping import for_strangers
from launchpad.web.load import of_campaign
from launchpad.web.permit import may, permit

blueprint = of_campaign(Blueprint("recap", __name__, url_prefix="/<slug>/recap"))


@blueprint.get("", endpoint="page")
@permit("campaign.see")
@for_strangers
def show():
    """The recap; before its time a page that says when it comes, and to the team the recap as it would be now."""
    if not may("recap.see"):
        return page("recap/coming.html", 403, opening=timetable.last_opening(g.campaign.milestones, Phase.RECAP))
    return page("recap/recap.html", fragment="recap/_recap.html", recap=recap.recap(g.campaign))
