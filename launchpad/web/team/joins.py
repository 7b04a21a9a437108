"""Who may join: pausing new sign-ups, the form for the brand's own site, and sign-ups that look made up."""

from flask import current_app, g, request, url_for

from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.rules.suspicion import REASONS
from launchpad.services import admitting, campaigns, doubts, joins_open, pausing
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import clean
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, room, said

MOST = 100
STATES = {"open": "To look at", "admitted": "Let in", "refused": "Kept out"}


@room.get("/joins")
@permit("waitlist.edit")
def joins():
    """New sign-ups: open or paused, the HTML for the brand's site, and how many wait to be looked at."""
    return page("team/joins.html", **_joins())


@room.post("/joins/pause")
@permit("waitlist.edit")
def pause_joins():
    """Take nobody new."""
    try:
        message = said("message")
        with writing():
            pausing.pause(campaigns.by_id(g.campaign.id), me(), message)
    except Refusal as refusal:
        return refused(refusal, "team/joins.html", **_joins())
    refresh()
    return done(url_for("room.joins"))


@room.post("/joins/resume")
@permit("waitlist.edit")
def resume_joins():
    """Take people again."""
    try:
        with writing():
            pausing.resume(campaigns.by_id(g.campaign.id), me())
    except Refusal as refusal:
        return refused(refusal, "team/joins.html", **_joins())
    refresh()
    return done(url_for("room.joins"))


@room.get("/doubts", endpoint="doubts")
@permit("waitlist.edit")
def doubted():
    """Sign-ups that look made up, of one state, newest first."""
    return page("team/doubts.html", **_doubts())


@room.post("/doubts", endpoint="decide_doubts")
@permit("waitlist.edit")
def decide():
    """Let in or keep out those ticked, or all that the page's choice names."""
    try:
        reason, verb = said("reason"), request.form.get("verb", "")
        if verb not in ("admit", "refuse"):
            raise Refusal("verb", "Choose: let them in, or keep them out.")
        ids = _chosen()
        if not ids:
            raise Refusal("none", "Tick at least one of them.")
        with writing():
            campaign = campaigns.by_id(g.campaign.id)
            if verb == "admit":
                admitting.admit(campaign, ids, me())
            else:
                admitting.refuse(campaign, ids, me(), reason)
    except Refusal as refusal:
        return refused(refusal, "team/doubts.html", **_doubts())
    refresh()
    return done(url_for("room.doubts", state=_state() if _state() != "open" else None, why=_why() or None))


def _chosen() -> list[int]:
    if request.form.get("all"):
        return admitting.all_of(g.campaign, _state(), _why())
    ticked = request.form.getlist("doubt")[: admitting.MOST]
    return [int(id) for id in ticked if id.isascii() and id.isdigit() and len(id) <= 9]


def _state() -> str:
    state = request.values.get("state", "")
    return state if state in STATES else "open"


def _why() -> str:
    why = request.values.get("why", "")
    return why if why in REASONS else ""


def _doubts() -> dict:
    state, why = _state(), _why()
    rows = list(admitting.listed(g.campaign, state, why, cursor("after"), MOST + 1))
    more = url_for("room.doubts", state=state, why=why or None, after=rows[MOST - 1].id) if len(rows) > MOST else None
    rows = rows[:MOST]
    return {
        "here": "waitlist",
        "rows": [(doubt, doubts.until(g.campaign, doubt)) for doubt in rows],
        "reasons": REASONS,
        "counts": admitting.counts(g.campaign),
        "state": state,
        "states": list(STATES.items()),
        "why": why,
        "whys": [("", "Any reason"), *((name, words.capitalize()) for name, words in REASONS.items())],
        "more": more,
        "typed": (clean(request.form.get("reason", "")) or "")[:250],
    }


def _joins() -> dict:
    base = current_app.extensions["settings"].base_url
    return {
        "here": "waitlist",
        "address": f"{base}/{g.slug}/embed/waitlist",
        "counts": admitting.counts(g.campaign),
        "closes": joins_open.closing(g.campaign),
        "shut": joins_open.closed(g.campaign),
        "usual": joins_open.PAUSED,
    }
