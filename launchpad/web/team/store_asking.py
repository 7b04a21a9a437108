"""The store's own list of orders, asked for now: it is asked every few minutes without that, too."""

from flask import g, url_for

from jobs import stores as jobs
from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services import audit
from launchpad.web.answers import done, refused
from launchpad.web.limits import limiter, person
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room
from launchpad.web.team.store import asks, selling, values


@room.post("/store/ask")
@limiter.limit("6/minute", key_func=person)
@permit("orders.change")
def ask_store():
    """Read the store's list of orders on from where it was read to. What came of it stands on the page."""
    provider = selling()
    if not asks(provider):
        no = Refusal("store", "The keys to ask this store are not set. Set them, and start again.")
        return refused(no, "team/store.html", **values(), failed="ask")
    with writing():
        audit.record(me(), "store.ask", g.campaign, f"campaign:{g.campaign.id}")
    found = jobs.pull(provider, jobs.SHORT)
    return done(url_for("room.store", asked=found, _anchor="asked"))
