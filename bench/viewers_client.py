"""Viewers of one stream of server-sent events, all in this process, and somebody who posts while they watch.

Reads what to do as JSON from its standard input, says `up` when all are connected, and ends with one JSON line of figures.
A viewer answers for what was posted from one second after it first connected to two seconds before the end.
"""

import asyncio
import json
import random
import re
import resource
import sys
import time
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.client import Request, fire_one  # noqa: E402 (the project's folder has to be on the path first)

TOKEN = re.compile(rb"T(\d{10}\.\d{6})T")
ID = re.compile(rb"(?m)^id: ?(\d+)\r?$")
RETRY = re.compile(rb"(?m)^retry: ?(\d+)\r?$")
PER_SOURCE = 20_000  # a source address has some 28,000 ports
AT_ONCE = 100  # connections begun together at the beginning
WAITS = 90  # seconds until all must be up


class Line(asyncio.Protocol):
    """One connection of a viewer."""

    def __init__(self, viewer: "Viewer"):
        self.viewer, self.tail, self.begun = viewer, b"", False

    def connection_made(self, transport) -> None:
        self.transport, viewer, self.asked = transport, self.viewer, time.time()
        last = f"Last-Event-ID: {viewer.last}\r\n" if viewer.last else ""
        transport.write(f"GET {viewer.path} HTTP/1.1\r\nHost: {viewer.host}\r\nAccept: text/event-stream\r\n{last}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        now, viewer = time.time(), self.viewer
        if not self.begun:
            self.tail += data
            if b"\r\n\r\n" not in self.tail:
                return
            head, data = self.tail.split(b"\r\n\r\n", 1)
            self.tail, self.begun = b"", True
            status = head.split(b" ", 2)[1].decode()
            viewer.crowd.status[status] = viewer.crowd.status.get(status, 0) + 1
            if status != "200":
                self.transport.close()
                return
            viewer.since = viewer.since or now
            viewer.up = True
        block = self.tail + data
        cut = block.rfind(b"\n\n") + 2 if b"\n\n" in block else 0
        self.tail, block = block[cut:], block[:cut]
        if block:
            viewer.read(block, now, self.asked)

    def connection_lost(self, _error) -> None:
        viewer = self.viewer
        viewer.up = False
        if not viewer.leaving:
            viewer.crowd.dropped += 1
            viewer.return_after(random.uniform(0.5, 1) * viewer.retry if self.begun else random.uniform(0.5, 2))


class Viewer:
    """Somebody who watches, over however many connections."""

    def __init__(self, crowd: "Crowd", number: int):
        self.crowd, self.path, self.host = crowd, crowd.asked["path"], crowd.asked["host"]
        self.source = (f"127.0.0.{2 + number // PER_SOURCE}", 0)
        self.last = self.twice = self.disordered = 0
        self.seen: set[bytes] = set()
        self.since: float | None = None
        self.retry = 2.0
        self.up = self.leaving = False
        self.line: Line | None = None

    def read(self, block: bytes, now: float, asked: float) -> None:
        for found in ID.findall(block):
            seq = int(found)
            self.disordered += seq <= self.last
            self.last = max(self.last, seq)
        for stamp in TOKEN.findall(block):
            if stamp in self.seen:
                self.twice += 1
            else:
                self.seen.add(stamp)
                self.crowd.delays.append(now - float(stamp))
                if float(stamp) < asked:  # said while they were away: late for a reason of their own
                    self.crowd.caught_up.append(now - asked)
                else:
                    self.crowd.there.append(now - float(stamp))
        if found := RETRY.search(block):
            self.retry = int(found[1]) / 1000
        self.crowd.resets += block.count(b"event: reset")

    async def sit(self) -> None:
        loop = asyncio.get_running_loop()
        where = self.host.rsplit(":", 1)
        try:
            _, self.line = await loop.create_connection(lambda: Line(self), where[0], int(where[1]), local_addr=self.source)
        except OSError:
            self.crowd.status["refused"] = self.crowd.status.get("refused", 0) + 1
            self.return_after(random.uniform(0.5, 2))

    def return_after(self, seconds: float) -> None:
        async def back() -> None:
            await asyncio.sleep(seconds)
            self.leaving = False
            await self.sit()

        if not self.crowd.over:
            self.crowd.start(back())

    def drop(self) -> None:
        if self.up:
            self.leaving = True
            self.line.transport.abort()
            self.return_after(random.uniform(0.1, 0.9))


class Crowd:
    """All viewers, what they saw, and the one who posts."""

    def __init__(self, asked: dict):
        self.asked, self.over = asked, False
        self.status: dict[str, int] = {}
        self.delays: list[float] = []
        self.there: list[float] = []  # of those who followed when it was said
        self.caught_up: list[float] = []  # from coming back until it came, of those who were away
        self.resets = self.dropped = self.refused = 0
        self.running: set[asyncio.Task] = set()
        self.posted: list[str] = []
        self.viewers = [Viewer(self, number) for number in range(asked["viewers"])]
        self.ways = cycle(asked["posts"])

    def start(self, work) -> None:
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def post(self) -> None:
        stamp, way = f"{time.time():.6f}", next(self.ways)
        put = lambda text: text.replace("TOKEN", f"T{stamp}T")  # noqa: E731
        fields = {name: put(text) for name, text in way["fields"].items()}
        status = await fire_one(self.asked["host"], Request(way["path"], fields, way["headers"]))
        if status in (200, 201, 202, 303):
            self.posted.append(stamp)
        else:
            self.refused += 1

    async def watch(self) -> dict:
        asked, begun = self.asked, time.time()
        for start in range(0, len(self.viewers), AT_ONCE):
            await asyncio.gather(*(viewer.sit() for viewer in self.viewers[start : start + AT_ONCE]))
        while not all(viewer.since for viewer in self.viewers) and time.time() - begun < WAITS:
            await asyncio.sleep(0.05)
        connected = time.time() - begun
        await asyncio.sleep(2)
        print("up", flush=True)
        start = due = shuffle = time.time()
        fewest, fell, rose = len(self.viewers), 0.0, 0.0
        while (now := time.time()) - start < asked["seconds"]:
            if now >= due:
                due += 1 / asked["rate"]
                self.start(self.post())
            if asked["drop"] and now >= shuffle:
                shuffle += 1
                for viewer in random.sample(self.viewers, int(len(self.viewers) * asked["drop"])):
                    viewer.drop()
            up = sum(viewer.up for viewer in self.viewers)
            if up < 0.9 * len(self.viewers) and not fell:
                fell = now
            rose = now if fell and not rose and up == len(self.viewers) else rose
            fewest = min(fewest, up)
            await asyncio.sleep(0.05)
        await asyncio.sleep(3)
        self.over = True
        return self.figures(connected, fewest, rose - fell if rose else None)

    def figures(self, connected: float, fewest: int, back: float | None) -> dict:
        last, delays = time.time() - 5, sorted(self.delays)
        apart = {}
        if self.caught_up:
            apart = {"p99_there_ms": _at(0.99, sorted(self.there)), "p99_back_ms": _at(0.99, sorted(self.caught_up))}
        owed = lambda one: {s.encode() for s in self.posted if one.since and one.since + 1 < float(s) < last}  # noqa: E731
        return {
            "viewers": len(self.viewers), "up": sum(viewer.up for viewer in self.viewers), "connected_s": round(connected, 1),
            "status": self.status, "posted": len(self.posted), "post_refused": self.refused, "p50_ms": _at(0.5, delays),
            "p99_ms": _at(0.99, delays), "most_ms": _at(1, delays), **apart,
            "missing": sum(len(owed(one) - one.seen) for one in self.viewers),
            "twice": sum(one.twice for one in self.viewers), "disordered": sum(one.disordered for one in self.viewers),
            "resets": self.resets, "dropped": self.dropped, "fewest_up": fewest, "back_s": back and round(back, 1),
        }  # fmt: skip


def _at(share: float, delays: list[float]) -> int | None:
    """The delay in ms that so large a share of them does not exceed; they are sorted."""
    return round(delays[min(len(delays) - 1, int(len(delays) * share))] * 1000) if delays else None


async def main() -> None:
    """Watch as asked."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(json.dumps(await Crowd(json.load(sys.stdin)).watch()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
