"""The door of the live thread: strangers who follow, let in without asking the application or the database.

Once the application has let one stranger in, all others may come too: phases only go forward. So after a restart, when
everybody who followed comes back, each costs no more than a look at the channel. Whoever might be somebody, or comes from
further back than the channel keeps, is answered by the application: one at a time, while the others wait for what that opens.
"""

import random
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask

from launchpad.web import live, strangers
from launchpad.web.channels import Channel

_PATH = re.compile(r"/([a-z0-9-]{1,80})/thread/stream")
_PATIENCE = 20.0  # seconds to wait for one's turn to ask
_MOST = 100  # doors: campaigns by the hosts that they are reached at


@dataclass(frozen=True)
class _Door:
    channel: Channel
    headers: list[tuple[str, str]]


class Doorway:
    """A WSGI app in front of the application's own."""

    def __init__(self, app: Flask, inner: Callable):
        self._flask, self._inner = app, inner
        self._session = app.config["SESSION_COOKIE_NAME"]
        self._doors: dict[tuple[str, str], _Door] = {}
        self._asking = threading.Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path is None or not self._stranger(environ):
            return self._inner(environ, start_response)
        key = path[1], environ.get("HTTP_HOST", "")
        if (line := self._through(key, environ, start_response)) is not None:
            return line
        if not self._asking.acquire(timeout=_PATIENCE):
            headers = [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), ("Retry-After", str(random.randint(2, 6)))]
            start_response("503 Service Unavailable", headers)
            return [live.TOO_MANY]
        try:
            return self._through(key, environ, start_response) or self._asked(key, environ, start_response)
        finally:
            self._asking.release()

    def _through(self, key: tuple[str, str], environ: dict, start_response: Callable) -> Iterable[bytes] | None:
        """The stream, where the door is open already."""
        door = self._doors.get(key)
        line = self._let_in(door.channel, environ) if door is not None else None
        if line is not None:
            start_response("200 OK", list(door.headers))
        return line

    def _asked(self, key: tuple[str, str], environ: dict, start_response: Callable) -> Iterable[bytes]:
        """The application's answer, which may open the door."""

        def begin(status: str, headers: list, exc_info=None) -> Callable:
            followed = environ.get(live.FOLLOWED)
            if followed is not None and status.startswith("200") and not any(n.lower() == "set-cookie" for n, _ in headers):
                if len(self._doors) >= _MOST:
                    self._doors.clear()
                self._doors[key] = _Door(followed, list(headers))
            return start_response(status, headers, *([exc_info] if exc_info else []))

        return self._inner(environ, begin)

    def _stranger(self, environ: dict) -> bool:
        return environ["REQUEST_METHOD"] == "GET" and not strangers.is_somebody(environ, self._session)

    def _let_in(self, channel: Channel, environ: dict) -> Iterable[bytes] | None:
        """The stream, if the channel is still followed and holds what is asked for, or is certain not to have it."""
        here, after = self._flask.extensions.get("live"), live.cursor(environ)
        if here is None or (after is not None and after > channel.head) or not here.enter(channel):
            return None
        begin, seq = live.beginning(channel.head, after)
        if seq < channel.floor:
            here.leave(channel)
            return None
        return live.line(here, channel, live.hello(here.streams) + begin, seq, environ)
