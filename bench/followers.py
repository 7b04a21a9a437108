"""People who follow the thread and do nothing else: `followers.py URL MANY` opens so many streams and says so on stdout.

A process of its own, so that what it costs is not the measuring client's; it reads what comes until it is ended.
"""

import resource
import selectors
import socket
import sys
from urllib.parse import urlsplit

PER_SOURCE = 20_000  # a source address has some 28,000 ports
_AT_ONCE = 200  # connections that wait for their first bytes


def main(url: str, many: int) -> None:
    """Open the streams and read them until the end. Raises AssertionError when one is refused."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    parts = urlsplit(url)
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
    ready, up, opened = selectors.DefaultSelector(), set(), 0
    while True:
        while opened < many and opened - len(up) < _AT_ONCE:
            source = (f"127.0.0.{2 + opened // PER_SOURCE}", 0)
            line = socket.create_connection((parts.hostname, parts.port), 30, source)
            line.sendall(request)
            ready.register(line, selectors.EVENT_READ)
            opened += 1
        for key, _ in ready.select(1):
            came = key.fileobj.recv(65536)
            assert came, "a follower was hung up on"
            if key.fd not in up:
                assert came.startswith(b"HTTP/1.1 200"), came[:80]
                up.add(key.fd)
                if len(up) == many:
                    print("up", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
