"""The checkout's door in a rush: strangers for whom nothing is left are told so before the application is asked at all.

It lets nobody in who would not get in without it, and says "sold out" only after a look that began when the buyer had
asked: nothing left, no hold that is over, no order by that key. What it says are the application's own bytes, at most a
second old. Whoever is somebody, or sends anything but a whole form of ours, goes on to the application as they came.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask

from launchpad import logs
from launchpad.services import leftovers
from launchpad.together import Together
from launchpad.turns import Turn
from launchpad.web import bare_form, rush

SECONDS = 1.0  # that an answer is kept
MOST_KEPT = 50
PATIENCE = 5.0  # seconds to wait for somebody else's answer


@dataclass(frozen=True)
class _Told:
    """An answer of the application that is the same for all strangers at that stage of the sale."""

    stage: tuple
    born: float
    until: float
    headers: list[tuple[str, str]]
    body: bytes


class SoldOut:
    """A WSGI app in front of the application's own."""

    def __init__(self, app: Flask, inner: Callable):
        self._flask, self._inner = app, inner
        self._told: dict[tuple, _Told] = app.extensions.setdefault("kept_refusals", {})
        self._asked: dict[tuple, threading.Event] = {}  # answers under way
        self._look = Together(self._looked, most=500)
        self._lock = threading.Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        begun = time.perf_counter()
        wish = bare_form.wish_of(self._flask, environ) if self._keeps() else None
        if wish is None:
            return self._inner(environ, start_response)
        turn = rush.turn_for(wish.slug, wish.sku)
        try:
            return self._answered(wish, turn, environ, start_response, begun)
        finally:
            turn.end()

    def _answered(
        self, wish: leftovers.Wanted, turn: Turn, environ: dict, start_response: Callable, begun: float, again: bool = False
    ) -> Iterable[bytes]:
        asked = time.monotonic()
        if (left := self._look(wish)) is None:
            turn.end()  # the application takes one of its own: who waits for a turn holds none
            return self._inner(environ, start_response)
        arrival = environ[rush.ARRIVAL] = rush.Arrival(turn, left.units, may_return=not again)
        if left.units or left.late or left.known:
            answer = self._passed(arrival, environ, start_response)
            return self._answered(wish, turn, environ, start_response, begun, True) if answer is None else answer
        name = wish.slug, wish.sku, environ.get("HTTP_HOST", "")
        if (told := self._answer(name, left.stage, asked)) is None:
            first = self._first(name)
            told = None if first else self._answer(name, left.stage, asked)
            if told is None:
                return self._captured(first, name, left.stage, arrival, environ, start_response)
        start_response("422 UNPROCESSABLE ENTITY", list(told.headers))
        if not again:  # else the application has said so
            logs.answered("POST", bare_form.ROUTE, 422, begun)
        return [told.body]

    def _keeps(self) -> bool:
        return not self._flask.config.get("TESTING") or bool(self._flask.config.get("KEEP_PAGES"))

    def _looked(self, wishes: list[leftovers.Wanted]) -> list[leftovers.Left | None]:
        with self._flask.app_context():
            return leftovers.look(wishes)

    def _answer(self, name: tuple, stage: tuple, asked: float) -> _Told | None:
        """What others were told. When it is a second old, one goes to be told anew, and it stands for the others meanwhile."""
        told = self._told.get(name)
        if told is None or told.stage != stage:
            return None
        if asked < told.until:
            return told
        if asked < told.born + 2 * SECONDS:
            self._told[name] = _Told(stage, told.born, told.born + 2 * SECONDS, told.headers, told.body)
        return None

    def _first(self, name: tuple) -> bool:
        """True for who is to ask the application; others wait here for what it says, and may find nothing to be kept."""
        with self._lock:
            under_way = self._asked.get(name)
            if under_way is None:
                self._asked[name] = threading.Event()
                return True
        under_way.wait(PATIENCE)
        return False

    def _passed(self, arrival: rush.Arrival, environ: dict, start_response: Callable) -> Iterable[bytes] | None:
        """The application's answer; None when it sends them back here, with the request as it came."""
        said = []

        def capture(status: str, headers: list, exc_info=None) -> None:
            said[:] = status, headers

        arrival.turn.weigh(rush.TOGETHER if arrival.left else rush.BUYER)
        answer = self._inner(environ, capture)
        if not arrival.returned:
            start_response(*said)
            return answer
        if hasattr(answer, "close"):
            answer.close()
        environ["wsgi.input"].seek(0)
        return None

    def _captured(
        self, first: bool, name: tuple, stage: tuple, arrival: rush.Arrival, environ: dict, start_response: Callable
    ) -> Iterable[bytes]:
        """The application's answer, kept where it says that all are told the same."""
        said = []

        def capture(status: str, headers: list, exc_info=None) -> None:
            said[:] = status, headers

        try:
            arrival.may_return = False
            arrival.turn.weigh(rush.BUYER)
            answer = self._inner(environ, capture)
            try:
                body = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
            if arrival.same_for_all and said[0].startswith("422") and not any(n.lower() == "set-cookie" for n, _ in said[1]):
                self._keep(name, stage, said[1], body)
        finally:
            if first:
                with self._lock:
                    self._asked.pop(name).set()
        start_response(*said)
        return [body]

    def _keep(self, name: tuple, stage: tuple, headers: list, body: bytes) -> None:
        while len(self._told) >= MOST_KEPT:
            self._told.pop(next(iter(self._told), None), None)
        born = time.monotonic()
        self._told[name] = _Told(stage, born, born + SECONDS, list(headers), body)
