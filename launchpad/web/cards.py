"""How a page looks where its address is shared: title, words, picture, the one address, and whether it may be found."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask_login import current_user

from launchpad.rules import colour
from launchpad.rules.phases import Phase
from launchpad.services import share_cards
from launchpad.web import linked
from launchpad.web.keeping import for_strangers
from launchpad.web.load import of_campaign
from launchpad.web.permit import permit

blueprint = of_campaign(Blueprint("cards", __name__, url_prefix="/<slug>"))

# What a campaign's card says in each of its phases, above its name; the page's own title says it as well.
SAID = {
    "draft": "Coming",
    "preview": "Members see it first",
    "waitlist": "The waitlist is open",
    "head_start": "The head start has begun",
    "launch": "Doors are open",
    "recap": "What everybody made of it",
    "archived": "What everybody made of it",
    "invite": "You are invited",
}
_KEEPS = ("before",)  # what else of a query makes a page another one
_UNLISTED = ("live_events.asked",)  # only a step of something


@dataclass(frozen=True)
class Card:
    """`address` is the canonical one, `home` the campaign's; `hidden` keeps a page out of search engines."""

    address: str
    home: str
    picture: str | None
    said: str
    hidden: bool


@blueprint.app_template_global("page_card")
def page_card() -> Card | None:
    """The card of this request's page; None where there is no page of ours (an error, a frame)."""
    if request.url_rule is None:
        return None
    base, campaign = current_app.extensions["settings"].base_url, g.get("campaign")
    home = f"{base}/{campaign.slug}/" if campaign else f"{base}/"
    stage = _stage() if campaign else ""
    picture = f"{base}{url_for('cards.picture', stage=stage, v=campaign.version)}" if campaign else None
    g.card = Card(base + _path(home.removeprefix(base)), home, picture, SAID.get(stage, ""), not _may_be_found())
    return g.card


@blueprint.app_template_global("linked_data")
def linked_objects() -> list[dict]:
    """What the page says to search engines, who have no session; call it after page_card."""
    return linked.of_page() if not current_user.is_authenticated and _may_be_found() else []


def _stage() -> str:
    if request.endpoint == "campaign.home" and request.args.get("ref") and g.phase in (Phase.WAITLIST, Phase.LAUNCH):
        return "invite"
    return "head_start" if g.phase == Phase.WAITLIST and g.head_start_open else g.phase.value


def _path(home: str) -> str:
    """The one address of this page: a recap is at home once it is the campaign's page; what a link says of who came is left out."""
    if request.endpoint == "recap.page" and g.phase.is_from(Phase.RECAP):
        return home
    kept = "&".join(f"{name}={request.args.get(name, type=int)}" for name in _KEEPS if request.args.get(name, type=int))
    return request.path + (f"?{kept}" if kept else "")


def _may_be_found() -> bool:
    """True for what everybody may read: not before the waitlist, nothing rehearsed, no page of somebody's own."""
    view = current_app.view_functions.get(request.endpoint or "")
    campaign = g.get("campaign")
    public = campaign is None or (g.phase.is_from(Phase.WAITLIST) and campaign.rehearsal is None)
    return public and hasattr(view, "for_strangers") and request.endpoint not in _UNLISTED


@blueprint.get("/card-<stage>.jpg", endpoint="picture")
@permit("campaign.see")
@for_strangers
def picture(stage: str):
    """The card as a picture of 1200 by 630."""
    if stage not in SAID:
        abort(404)
    campaign = g.campaign
    tones = colour.theme(campaign.hue)
    tone = {name: tones[name].light for name in ("field", "on-field", "on-field-2", "act")}
    content = share_cards.drawn(campaign, SAID[stage], tone)
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response
