"""A load client: many kept-open connections of one process, standard library only.

`fire` sends each request of a list once, as fast as the server answers over so many connections at a time.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass
class Request:
    """One request; `fields` make it a POST of a form."""

    path: str
    fields: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def wire(self, host: str) -> bytes:
        """The request as it goes over the socket."""
        body = urlencode(self.fields).encode() if self.fields is not None else b""
        lines = [f"{'POST' if self.fields is not None else 'GET'} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.fields is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Answer:
    """What came: `status` 0 when the connection broke before an answer."""

    status: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Volley:
    """The answers to a list of requests, in its order, and how long the whole took."""

    answers: list[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.answers) / self.seconds

    def statuses(self) -> dict[int, int]:
        """How often each status came."""
        counts: dict[int, int] = {}
        for answer in self.answers:
            counts[answer.status] = counts.get(answer.status, 0) + 1
        return dict(sorted(counts.items()))

    def percentile(self, share: float) -> float:
        """Seconds that this share of the answers took at most."""
        times = sorted(answer.seconds for answer in self.answers)
        return times[min(len(times) - 1, int(len(times) * share))]


def fire(base_url: str, requests: list[Request], connections: int = 32, keep: bool = True) -> Volley:
    """Send every request once. With `keep` False each has a connection of its own, as strangers have."""
    return asyncio.run(_fire(base_url, requests, connections, keep))


async def fire_one(host: str, request: Request) -> int:
    """Send one request over a connection of its own; the status, 0 when the connection broke before an answer."""
    name, _, port = host.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(name, int(port))
        try:
            writer.write(request.wire(host))
            async with asyncio.timeout(60):
                return (await _answer(reader))[0]
        finally:
            writer.close()
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        return 0


async def _fire(base_url: str, requests: list[Request], connections: int, keep: bool) -> Volley:
    parts = urlsplit(base_url)
    answers: list[Answer | None] = [None] * len(requests)
    left = iter(range(len(requests)))
    wires = [request.wire(parts.netloc) for request in requests]

    async def one_by_one() -> None:
        reader = writer = None
        for at in left:
            begun = time.perf_counter()
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
                writer.write(wires[at])
                async with asyncio.timeout(60):  # without a task of its own, as wait_for has: the client shares the processors
                    status, headers, body = await _answer(reader)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                status, headers, body = 0, {}, b""
            answers[at] = Answer(status, time.perf_counter() - begun, headers, body)
            if writer is not None and (not keep or not status or headers.get("connection") == "close"):
                writer.close()
                reader = writer = None
        if writer is not None:
            writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one_by_one() for _ in range(min(connections, len(requests)))))
    return Volley([answer for answer in answers if answer is not None], time.perf_counter() - begun)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body
