"""Requests to become a member: who waits for the team, since when, with which words; let in, declined, taken back.

Membership is the site's, so this is a page of the site: it asks for a key to every campaign. `campaign` in the address
shows what was asked on that campaign's pages; what was asked in a rehearsal is shown there alone.
"""

from zoneinfo import ZoneInfo

from flask import abort, request, url_for

from launchpad.database import writing
from launchpad.models import Campaign
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, membership_queue, membership_requests
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import clean
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, said, site

PAGE = 100
STATES = {"waiting": "Waiting", "admitted": "Let in", "declined": "Declined"}
VERBS = {"admit": "admitted", "decline": "declined"}


@site.get("/members")
@permit("members.admit")
def members():
    """Requests of one state: who waits longest first, of decided ones the newest."""
    return page("team/members.html", **_listed())


@site.post("/members")
@permit("members.admit")
def decide_members():
    """Let in or decline those ticked, or all that wait."""
    try:
        reason, state = said("reason"), VERBS.get(request.form.get("verb", ""))
        if state is None:
            raise Refusal("verb", "Choose: let them in, or decline.")
        ids = membership_queue.all_waiting(_campaign()) if request.form.get("all") else _ticked()
        if not ids:
            raise Refusal("none", "Tick at least one of them.")
        with writing():
            if not membership_requests.decide(state, ids, me(), reason):
                raise Refusal("decided", "Somebody of the team was first: none of these waits any more.")
    except Refusal as refusal:
        return refused(refusal, "team/members.html", **_listed())
    return done(_back(state=state))


@site.post("/members/<int:id>/undo")
@permit("members.admit")
def undo_member(id: int):
    """Take a decision back, as long as its letter has not gone."""
    try:
        with writing():
            membership_requests.undo(id, me())
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        return refused(refusal, "team/members.html", **_listed())
    return done(_back(state=None))


def _ticked() -> list[int]:
    ticked = request.form.getlist("request")[: membership_requests.MOST]
    return [int(id) for id in ticked if id.isascii() and id.isdigit() and len(id) <= 9]


def _campaign() -> Campaign | None:
    """The campaign whose requests are looked at; None for all of the real ones."""
    slug = clean(request.values.get("campaign", ""))[:100]
    return campaigns.by_slug(slug) if slug else None


def _back(state: str | None) -> str:
    campaign = _campaign()
    return url_for("team.members", state=state, campaign=campaign.slug if campaign else None)


def _listed() -> dict:
    campaign, state = _campaign(), request.values.get("state", "")
    state = state if state in STATES else "waiting"
    rows = membership_queue.listed(state, campaign, cursor("after"), PAGE + 1)
    slug = campaign.slug if campaign else None
    more = url_for("team.members", state=state, campaign=slug, after=rows[PAGE - 1].row.id) if len(rows) > PAGE else None
    return {
        "here": "members",
        "rows": rows[:PAGE],
        "state": state,
        "states": list(STATES.items()),
        "count": membership_queue.waiting(campaign),
        "of": campaign,
        "more": more,
        "ticked": _ticked(),
        "typed": (clean(request.form.get("reason", "")) or "")[:250],
        "pause": membership_requests.LETTER_AFTER,
        "most": membership_requests.MOST,
        "utc": ZoneInfo("UTC"),
    }
