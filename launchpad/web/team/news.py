"""What every open page of the control room follows: whether time is kept, and what the others of the team changed.

The page asks for its news every few seconds, which needs neither Redis nor a stream; the stream of a campaign says when
asking is worth it. Both stop with the key that opened them.
"""

from flask import current_app, g, request
from flask_login import current_user
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Person
from launchpad.rules import access
from launchpad.services import standing
from launchpad.web import live
from launchpad.web.answers import page
from launchpad.web.load import refresh
from launchpad.web.permit import permit
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
    app, slug, key = current_app._get_current_object(), g.slug, current_user.get_id()

    def still() -> bool:
        with app.app_context():
            return _follows(slug, key)

    return live.stream(g.campaign, team=True, viewer=lambda *line: live.Watcher(*line, still=still))


def _follows(slug: str, key: str) -> bool:
    """True while the session that opened the stream may still follow the campaign."""
    identity, _, session_key = key.partition(":")
    person = db.session.get(Person, int(identity))
    campaign = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if person is None or campaign is None or person.session_key != session_key:
        return False
    g.campaign = campaign
    refresh()
    return access.may("team.follow", standing.roles(person, campaign), g.phase, g.head_start_open)
