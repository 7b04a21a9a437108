"""The checkout's door in a rush: strangers get their units, or are told that none is left, before the application is asked.

Who can plainly have what they ask for gets it in the common transaction (web.buy_together); whoever cannot is heard by the
application. It says "sold out" only after a look that began when the buyer had asked: nothing left, no hold that is over, no
order by that key. What it says then are the application's own bytes, at most a second old. Whoever is somebody, or sends
anything but a whole form of ours, goes on to the application as they came.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask

from launchpad import logs
from launchpad.services import leftovers
from launchpad.services.guests import Held, Instead
from launchpad.services.leftovers import Left, Wanted
from launchpad.together import Together
from launchpad.turns import Turn
from launchpad.web import buy_together, rush
from launchpad.web.limits import COUNTED

SECONDS = 1.0  # that an answer is kept
MOST_KEPT = 50
PATIENCE = 5.0  # seconds to wait for somebody else's answer


@dataclass(frozen=True)
class _Kept:
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
        self._kept: dict[tuple, _Kept] = app.extensions.setdefault("kept_refusals", {})
        self._asked: dict[tuple, threading.Event] = {}  # answers under way
        self._look = Together(self._looked, most=500)
        self._lock = threading.Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        begun = time.perf_counter()
        found = buy_together.wish_of(self._flask, environ) if self._keeps() else None
        if found is None:
            return self._inner(environ, start_response)
        wanted, wish = found
        turn = rush.turn_for(wanted.slug, wanted.sku)
        try:
            asked = time.monotonic()
            if (left := self._look(wanted)) is None:
                turn.end()  # the application takes one of its own: who waits for a turn holds none
                return self._inner(environ, start_response)
            arrival = environ[rush.ARRIVAL] = rush.Arrival(turn)
            if left.units:
                counted = environ[COUNTED] = buy_together.counts(environ.get("REMOTE_ADDR") or "unknown")
                held = buy_together.hold(self._flask, wanted.slug, wish) if counted else Instead.ALONE
                if isinstance(held, Held):
                    logs.answered("POST", buy_together.ROUTE, 303, begun)
                    return buy_together.sent_on(self._flask, held, turn)(environ, start_response)
                if held is Instead.GONE:  # since the look
                    asked, left = time.monotonic(), self._look(wanted) or left
            if left.units or left.late or left.known:
                return self._passed(turn, environ, start_response)
            return self._told(wanted, left, asked, arrival, environ, start_response, begun)
        finally:
            turn.end()

    def _told(
        self, wanted: Wanted, left: Left, asked: float, arrival: rush.Arrival, environ: dict, start_response: Callable, begun: float
    ) -> Iterable[bytes]:
        """That all is gone: what others were told, or the application's own words, kept for the next."""
        name = wanted.slug, wanted.sku, environ.get("HTTP_HOST", "")
        if (told := self._answer(name, left.stage, asked)) is None:
            first = self._first(name)
            told = None if first else self._answer(name, left.stage, asked)
            if told is None:
                return self._captured(first, name, left.stage, arrival, environ, start_response)
        start_response("422 UNPROCESSABLE ENTITY", list(told.headers))
        logs.answered("POST", buy_together.ROUTE, 422, begun)
        return [told.body]

    def _keeps(self) -> bool:
        return not self._flask.config.get("TESTING") or bool(self._flask.config.get("KEEP_PAGES"))

    def _looked(self, wishes: list[Wanted]) -> list[Left | None]:
        with self._flask.app_context():
            return leftovers.look(wishes)

    def _answer(self, name: tuple, stage: tuple, asked: float) -> _Kept | None:
        """What others were told. When it is a second old, one goes to be told anew, and it stands for the others meanwhile."""
        told = self._kept.get(name)
        if told is None or told.stage != stage:
            return None
        if asked < told.until:
            return told
        if asked < told.born + 2 * SECONDS:
            self._kept[name] = _Kept(stage, told.born, told.born + 2 * SECONDS, told.headers, told.body)
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

    def _passed(self, turn: Turn, environ: dict, start_response: Callable) -> Iterable[bytes]:
        turn.weigh(rush.BUYER)
        return self._inner(environ, start_response)

    def _captured(
        self, first: bool, name: tuple, stage: tuple, arrival: rush.Arrival, environ: dict, start_response: Callable
    ) -> Iterable[bytes]:
        """The application's answer, kept where it says that all are told the same."""
        said = []

        def capture(status: str, headers: list, exc_info=None) -> None:
            said[:] = status, headers

        try:
            answer = self._passed(arrival.turn, environ, capture)
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
        while len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept), None), None)
        born = time.monotonic()
        self._kept[name] = _Kept(stage, born, born + SECONDS, list(headers), body)
