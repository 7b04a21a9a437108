"""Around an opening, through a real server: no gate is early, and nothing disagrees with the moment that it states (P3)."""

import http.client
import os
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Variant
from launchpad.services.actors import HEADER, signature
from tests.live.site import Site
from tests.live.tree import free_port
from tests.make import PLAN
from tests.waiting import until

CLIENTS = 200 if os.environ.get("LIVE") else 20
AROUND = 0.2  # seconds before and after
PATHS = ("state.json", "", "buy", "thread", "thread/since/0", "thread.atom")


class Client(threading.Thread):
    """Somebody who asks for all of it, and tries to buy, beginning at an instant of their own."""

    def __init__(self, number, port, slug, secret, actor, token):
        super().__init__(daemon=True)
        self.number, self.slug, self.token, self.at = number, slug, token, 0.0
        self.headers = {HEADER: signature(secret, actor)}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.heard = []

    def run(self):
        time.sleep(max(0.0, self.at - time.time()))
        for path in (*PATHS[self.number % 6 :], *PATHS[: self.number % 6]):
            self.ask("GET", path)
            if path == "buy":
                self.buy()

    def buy(self):
        fields = {"csrf_token": self.token, "sku": "OAK", "quantity": "1", "key": f"key-{self.number}"}
        body = urlencode(fields | {"email": f"guest{self.number}@example.com", "name": "Guest"})
        self.ask("POST", "buy", body)

    def ask(self, verb, path, body=None):
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        for last in (False, True):  # a server may end a connection that was idle; the key makes a POST safe to repeat
            try:
                self.connection.request(verb, f"/{self.slug}/{path}", body, {**self.headers, **form})
                answer = self.connection.getresponse()
                break
            except (ConnectionError, http.client.BadStatusLine):
                self.connection.close()
                if last:
                    raise
        text = answer.read().decode()
        self.heard.append((verb, path, answer.status, dict(answer.headers), text, datetime.now(UTC)))


def judge(verb, path, status, headers, text, heard_at, opening):
    """One answer against the opening; whether it was of after it, or None when it states no moment."""
    age = re.search(r"max-age=(\d+)", headers["Cache-Control"])
    if age and heard_at < opening:
        assert heard_at + timedelta(seconds=int(age[1])) <= opening, (path, headers["Cache-Control"])
    if verb == "POST" and status == 303:
        return True
    stated = re.search(r'"now":\s*"([^"]+)"' if path == "state.json" else 'data-now="([^"]+)"', text)
    if stated is None:
        return None
    after = datetime.fromisoformat(stated[1]) >= opening
    if path == "state.json":
        assert ('"selling":true' in text.replace(" ", "")) == after, "state.json contradicts itself"
    else:
        assert ('data-phase="launch"' in text) == after, path
    if verb == "POST":
        assert status == 422 and headers["X-Refusal"] == "no_place" and not after, (status, headers.get("X-Refusal"))
    elif path == "buy":
        assert ('name="quantity"' in text) == after, "the page of buying disagrees with the gate"
    return after


@pytest.fixture
def site(app, settings):
    port = free_port()
    site = Site(settings, BASE_URL=f"http://127.0.0.1:{port}", WEB_CONCURRENCY="2")
    site.port = port
    yield site
    site.clean()


def answers(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read().decode() if answer.status == 200 else ""
    except OSError:
        return ""
    finally:
        connection.close()


def test_every_instant_around_the_opening_is_asked(app, site, given, settings):
    site.start("web", "--port", str(site.port))
    assert until(lambda: answers(site.port, "/healthz"), 60)
    launch = next(after for name, _, after in PLAN if name == "launch")
    campaign = given.campaign("lamp", preview=clock.now() + timedelta(hours=1) - launch, stock=1000)
    token = re.search(r'name="csrf_token" value="([^"]+)"', answers(site.port, "/sign-in"))[1]
    assert answers(site.port, "/lamp/") and answers(site.port, "/lamp/thread")  # its templates are loaded
    clients = [
        Client(number, site.port, "lamp", settings.secret_key, f"{campaign.id}:{number}", token)
        for number in range(CLIENTS)
    ]
    with writing() as session:
        away = clock.now() + timedelta(seconds=1.5) - campaign.milestone("launch").due
        for milestone in session.get(Campaign, campaign.id).milestones:
            milestone.due += away
        opening = session.get(Campaign, campaign.id).milestone("launch").due
    for client in clients:  # every fourth begins a second early: its first answers are of before, however slow the machine
        begin = -AROUND * (5 if client.number % 4 == 0 else 1) + 2 * AROUND * client.number / CLIENTS
        client.at = opening.timestamp() + begin
        client.start()
    for client in clients:
        client.join(90)
    heard = [each for client in clients for each in client.heard]
    assert len(heard) == CLIENTS * (len(PATHS) + 1) and all(status < 500 for _, _, status, *_ in heard)
    sides = [judge(*each, opening) for each in heard]
    print(f"{len(heard)} answers, {sides.count(False)} of before and {sides.count(True)} of after the opening")
    assert False in sides and True in sides, "it was not asked on both sides"
    db.session.rollback()
    bought = sum(1 for verb, _, status, *_ in heard if verb == "POST" and status == 303)
    moments = list(db.session.scalars(select(Order.at)))
    assert len(moments) == bought and all(at >= opening for at in moments), "a gate was early"
    with writing() as session:
        assert session.scalar(select(Variant.taken)) == bought
    assert site.doctor("processes", "timetable") == {}  # nobody keeps time here
