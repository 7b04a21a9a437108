"""The page of the people: what its sections need, and how each of their forms answers.

One page for the site (keys, invite codes, members from a file) and one for a campaign (its own keys alone).
"""

from collections.abc import Callable

from flask import Response, abort, current_app, g, request, session, url_for

from launchpad.rules.refusals import Refusal
from launchpad.services import invites, members_file
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.team import keys

SHOW = "team_shows"  # in the session: what one page is to show once, after the redirect to it


def show() -> Response:
    """The page, with what is shown once."""
    return page(_template(), **_values(session.pop(SHOW, {})))


def act(form: str, verb: Callable[[], dict]) -> Response:
    """Do it and show the page once with what came of it; else the page again with what was wrong in that form."""
    try:
        session[SHOW] = {form: verb()}
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        if g.get("campaign"):
            refresh()
        return refused(refusal, _template(), **_values({}), failed=form, sent=request.form)
    return done(url_for("room.staff" if g.get("campaign") else "team.people"))


def base() -> str:
    """Where the site is: the beginning of every link that is handed over."""
    return current_app.extensions["settings"].base_url


def _template() -> str:
    return "team/staff.html" if g.get("campaign") else "team/people.html"


def _values(shows: dict) -> dict:
    campaign = g.get("campaign")
    found = {"here": "people", "held_keys": keys.listed(campaign), "role_words": keys.ROLES, "shows": shows, "base": base()}
    if campaign is None:
        tiers = [(tier, tier) for tier in sorted(members_file.known_tiers())]
        found |= {"invites": invites.every(), "tiers": tiers, "reaches": keys.reaches()}
    return found
