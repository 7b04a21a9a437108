"""A viewer of a live stream that reads a raw socket, and a real server for it to read from."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from tests.waiting import until


@contextmanager
def serving(app) -> Iterator[int]:
    """The app on a port of its own, a thread a connection, for as long as the block lasts.

    Its streams end with it: the server would find out only at its second ping that somebody is gone, and until then count
    them among those who follow in the next test.
    """
    app.extensions.pop("live", None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()
        _end_streams(app)


def _end_streams(app) -> None:
    here = app.extensions.pop("live", None)
    for channel in list(here.channels.values()) if here else ():
        channel.end("reset")
    assert not here or until(lambda: not here.streams), f"{here.streams} streams do not end"


class Listener:
    """One open stream. `messages` are (id, event, data) of what arrived so far; comments are counted."""

    def __init__(self, port: int, path: str, headers: dict[str, str] | None = None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.raw, self.buffer, self.messages, self.comments, self.ended = b"", b"", [], 0, False
        while b"\r\n\r\n" not in self.raw and self._more():
            pass
        head, _, self.raw = self.raw.partition(b"\r\n\r\n")
        self.status = int(head.split()[1])
        self.headers = dict(re.findall(r"(?m)^([\w-]+): ([^\r\n]*)", head.decode()))
        self._parse()

    def _more(self) -> bool:
        try:
            got = self.socket.recv(65536)
        except TimeoutError:
            return False
        self.raw += got
        self.ended = self.ended or not got
        return bool(got)

    def _unpack(self) -> None:
        """Take what has come out of its chunks."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            self.buffer, self.raw = self.buffer + self.raw, b""
            return
        while b"\r\n" in self.raw:
            size, _, rest = self.raw.partition(b"\r\n")
            length = int(size, 16)
            if len(rest) < length + 2:
                return
            self.buffer, self.raw = self.buffer + rest[:length], rest[length + 2 :]
            self.ended = self.ended or length == 0

    def _parse(self) -> None:
        self._unpack()
        *whole, self.buffer = self.buffer.split(b"\n\n")
        for block in whole:
            fields: dict[str, str] = {}
            for line in block.decode().split("\n"):
                name, _, value = line.partition(":")
                if not name:
                    self.comments += 1
                else:
                    fields[name] = fields[name] + "\n" + value.strip() if name in fields else value.strip()
            if fields.keys() - {"retry"}:
                self.messages.append(
                    (int(fields["id"]) if "id" in fields else None, fields.get("event", ""), fields.get("data", ""))
                )

    def until(self, condition, rounds: int = 400) -> bool:
        """Read until the condition on this listener is true; False when nothing more came."""
        for _ in range(rounds):
            if condition(self):
                return True
            if self.ended or not self._more():
                return condition(self)
            self._parse()
        return condition(self)

    @property
    def ids(self) -> list[int]:
        return [id for id, _, _ in self.messages if id is not None]

    @property
    def text(self) -> str:
        return "\n".join(data for _, _, data in self.messages)

    def close(self) -> None:
        self.socket.close()
