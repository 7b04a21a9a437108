"""What may break while people follow: parts killed with -9, Valkey away, viewers that stop reading. Everyone's list in the
end is the database's.
"""

import os
import re
import signal
import socket
import threading
import time
import urllib.request
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Person
from launchpad.outside import valkey
from launchpad.services import thread
from tests.live.tree import until
from tests.web.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]


@pytest.fixture
def campaign(given) -> int:
    return given.campaign("lamp", preview=clock.now() - timedelta(days=12)).id


@pytest.fixture
def web(site):
    """Starts the web process, with one gunicorn worker."""
    site.environment["WEB_CONCURRENCY"] = "1"

    def start():
        process = site.start("web", "--port", str(site.port))
        assert until(lambda: answers(site.address), 90)
        return process

    return start


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address + "/healthz", timeout=5).status == 200
    except OSError:
        return False


class Follower(threading.Thread):
    """Somebody who follows and comes back by themselves, with the last number they saw."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.port, self.ids, self.resets, self.over, self.up = port, [], 0, False, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over:
            try:
                last = {"Last-Event-ID": str(self.ids[-1])} if self.ids else {}
                line = Listener(self.port, "/lamp/thread/stream?after=0", last)
                line.socket.settimeout(1)
                self.up.set()
                while not line.ended and not self.over:
                    line.until(lambda v: v.messages)
                    self.ids += line.ids
                    self.resets += sum(event == "reset" for _, event, _ in line.messages)
                    line.messages.clear()
                line.close()
            except (OSError, ValueError, IndexError):
                time.sleep(0.2)


def back() -> bool:
    """Whether the database answers again."""
    try:
        return db.session.scalar(text("select 1")) == 1
    except OperationalError:
        db.session.rollback()
        return False


def say(campaign: int, person: int, words: str) -> int:
    with writing() as session:
        return thread.post(session.get_one(Campaign, campaign), session.get_one(Person, person), words).id


def seen_by_all(followers: list[Follower], newest: int) -> bool:
    return until(lambda: all(f.ids and f.ids[-1] >= newest for f in followers), 60)


def numbers(campaign: int) -> list[int]:
    db.session.rollback()
    return [seq for (seq,) in db.session.query(Event.seq).filter_by(campaign_id=campaign).order_by(Event.seq)]


def test_the_web_process_killed_twice_under_its_viewers(site, web, campaign, given):
    person = given.person(role="moderator").id
    process = web()
    followers = [Follower(site.port) for _ in range(20)]
    assert all(follower.up.wait(90) for follower in followers)
    for round in range(2):
        for n in range(3):
            say(campaign, person, f"Before {round} {n}")
        site.kill(process)
        say(campaign, person, f"While it is away {round}")
        process = web()
        say(campaign, person, f"After {round}")
    all_of_it = numbers(campaign)
    assert seen_by_all(followers, all_of_it[-1])
    for follower in followers:
        follower.over = True
        assert follower.ids == all_of_it and follower.resets == 0


def test_valkey_and_the_database_away_under_the_viewers(site, web, campaign, given, tmp_path):
    """Valkey killed and gone for some seconds, then back empty; a process of PostgreSQL killed, so that it recovers. Nothing
    is lost.
    """
    person = given.person(role="moderator").id
    server = valkey.start(tmp_path)
    try:
        site.environment["REDIS_URL"] = valkey.url(tmp_path)
        web()
        followers = [Follower(site.port) for _ in range(5)]
        assert all(follower.up.wait(90) for follower in followers)
        say(campaign, person, "Before")
        server.kill()
        server.wait(10)
        for n in range(4):
            say(campaign, person, f"While it is away {n}")
            time.sleep(1)
        assert seen_by_all(followers, numbers(campaign)[-1])  # by the look of each second
        assert answers(site.address)
        server = valkey.start(tmp_path)
        if db.engine.dialect.name == "postgresql":
            mine = "datname = current_database() and pid <> pg_backend_pid()"
            victim = db.session.scalar(text(f"select pid from pg_stat_activity where {mine} limit 1"))
            db.session.remove()
            db.engine.dispose()
            os.kill(victim, signal.SIGKILL)  # one of the server's processes: it ends all others and recovers
            assert until(back, 60)
        say(campaign, person, "After")
        all_of_it = numbers(campaign)
        assert seen_by_all(followers, all_of_it[-1])
        for follower in followers:
            follower.over = True
            assert follower.ids == all_of_it and follower.resets == 0
    finally:
        server.kill()
        server.wait(10)


def test_viewers_that_stop_reading_disturb_nobody(site, web, campaign, given):
    """Their memory in the server is bounded; who reads on gets everything; they too, once they read again."""
    person = given.person(role="moderator").id
    process = web()
    stalled = []
    for _ in range(500):
        end = socket.socket()
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end.connect(("127.0.0.1", site.port))
        end.sendall(b"GET /lamp/thread/stream?after=0 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % site.port)
        stalled.append(end)
    brisk = [Follower(site.port) for _ in range(5)]
    assert all(follower.up.wait(90) for follower in brisk)
    before = resident(process.pid)
    posts = [say(campaign, person, "word " * 350 + f"number {n}.") for n in range(120)]
    with writing() as session:
        thread.hide(session.get_one(Campaign, campaign), None, session.get_one(Entry, posts[-1]))
    all_of_it = numbers(campaign)
    assert seen_by_all(brisk, all_of_it[-1])
    assert [follower.ids for follower in brisk] == [all_of_it] * 5
    assert answers(site.address)
    assert resident(process.pid) - before < 60 * 1024  # KiB: 500 of them hold no copies of what waits for them
    late = stalled[0]
    late.settimeout(20)
    raw = b""
    while b"id: %d\n" % all_of_it[-1] not in raw:
        assert (got := late.recv(65536)), "hung up on"
        raw += got
    assert [int(n) for n in re.findall(rb"\nid: (\d+)\n", b"\n" + raw)] == all_of_it
    assert b"number 118." in raw and b"number 119." not in raw  # hidden before it was sent to them
    for end in stalled:
        end.close()
    for follower in brisk:
        follower.over = True


def resident(pid: int) -> int:
    """KiB that the workers of a gunicorn hold."""
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    return sum(int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{child}/status").read())[1]) for child in children)
