"""The campaign's one address: the page of whatever phase it is in, its colours, and its public truth as JSON."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, g, jsonify, request

from launchpad.rules import colour, timetable
from launchpad.rules.live_events import without
from launchpad.rules.phases import Phase
from launchpad.services import buying, ideas, polls, recap, referrals, state, stories, thread, visits, waitlist
from launchpad.services.beside import beside
from launchpad.web import changes, touch
from launchpad.web.answers import keep, page
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import client
from launchpad.web.load import of_campaign
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("campaign", __name__, url_prefix="/<slug>"))

LABELS = {"preview": "Preview", "waitlist": "Waitlist", "launch": "Launch day", "recap": "Recap"}


@dataclass(frozen=True)
class Step:
    """One of the four named steps of the phase rail."""

    name: str
    label: str
    state: str  # past | current | next
    at: datetime | None


def steps() -> list[Step]:
    """The phase rail of this request's campaign at its moment."""
    rows = g.campaign.milestones
    opens = {m.phase: timetable.expected(rows, m.name, g.now) for m in timetable.in_order(rows) if m.phase}
    shown = Phase.RECAP if g.phase == Phase.ARCHIVED else g.phase
    return [
        Step(name, label, _state(Phase(name), shown), opens.get(name)) for name, label in LABELS.items()
    ]


def _state(step: Phase, shown: Phase) -> str:
    return "current" if step == shown else "past" if step.is_before(shown) else "next"


@blueprint.get("/")
@permit("campaign.see")
@for_strangers
def home():
    """The campaign, in whatever phase it is."""
    touch.remember()
    sharer = referrals.person_of(request.args["ref"]) if "ref" in request.args else None
    by = sharer.id if sharer is not None else None
    g.visit = g.campaign.id, g.phase.value, by
    visits.see(g.campaign, g.phase.value, client(), request.headers.get("User-Agent", ""), by)
    values = {"steps": steps(), "coming": timetable.next_expected(without(g.campaign.milestones), g.now)}
    return page(f"campaign/{_PAGES[g.phase]}.html", **values, **_VALUES[g.phase]())


def _draft() -> dict:
    return {}


def _preview() -> dict:
    if not may("preview.see"):
        return {}
    return _community()


def _community() -> dict:
    """What members have beside the poster: polls and ideas, while those are theirs to see."""
    if not may("poll.see"):
        return {"cards": [], "board": None}
    return {"cards": polls.cards(g.campaign, me()), "board": ideas.board(g.campaign, me())}


def _waitlist() -> dict:
    place = waitlist.place_of(g.campaign, me()) if me() else None
    return {
        "place": place,
        "position": waitlist.position(place) if place and place.counted else None,
        "confirmed": state.confirmed(g.campaign),
        "offer": buying.offer(g.campaign, me(), place),
        "launch_at": timetable.expected(g.campaign.milestones, "launch", g.now),
        **_community(),
    }


def _launch() -> dict:
    entries, pinned = thread.latest(g.campaign, limit=12), thread.pinned(g.campaign)
    return {
        "offer": buying.offer(g.campaign, me()),
        "entries": entries,
        "pinned": pinned,
        "parents": changes.parents(entries + pinned),
        "beside": beside(g.campaign, entries + pinned),
        "archived": True,  # a look in, the same for everyone: one reacts, votes and answers in the thread itself
        "confirmed": state.confirmed(g.campaign),
        "stories": stories.approved(g.campaign)[:6],
    }


def _recap() -> dict:
    return {"recap": recap.recap(g.campaign), "offer": buying.offer(g.campaign, me())}


_VALUES = {
    Phase.DRAFT: _draft,
    Phase.PREVIEW: _preview,
    Phase.WAITLIST: _waitlist,
    Phase.LAUNCH: _launch,
    Phase.RECAP: _recap,
    Phase.ARCHIVED: _recap,
}
_PAGES = {phase: phase.value for phase in Phase} | {Phase.ARCHIVED: "recap"}


@blueprint.get("/state.json")
@permit("campaign.see")
@for_strangers
def public_state():
    """What is true now, for anyone; cacheable for a second, but not across an opening."""
    return keep(jsonify(state.public(g.campaign, g.now)), 1)


@blueprint.get("/theme.css")
@permit("public")
@for_strangers
def theme():
    """The campaign's colours, derived from its hue."""
    response = Response(colour.css(g.campaign.hue), mimetype="text/css")
    response.headers["Cache-Control"] = "max-age=3600" if request.args.get("hue") else "no-cache"
    return response


@blueprint.app_context_processor
def support() -> dict:
    """Where help is, on every page: the campaign's own links, else the site's pages."""
    links = dict(g.campaign.links) if g.get("campaign") else {}
    names = ("support", "terms", "privacy", "imprint")
    return {
        "links": {name: links.get(name) or f"/about/{name}" for name in names},
        "base_url": current_app.extensions["settings"].base_url,
    }
