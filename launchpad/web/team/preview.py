"""Preview-as: the campaign's own pages as somebody else sees them at another moment. Nothing is written by looking.

Each page is asked of the site itself, in a request of its own without a cookie: a made-up person looks, the campaign's
clock stands at the chosen moment, and the database refuses to write (services.previewing). Only the answer's words
come back, with a bar on top; forms inside end at a page that says that nothing was sent.
"""

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup

from launchpad.rules import previews
from launchpad.services import previewing
from launchpad.web import security
from launchpad.web.answers import page
from launchpad.web.filters import milestone_label
from launchpad.web.forms import clean, from_anywhere
from launchpad.web.paths import ours
from launchpad.web.permit import permit
from launchpad.web.team import preview_links
from launchpad.web.team.field_values import written
from launchpad.web.team.frame import room
from launchpad.web.team.preview_links import LEAVING
from launchpad.web.team.preview_request import asked

PAGES = (("", "Its page"), ("place", "Place"), ("buy", "Buying"), ("thread", "Thread"), ("stories", "Stories"),
         ("recap", "Recap"))  # fmt: skip

NO_MOMENT = "That is no moment. Write it as 2026-12-12T18:00, or choose one of the list."


@room.get("/preview")
@permit("preview.as")
def preview():
    """Whom to see it as, and when; beside it two phones that show it."""
    return page("team/preview.html", **_picker())


@room.get("/preview/go")
@permit("preview.as")
def preview_go():
    """From the pickers of the bar to the address that they mean. What was typed as a moment wins."""
    who, inside = _said("who"), _said("inside")
    when = _said("at") or _said("when")
    if _moment(when) is None:
        return page("team/preview.html", 422, **{**_picker(), "fault": NO_MOMENT})
    if _standing(who) is None:
        return page("team/preview.html", 422, **{**_picker(), "fault": "Choose whom to see it as."})
    return redirect(url_for("room.preview_page", who=who, when=when, inside=inside.lstrip("/")), 303)


@room.get("/as/<who>/at/<when>/", defaults={"inside": ""})
@room.get("/as/<who>/at/<when>/<path:inside>")
@permit("preview.as")
def preview_page(who: str, when: str, inside: str):
    """One page of the campaign, as seen by them then."""
    bar = _bar(_seen(who, when), when, inside)
    prefix = url_for("room.preview_page", who=who, when=when, inside="")
    slug, base = g.slug, current_app.extensions["settings"].base_url
    to = ours(_said("to")) if inside == LEAVING else f"/{slug}/{inside}"
    answer = asked(_seen(who, when), to) if inside != LEAVING else None
    if answer is None:
        return _framed(page("team/preview_leaving.html", to=to, back=prefix), bar)
    if location := answer.headers.get("Location"):
        return _framed(redirect(preview_links.led(location, slug, prefix, base), 303))
    if answer.mimetype == "text/html":
        answer.set_data(preview_links.inside(answer.get_data(as_text=True), slug, prefix, base))
    return _framed(answer, bar)


@room.post("/as/<who>/at/<when>/", defaults={"inside": ""})
@room.post("/as/<who>/at/<when>/<path:inside>")
@permit("preview.as")
@from_anywhere
def preview_sent(who: str, when: str, inside: str):
    """Every form of a preview ends here. It reads nothing of what was sent, so it need not be a form of ours."""
    bar = _bar(_seen(who, when), when, inside)
    back = url_for("room.preview_page", who=who, when=when, inside="")
    return _framed(page("team/preview_sent.html", back=back), bar)


def _picker() -> dict:
    who = _said("who") if _standing(_said("who")) else "member"
    beside = _said("beside") if _standing(_said("beside")) else "stranger"
    when = _said("at") or _said("when") or "now"
    fault = "" if _moment(when) else NO_MOMENT
    when = when if not fault else "now"
    return {
        "here": "preview", "who": who, "beside": beside, "when": when, "fault": fault, "pages": PAGES, "shown": _shown(),
        "frames": [(one, _standing(one)) for one in (who, beside)], "moment": _moment(when), **_choices(when),
    }  # fmt: skip


def _choices(when: str) -> dict:
    """What the pickers offer: standings, and each milestone just before and at its opening."""
    listed = [("now", "Now")]
    for name, _ in previews.moments(g.campaign.milestones):
        listed += [(previews.BEFORE + name, f"Just before: {milestone_label(name)}"), (name, milestone_label(name))]
    chosen = when in dict(listed)
    return {
        "standings": [(one.name, one.label) for one in _standings()],
        "listed": listed if chosen else [("", "A moment of its own"), *listed],
        "chosen": when if chosen else "",
        "typed": "" if chosen else written(_moment(when), g.campaign.timezone),
    }


def _bar(seen: previewing.Preview, when: str, inside: str) -> Markup:
    """The bar on top of every page of a preview. In a frame of the picker's it only says what is seen."""
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    values = {"seen": seen, "inside": inside if inside != LEAVING else "", "slim": framed, **_choices(when)}
    return Markup(render_template("team/_preview_bar.html", **values))


def _seen(who: str, when: str) -> previewing.Preview:
    standing, moment = _standing(who), _moment(when)
    if standing is None or moment is None:
        abort(404, "There is no such person or moment to see this campaign from. Choose again.")
    return previewing.make(g.campaign, standing, moment)


def _standings() -> list[previews.Standing]:
    return previews.standings(g.campaign.tiers or {}, g.campaign.milestones)


def _standing(name: str) -> previews.Standing | None:
    return next((one for one in _standings() if one.name == name), None)


def _moment(when: str):
    return previews.moment_of(when, g.campaign.milestones, g.campaign.zone, g.now)


def _shown() -> str:
    """Which page the phones of the picker show."""
    return next((path for path, _ in PAGES if path == _said("page")), "")


def _said(name: str) -> str:
    return (clean(request.args.get(name, "")) or "")[:250]


def _framed(response: Response, bar: Markup | None = None) -> Response:
    """Under the bar, for nobody else and for no cache; only our own picker may put it into a frame."""
    if bar is not None and response.mimetype == "text/html":
        response.set_data(preview_links.still(response.get_data(as_text=True), bar))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Security-Policy"] = security.POLICY.format(frames="'self'", pay="")
    return response
