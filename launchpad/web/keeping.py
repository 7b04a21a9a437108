"""Which answers may be kept for all strangers, and for how long: what a view says to web.kept_pages.

A view is marked `@for_strangers` when whoever has no session gets the same bytes as anybody else at that address. The
answer is kept only when nobody is signed in and it was an ordinary one; never across a moment at which it changes by
itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps

from flask import g, make_response, request, session
from werkzeug.wrappers import Response

from launchpad.services import campaigns, previewing, state

TOLD = "launchpad.kept"  # the key in a request's environ
NEVER = datetime.min.replace(tzinfo=UTC)

@dataclass
class Told:
    """That an answer may be kept until a moment of the clock (None: it does not change by itself), and whose visit it is."""

    until: datetime | None
    visit: tuple[int, str, int | None] | None = None


def for_strangers(view: Callable) -> Callable:
    """Mark a GET view of everybody's. Put it below @permit."""

    @wraps(view)
    def shown(*args, **kwargs):
        if not _for_all():
            return view(*args, **kwargs)
        change = _next_change()  # before the view reads anything, so that no opening lies in between
        response = make_response(view(*args, **kwargs))
        if response.status_code == 200 and change != NEVER:
            request.environ[TOLD] = Told(change and change - _kept_onward(response), g.get("visit"))
        return response

    shown.for_strangers = True
    return shown


def _for_all() -> bool:
    """True when nobody in particular asked, so that nobody's own is in the answer."""
    return request.method == "GET" and not session and previewing.shown() is None


def _next_change() -> datetime | None:
    """The moment at which this answer changes by itself; None when it does not, NEVER when it is not to be kept."""
    shown = [g.campaign] if g.get("campaign") is not None else campaigns.every()
    if any(campaign.pace > 1 for campaign in shown):
        return NEVER  # in a rehearsal a second is an hour
    return min((at for campaign in shown if (at := state.changes_at(campaign, campaign.now)) is not None), default=None)


def _kept_onward(response: Response) -> timedelta:
    """For how long others may keep what we send, its way to them included."""
    seconds = response.cache_control.max_age
    return timedelta(seconds=seconds) + state.ON_ITS_WAY if seconds else timedelta(0)
