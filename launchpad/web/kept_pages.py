"""Pages for everyone, kept for a second: in a rush thousands of strangers read the same page.

Only whoever has no session is answered from here. What is kept is left behind by a change of the campaign (its version
is part of the key), and is never kept across an opening.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from flask import current_app, g, make_response, request, session

from launchpad.services import previewing, state
from launchpad.web.answers import wants_fragment

SECONDS = 1.0
MOST = 200  # pages in a process


class Kept:
    """The pages of one app, the oldest first. Threads may write at once: the later one stands."""

    def __init__(self):
        self._pages: OrderedDict[tuple, tuple[float, bytes]] = OrderedDict()

    def get(self, key: tuple) -> bytes | None:
        """The page, if it is not older than a second."""
        found = self._pages.get(key)
        return found[1] if found is not None and 0 <= time.monotonic() - found[0] < SECONDS else None

    def put(self, key: tuple, body: bytes, asked: float) -> None:
        """Keep a page that was asked for at that moment."""
        self._pages.pop(key, None)
        self._pages[key] = (asked, body)
        while len(self._pages) > MOST:
            try:
                self._pages.popitem(last=False)
            except KeyError:  # another thread was faster
                break


def for_strangers(view: Callable) -> Callable:
    """Keep what this GET view of a campaign answers to strangers. Switched off where a test's clock stands still."""

    @wraps(view)
    def answered():
        if not _same_for_all():
            return view()
        kept = current_app.extensions.setdefault("kept_pages", Kept())
        here = request.endpoint, request.host, request.query_string, _came_by()
        key = (*here, g.campaign.id, g.campaign.version, g.phase, g.head_start_open)
        asked = time.monotonic()
        if (body := kept.get(key)) is not None:
            response = make_response(body)
            response.vary.update(("Cookie", "HX-Request"))
            return response
        response = view()
        if response.status_code == 200 and state.lifetime(g.campaign, g.now, 2) >= 2:
            kept.put(key, response.get_data(), asked)
        return response

    return answered


def _same_for_all() -> bool:
    if request.method != "GET" or session or wants_fragment() or len(request.query_string) > 200:
        return False
    if current_app.config.get("TESTING") and not current_app.config.get("KEEP_PAGES"):
        return False
    return g.campaign.rehearsal is None and previewing.shown() is None


def _came_by() -> str:
    """The host of the page that linked here: forms carry it on."""
    try:
        return urlsplit(request.referrer or "").netloc
    except ValueError:
        return ""
