"""The public launch page for a stranger, beside Flask answering the same number of bytes on the same server.

Both servers are up at once and are asked in turns, so that whatever else the machine does meets both. With viewers, so
many people follow the thread of the measured site meanwhile, and a post a second is sent to it.
"""

import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench import campaign, servers
from bench.rate import rate
from launchpad.app import create_app
from launchpad.config import Settings
from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.services import thread

TURNS, SECONDS = 5, 4.0
PATIENCE = 120  # seconds for all viewers to be there
WANTED = {"page": 0.5, "page_with_viewers": 0.25}


def measure(database: str, viewers: int = 0) -> dict:
    """The figures on one database. Raises AssertionError when an answer is not a page."""
    with servers.place(database) as environment:
        servers.run(environment, "migrate")
        slug = campaign.load(environment, "launch", 300)
        write = Writer(environment, slug)
        for _ in range(20):
            write()
        many = {**environment, "STREAM_LIMIT": str(max(200, viewers + 500))}
        with servers.serving(many) as address:
            size = len(_page(f"{address}/{slug}/"))
            floor = {**many, "SIZE": str(size), "BASE_URL": f"http://127.0.0.1:{servers.free_port()}"}
            with servers.serving(floor, "bench.floor_page:app", "/") as hello:
                with _followed(f"{address}/{slug}/thread/stream?after=20", viewers, write) as lost:
                    page, empty = _turns(address, f"/{slug}/", hello)
                    assert not lost, "a viewer was lost"
    name = "page_with_viewers" if viewers else "page"
    figures = {"hello_s": round(empty), "page_s": round(page), "ratio": round(page / empty, 2), "wanted": WANTED[name]}
    return {"database": database, "bytes": size, "viewers": viewers, **figures}


def _page(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=20) as answer:
        body = answer.read()
    assert b"Buy now" in body
    return body


def _turns(address: str, path: str, hello: str) -> tuple[float, float]:
    """The median rate of the page and of the floor, asked in turns; the first turn of each warms up."""
    pages, floors = [], []
    for _ in range(TURNS + 1):
        pages.append(rate(address, path, SECONDS))
        floors.append(rate(hello, "/", SECONDS))
    return median(pages[1:]), median(floors[1:])


class Writer:
    """Somebody of the team who posts into the thread, past the web."""

    def __init__(self, environment: dict, slug: str):
        self.app, self.slug = create_app(Settings.from_environment(environment)), slug
        with self.app.app_context(), writing() as session:
            session.add(person := Person(email="writer@example.com", name="Writer"))
            session.flush()
            self.id = person.id

    def __call__(self) -> None:
        with self.app.app_context():
            with writing():
                found = db.session.query(Campaign).filter_by(slug=self.slug).one()
                thread.report(found, f"said:{found.seq}", "One sentence that **somebody** says on the day.", "update")
            db.session.remove()


@contextmanager
def _followed(url: str, viewers: int, write: Writer) -> Iterator[list[str]]:
    """So many people follow, and something is said each second. Yields a list that fills when followers are lost."""
    lost: list[str] = []
    if not viewers:
        yield lost
        return
    line = [sys.executable, str(Path(__file__).with_name("followers.py")), url, str(viewers)]
    followers = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    over = threading.Event()
    pace = threading.Thread(target=_pace, args=(write, over, followers, lost), daemon=True)
    try:
        kill = threading.Timer(PATIENCE, followers.kill)
        kill.start()
        assert followers.stdout.readline().strip() == "up", "not all viewers came"
        kill.cancel()
        pace.start()
        yield lost
    finally:
        over.set()
        followers.kill()
        followers.wait(10)


def _pace(write: Writer, over: threading.Event, followers: subprocess.Popen, lost: list[str]) -> None:
    while not over.wait(1):
        write()
        if followers.poll() is not None:
            lost.append("followers")
