"""The waitlist's door: a stranger's whole form holds its place before the application is asked at all.

Thousands join in the minutes after a post that goes round. What holds a place is the common transaction of
web.join_form; the application around it would cost several times as much. Whoever is refused, for whatever reason, or is
somebody, or sends anything but a whole form of ours, goes on to the application as they came, which says why.
"""

import re
import time
from collections.abc import Callable, Iterable

from flask import Flask
from werkzeug.utils import redirect

from launchpad import logs
from launchpad.rules.refusals import Refusal
from launchpad.rules.suspicion import network_of
from launchpad.services.wishes import Wish
from launchpad.web import bare_form, forms, join_form, limits, pace, security, touch

ROUTE, ENDPOINT = "/<slug>/waitlist", "waitlist.join"
_PATH = re.compile(r"/([a-z0-9-]{1,80})/waitlist")
_QUANTITY = re.compile(r"[1-9][0-9]{0,2}|1000")
_FIELDS = {"email": 254, "website": 0, "name": 120, "sku": 64, "quantity": 4, "ref": 40, "source": 100}  # as in web.join_form


class JoinDoor:
    """A WSGI app in front of the application's own."""

    def __init__(self, app: Flask, inner: Callable):
        self._flask, self._inner = app, inner

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        begun, came = time.perf_counter(), time.monotonic()
        found = bare_form.sent(self._flask, environ, _PATH)
        wish = self._wish(found[1], environ) if found is not None else None
        if wish is None or not _within(wish.client):
            return self._inner(environ, start_response)
        environ[limits.COUNTED], slug = True, found[0]
        with self._flask.app_context():
            answer = join_form.together((slug, ENDPOINT, wish))
        if isinstance(answer, Refusal):
            return self._inner(environ, start_response)
        response = redirect(f"/{slug}/waitlist/sent?key={answer[1]}", 303)
        response.headers["Cache-Control"] = "private, no-store"
        response.vary.add("Cookie")
        security.harden(self._flask, response)
        pace.rest(came, pace.BRIEF)
        logs.answered("POST", ROUTE, 303, begun)
        return response(environ, start_response)

    def _wish(self, fields: dict[str, str], environ: dict) -> Wish | None:
        typed = bare_form.typed_in(fields, _FIELDS)
        if typed is None or not typed["email"] or (typed["quantity"] and not _QUANTITY.fullmatch(typed["quantity"])):
            return None
        return Wish(
            typed["email"], typed["name"], typed["sku"] or None, int(typed["quantity"] or 1), typed["ref"],
            fields.get("marketing", "") not in bare_form.NOT_TICKED, typed["source"], touch=touch.of_form(fields),
            client=environ.get("REMOTE_ADDR") or "unknown",
            seconds=join_form.seconds_since(forms.moment_of(self._flask, environ, fields.get("csrf_token", ""))),
            agent=environ.get("HTTP_USER_AGENT", "")[:250],
        )  # fmt: skip


def _within(client: str) -> bool:
    network = network_of(client)
    return limits.within(limits.JOINS, client, ENDPOINT) and (
        network is None or limits.within(limits.JOINS_OF_NETWORK, network, ENDPOINT)
    )
