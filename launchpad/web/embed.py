"""The waitlist's form inside the brand's own site: a frame without script and without any cookie, ours or theirs."""

import re
from collections.abc import Callable, Iterable

from flask import Blueprint, g
from werkzeug.wrappers import Response

from launchpad.rules import timetable
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import correcting
from launchpad.web import join_form, limits
from launchpad.web.answers import done, page, refused
from launchpad.web.join_form import AddressForm, JoinForm
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.pace import briefly
from launchpad.web.permit import permit
from launchpad.web.waitlist import sent_values

blueprint = of_campaign(Blueprint("embed", __name__, url_prefix="/<slug>/embed/waitlist"))
_PATH = re.compile(r"/[a-z0-9-]{1,80}/embed/")


def without_cookies(app: Callable) -> Callable:
    """A WSGI app that shows no cookie to what is framed: everybody is a stranger there, so none is ever set either."""

    def wrapped(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if _PATH.match(environ.get("PATH_INFO", "")):
            environ.pop("HTTP_COOKIE", None)
        return app(environ, start_response)

    return wrapped


@blueprint.after_request
def frame(response: Response) -> Response:
    """Any site may frame it: there is nothing in it that a click could be stolen for."""
    g.embeddable = True
    return response


@blueprint.get("", endpoint="page")
@permit("campaign.see")
def form():
    """The form; before and after the waitlist what is so instead."""
    return page("waitlist/frame.html", **_values())


@blueprint.post("", endpoint="join")
@limiter.limit("1200/minute")
@limiter.limit("6000/minute", key_func=limits.network, exempt_when=lambda: limits.network() is None)
@permit("waitlist.join")
@briefly
def join():
    """Hold a place, and answer inside the frame."""
    form = JoinForm()
    try:
        join_form.checked(form)
        key = correcting.key_of(g.campaign.id, None)
        if not form.website.data:
            _, key = join_form.join(join_form.wish_of(form, None))
    except Refusal as refusal:
        return refused(refusal, "waitlist/frame.html", **_values(form.data))
    return done(_sent_at(key))


@blueprint.get("/sent")
@permit("campaign.see")
def sent():
    """What to do now."""
    return page("waitlist/frame_sent.html", **sent_values())


@blueprint.post("/again", endpoint="again")
@limiter.limit("600/minute")
@permit("waitlist.join")
@briefly
def again():
    """The letter once more."""
    values = sent_values()
    try:
        join_form.ask_again(values["key"])
    except Refusal as refusal:
        return refused(refusal, "waitlist/frame_sent.html", **values)
    return done(_sent_at(values["key"], "again"))


@blueprint.post("/correct", endpoint="correct")
@limiter.limit("600/minute")
@permit("waitlist.join")
@briefly
def correct():
    """Another address."""
    form, values = AddressForm(), sent_values()
    try:
        join_form.checked(form)
        key = values["key"] if form.website.data else join_form.correct(values["key"], form)
    except Refusal as refusal:
        return refused(refusal, "waitlist/frame_sent.html", typed=form.data, **values)
    return done(_sent_at(key, "corrected"))


def _sent_at(key: str, said: str = "") -> str:
    return f"/{g.slug}/embed/waitlist/sent?key={key}" + (f"&said={said}" if said else "")


def _values(typed: dict | None = None) -> dict:
    early = g.phase.is_before(Phase.WAITLIST)
    opens = timetable.expected(g.campaign.milestones, "waitlist", g.now) if early else None
    return {**join_form.values(typed), "opens": opens, "early": early, "open": g.phase == Phase.WAITLIST}
