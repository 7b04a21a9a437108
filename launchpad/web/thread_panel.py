"""What stands beside the thread: the buy panel as it is for whoever looks, the numbers and the live events.

It has an address of its own, because every open thread asks for it anew when something about the campaign changed.
"""

from flask import Blueprint, g, redirect, url_for

from launchpad.rules import counts
from launchpad.rules.phases import Phase
from launchpad.services import gate
from launchpad.web import counters, touch
from launchpad.web.answers import page, wants_fragment
from launchpad.web.keeping import for_strangers
from launchpad.web.load import of_campaign
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("thread_panel", __name__, url_prefix="/<slug>/thread"))


def values() -> dict:
    """What its template needs. `panel_again` is where to ask for it anew: there too, forms say where their reader came from."""
    found = counters.counted(g.campaign.id)
    return {
        "offer": gate.offer(g.campaign, me()),
        "numbers": counters.said(found),
        "spread": counts.spread(found.here),
        "panel_again": url_for("thread_panel.show", **touch.kept()),
    }


@blueprint.get("/panel")
@permit("thread.read")
@for_strangers
def show():
    """The panel alone; to who opens the address as a page, the thread."""
    if not wants_fragment():
        return redirect(url_for("thread.page", _anchor="panel"), 303)
    archived = g.phase == Phase.ARCHIVED
    response = page("thread/_panel.html", live=not archived, archived=archived, **values())
    response.headers["X-Robots-Tag"] = "noindex"
    return response
