"""The room of a campaign: its timeline, what is happening, what waits for the team, the five numbers."""

from flask import g

from launchpad.rules import timetable
from launchpad.services import needs
from launchpad.services.glance import glance
from launchpad.web.answers import page
from launchpad.web.permit import permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room


@room.get("/", endpoint="room")
@permit("team.see")
def overview():
    """All of it on one screen."""
    return page(
        "team/room.html",
        here="room",
        coming=timetable.next_opening(g.campaign.milestones, g.now),
        waiting=needs.needs(g.campaign, g.now),
        glance=glance(g.campaign),
        version_fields=versions.fields,
    )
