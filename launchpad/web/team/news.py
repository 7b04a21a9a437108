"""What every open page of the control room follows: whether time is kept, and what the others of the team changed.

The page asks for its news every few seconds, which needs neither Redis nor a stream; the stream of a campaign says when
asking is worth it. Both stop with the key that opened them.
"""

from flask import g, request

from launchpad.web import live, viewers
from launchpad.web.answers import page
from launchpad.web.permit import permit, still_may
from launchpad.web.team import versions
from launchpad.web.team.frame import room, site


@site.get("/news", endpoint="news")
@permit("team.enter")
def of_site():
    """What is wrong with the program, if anything is."""
    return page("team/_news.html")


@room.get("/news", endpoint="news")
@permit("team.follow")
def of_campaign():
    """The same, and what was changed since the row `seen` of the audit log."""
    return page("team/_news.html", told=versions.changes(request.args.get("seen", "")))


@room.get("/stream", endpoint="stream")
@permit("team.follow")
def stream():
    """A line whenever something happened in the campaign: its number and its kind, nothing of what it says."""
    still = still_may("team.follow")
    return live.stream(g.campaign, team=True, viewer=lambda *line: viewers.Watcher(*line, still=still))
