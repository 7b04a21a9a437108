"""Streams by the servers that really serve: gunicorn's threads on SQLite, its greenlets on PostgreSQL."""

import os
import subprocess
import urllib.request
from datetime import timedelta

import pytest

from launchpad import clock, serve
from launchpad.database import writing
from launchpad.models import Campaign, Entry, Person
from launchpad.services import thread
from tests.live.tree import ROOT, free_port
from tests.waiting import until
from tests.web.listening import Listener

pytestmark = pytest.mark.live


@pytest.fixture
def campaign(given) -> int:
    """The id of a campaign whose doors are open by the real clock; its slug is lamp."""
    return given.campaign("lamp", preview=clock.now() - timedelta(days=12)).id


@pytest.fixture
def port(app, settings, tmp_path):
    """The port of a gunicorn on the test's rows, with room for 20 streams."""
    port = free_port()
    environment = {
        **os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key, "LAUNCHPAD_DATA_DIR": str(tmp_path / "data"), "STREAM_LIMIT": "20",
        "BASE_URL": f"http://127.0.0.1:{port}", "WEB_CONCURRENCY": "1",
    }  # fmt: skip
    line = serve.command(settings, "127.0.0.1", port)
    with open(tmp_path / "web.log", "w") as log:
        process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        assert until(lambda: answers(port)), (tmp_path / "web.log").read_text()[-2000:]
        yield port
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200
    except OSError:
        return False


def test_twenty_viewers_get_what_another_process_writes_and_the_site_still_answers(campaign, given, port):
    person = given.person(member=True).id
    viewers = [Listener(port, "/lamp/thread/stream?after=0") for _ in range(20)]
    assert {viewer.status for viewer in viewers} == {200}
    assert Listener(port, "/lamp/thread/stream").status == 503
    for n in range(5):
        with writing() as session:
            entry = thread.post(session.get_one(Campaign, campaign), session.get_one(Person, person), f"Post {n}").id
    with writing() as session:
        thread.hide(session.get_one(Campaign, campaign), None, session.get_one(Entry, entry))
    for viewer in viewers:
        assert viewer.until(lambda v: len(v.ids) == 6) and viewer.ids == [1, 2, 3, 4, 5, 6]
        assert "Taken down" in next(words for id, _, words in viewer.messages if id == 6)
    assert answers(port)
    for viewer in viewers:
        viewer.close()
