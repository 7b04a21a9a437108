"""The waitlist's form inside the brand's own site: a frame without script and without any cookie, ours or theirs."""

import re
from collections.abc import Callable, Iterable

from flask import Blueprint, g

from launchpad.rules import framing, timetable
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.web import join_form, limits, mending
from launchpad.web.answers import done, page, refused
from launchpad.web.join_form import JoinForm
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.pace import briefly
from launchpad.web.permit import permit

blueprint = of_campaign(Blueprint("embed", __name__, url_prefix="/<slug>/embed/waitlist"))
mending.stands_in(blueprint)
_PATH = re.compile(r"/[a-z0-9-]{1,80}/embed/")


def without_cookies(app: Callable) -> Callable:
    """A WSGI app that shows no cookie to what is framed: everybody is a stranger there, so none is ever set either."""

    def wrapped(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if _PATH.match(environ.get("PATH_INFO", "")):
            environ.pop("HTTP_COOKIE", None)
        return app(environ, start_response)

    return wrapped


@blueprint.before_request
def frame() -> None:
    """Any site may frame it, or those that the campaign names: there is nothing in it that a click could be stolen for."""
    g.framed_by = framing.ancestors((g.campaign.waitlist or {}).get("frames") or ())


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
        _, key = join_form.join(form, None)
    except Refusal as refusal:
        return refused(refusal, "waitlist/frame.html", **_values(form.data))
    return done(mending.address("embed", key))


def _values(typed: dict | None = None) -> dict:
    early = g.phase.is_before(Phase.WAITLIST)
    opens = timetable.expected(g.campaign.milestones, "waitlist", g.now) if early else None
    return {**join_form.values(typed), "opens": opens, "early": early, "open": g.phase == Phase.WAITLIST}
