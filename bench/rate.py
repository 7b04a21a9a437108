"""How many answers a second a server gives to one request, asked over kept-open connections by a client that costs little.

`bench.client` reads each answer whole, which costs more than a kept page does; this one counts bytes.
"""

import selectors
import socket
import time
from urllib.parse import urlsplit

_LENGTH = b"ontent-length: "


class _Line:
    """One connection: how much of its answer is still to come."""

    def __init__(self, address: tuple[str, int], request: bytes):
        self.request, self.head, self.left = request, b"", 0
        self.socket = socket.create_connection(address, 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Read what came; True when the answer is whole. Raises AssertionError when it is not a 200 with a length."""
        came = self.socket.recv(262144)
        assert came, "the server hung up"
        if not self.left:
            self.head += came
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.head[:end].lower()
            assert head.startswith(b"http/1.1 200"), head[:80]
            at = head.find(_LENGTH)
            assert at >= 0, "an answer without its length"
            self.left = end + 4 + int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) - len(self.head)
            self.head = b""
        else:
            self.left -= len(came)
        return self.left == 0


def rate(base_url: str, path: str, seconds: float, connections: int = 32) -> float:
    """Answers a second to a stranger's GET of `path`, over so many seconds."""
    parts = urlsplit(base_url)
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: bench\r\n\r\n".encode()
    ready, answers = selectors.DefaultSelector(), 0
    lines = [_Line((parts.hostname, parts.port), request) for _ in range(connections)]
    try:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.ask()
        begun = time.perf_counter()
        while (spent := time.perf_counter() - begun) < seconds:
            for key, _ in ready.select(1):
                if key.data.read():
                    answers += 1
                    key.data.ask()
        return answers / spent
    finally:
        for line in lines:
            line.socket.close()
