"""The door of the live thread: strangers who follow, let in without asking the application or the database.

Once the application has let one stranger in, all others may come too: phases only go forward. So after a restart, when
everybody who followed comes back, each costs no more than a look at the channel. Whoever might be somebody, or comes from
further back than the channel keeps, is answered by the application.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask

from launchpad.services.actors import HEADER as ACTOR
from launchpad.web import live
from launchpad.web.channels import Channel

_PATH = re.compile(r"/([a-z0-9-]{1,80})/thread/stream")
_SOMEBODY = "HTTP_AUTHORIZATION", "HTTP_" + ACTOR.upper().replace("-", "_")
_MOST = 100  # doors: campaigns by the hosts that they are reached at


@dataclass(frozen=True)
class _Door:
    channel: Channel
    headers: list[tuple[str, str]]


class Doorway:
    """A WSGI app in front of the application's own."""

    def __init__(self, app: Flask, inner: Callable):
        self._flask, self._inner = app, inner
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._doors: dict[tuple[str, str], _Door] = {}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path is None or not self._stranger(environ):
            return self._inner(environ, start_response)
        key = path[1], environ.get("HTTP_HOST", "")
        if (door := self._doors.get(key)) is not None and (line := self._let_in(door, environ)) is not None:
            start_response("200 OK", list(door.headers))
            return line

        def begin(status: str, headers: list, exc_info=None) -> Callable:
            followed = environ.get(live.FOLLOWED)
            if followed is not None and status.startswith("200") and not any(n.lower() == "set-cookie" for n, _ in headers):
                if len(self._doors) >= _MOST:
                    self._doors.clear()
                self._doors[key] = _Door(followed, list(headers))
            return start_response(status, headers, *([exc_info] if exc_info else []))

        return self._inner(environ, begin)

    def _stranger(self, environ: dict) -> bool:
        if environ["REQUEST_METHOD"] != "GET" or self._session in environ.get("HTTP_COOKIE", ""):
            return False
        return not any(name in environ for name in _SOMEBODY)

    def _let_in(self, door: _Door, environ: dict) -> Iterable[bytes] | None:
        """The stream, if the channel is still followed and holds all that is asked for."""
        here, channel = self._flask.extensions.get("live"), door.channel
        after = live.cursor(environ)
        seq = channel.head if after is None else after
        if here is None or not channel.floor <= seq <= channel.head or not here.enter(channel):
            return None
        if seq < channel.floor:  # it moved on meanwhile
            here.leave(channel)
            return None
        return live.line(here, channel, live.hello(here.streams), seq, environ)
