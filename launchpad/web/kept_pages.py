"""Answers for everyone, kept as bytes for a second and sent before the application is asked at all.

In a rush thousands of strangers read the same page: it is rendered once, by the first who asks, while the others wait for
that one. A change empties all of it (see services.page_changes): at once, or in a flood of changes after a fifth of a second
(web.flood). Nothing kept is older than a second. Which views may be kept is in web.keeping, for whom in web.strangers.
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from http import HTTPStatus

from flask import Flask

from launchpad import clock
from launchpad.services import visits
from launchpad.web import strangers
from launchpad.web.flood import Flood
from launchpad.web.keeping import TOLD, Told

SECONDS = 1.0  # the longest that anything is kept
MOST = 500  # answers in a process …
ROOM = 32 * 1024 * 1024  # … and their bytes
PATIENCE = 10.0  # seconds to wait for somebody else's render

_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")
_BODY = {"content-length", "content-type"}


class Answer:
    """One representation: status, headers and body as they are sent."""

    __slots__ = ("begun", "body", "changes_at", "etag", "generation", "headers", "until", "visit")

    def __init__(self, headers: list, body: bytes, told: Told, begun: float, generation: int):
        self.body, self.begun, self.generation, self.visit = body, begun, generation, told.visit
        self.until, self.changes_at = begun + SECONDS, told.until
        found = [value for name, value in headers if name.lower() == "etag"]
        self.etag = found[0] if found else f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'
        self.headers = headers if found else [*headers, ("ETag", self.etag)]

    @property
    def holds(self) -> bool:
        """True while it is neither old nor past a moment at which it changes by itself, by the clock that opens doors."""
        return time.monotonic() < self.until and (self.changes_at is None or clock.now() < self.changes_at)


class _Render:
    """A render under way, for those who wait for it."""

    __slots__ = ("answer", "begun", "over")

    def __init__(self, begun: float):
        self.begun, self.over, self.answer = begun, threading.Event(), None


class KeptPages:
    """A WSGI app in front of the application's own."""

    def __init__(self, app: Flask, inner: Callable):
        self._flask, self._inner = app, inner
        self._session = app.config["SESSION_COOKIE_NAME"]
        self._answers: OrderedDict[tuple, Answer] = OrderedDict()
        self._bytes = 0
        self._renders: dict[tuple, _Render] = {}
        self._lock = threading.Lock()
        self._paths: re.Pattern | None = None
        self.empty = Flood(self._empty)  # each change would have the same pages made anew, until nothing else was done
        self.generation = 0  # grows with every change that was heard of
        self.guarded = True  # switched off by the race test's negative control alone
        self.on_first: Callable[[], None] | None = None  # called when something is kept for the first time

    def _empty(self) -> None:
        """Something changed: nothing that was made before is sent again, and nothing that is being made now is kept."""
        with self._lock:
            self.generation += 1
            self._answers.clear()
            self._bytes = 0

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        key = strangers.key(environ, self._session)
        if key is None:
            return self._inner(environ, start_response)
        answer = self._answers.get(key)
        if answer is not None and answer.holds:
            return self._send(answer, environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD" or not self._keepable(key[1]):
            return self._inner(environ, start_response)
        return self._made(key, environ, start_response)

    def _keepable(self, path: str) -> bool:
        if self._flask.config.get("TESTING") and not self._flask.config.get("KEEP_PAGES"):
            return False
        if self._paths is None:
            views = self._flask.view_functions
            rules = [rule for rule in self._flask.url_map.iter_rules() if hasattr(views[rule.endpoint], "for_strangers")]
            self._paths = re.compile("|".join(_pattern(rule.rule) for rule in rules) or "$.")
        return self._paths.fullmatch(path) is not None

    # --- making ------------------------------------------------------------------------------------------------------

    def _made(self, key: tuple, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """Make the answer, or wait for whoever is making it.

        Of a render that began before this request came, only what is still true may be taken; one that began later is as
        good as one's own, whatever changed since.
        """
        came = time.monotonic()
        while True:
            with self._lock:
                answer, render = self._answers.get(key), self._renders.get(key)
                if answer is None and render is None:
                    render = self._renders[key] = _Render(time.monotonic())
                    break
            if answer is not None and (answer.holds or answer.begun >= came):
                return self._send(answer, environ, start_response)
            if render is None:
                with self._lock:
                    if self._answers.get(key) is answer:  # it is over: out of the way of the next
                        self._drop(key)
                continue
            if not render.over.wait(PATIENCE):
                return self._inner(environ, start_response)
            if render.answer is not None and render.begun >= came:
                return self._send(render.answer, environ, start_response)
            if render.answer is None:  # it was none to be kept
                return self._inner(environ, start_response)
        try:
            return self._render(render, key, environ, start_response)
        finally:
            with self._lock:
                self._renders.pop(key, None)
            render.over.set()

    def _render(self, render: _Render, key: tuple, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """Ask the application; keep what it says may be kept, unless something changed since it was asked."""
        generation, said = self.generation, []
        asked = {name: environ.pop(name) for name in _CONDITIONS if name in environ}

        def capture(status: str, headers: list, exc_info=None) -> None:
            said[:] = status, headers

        body = self._inner(environ, capture)
        told: Told | None = environ.pop(TOLD, None)
        if told is None or not said[0].startswith("200") or any(name.lower() == "set-cookie" for name, _ in said[1]):
            start_response(*said)
            return body
        try:
            answer = Answer(said[1], b"".join(body), told, render.begun, generation)
        finally:
            if hasattr(body, "close"):
                body.close()
        render.answer = answer
        self._keep(key, answer)
        environ.update(asked)
        return self._send(answer, environ, start_response, again=False)

    def _keep(self, key: tuple, answer: Answer) -> None:
        first, self.on_first = self.on_first, None
        if first is not None:
            first()
        with self._lock:
            if self.guarded and answer.generation != self.generation:
                return
            self._drop(key)
            self._answers[key] = answer
            self._bytes += len(answer.body)
            while self._bytes > ROOM or len(self._answers) > MOST:
                self._drop(next(iter(self._answers)))

    def _drop(self, key: tuple) -> None:
        gone = self._answers.pop(key, None)
        self._bytes -= len(gone.body) if gone is not None else 0

    # --- sending -----------------------------------------------------------------------------------------------------

    def _send(self, answer: Answer, environ: dict, start_response: Callable, again: bool = True) -> Iterable[bytes]:
        if again and answer.visit is not None:
            browser = environ.get("HTTP_USER_AGENT", "")
            visits.see_again(self._flask, *answer.visit, environ.get("REMOTE_ADDR") or "unknown", browser)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (answer.etag.removeprefix("W/") in known or known.strip() == "*"):
            unchanged = HTTPStatus.NOT_MODIFIED
            start_response(f"{unchanged.value} {unchanged.phrase}", [h for h in answer.headers if h[0].lower() not in _BODY])
            return []
        start_response("200 OK", list(answer.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _pattern(rule: str) -> str:
    """A regular expression for the paths of a route."""
    parts = re.split(r"<[^>]+>", rule)
    return "[^/]+".join(re.escape(part) for part in parts)
