"""`launchpad up` itself, with all its real parts, on a data folder with a space in its name."""

import json
import re
import signal
import urllib.error
import urllib.request

import pytest

from launchpad.outside import processes, valkey
from tests.live.tree import Up, real
from tests.waiting import until


class Site(Up):
    def ready(self):
        """What /readyz says when all is in order, or nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return json.load(answer)
        except (OSError, urllib.error.HTTPError):
            return None

    def lines(self):
        """The command lines of all that lives, by pid."""
        return {pid: seen["command"] for pid in self.living() if (seen := processes.identity(pid))}


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "a data folder", real)
    yield site
    site.clean()


def test_it_comes_up_whole_and_leaves_nothing(site):
    site.start()
    assert until(lambda: site.whole() and site.ready(), 60), site.said()
    lines = " ".join(site.lines().values())
    for part in ("gunicorn", "launchpad worker", "launchpad timekeeper", "valkey-server"):
        assert part in lines
    assert len(site.lines()) >= 9  # Valkey, gunicorn and its worker, the workers and their supervisor, the timekeeper
    site.kill(site.process.pid, signal.SIGTERM)
    assert site.process.wait(30) == 0, site.said()
    assert not site.lines()
    assert not valkey.answers(valkey.socket_path(site.folder))
    assert not re.search("Traceback|exception", site.said()), site.said()


@pytest.mark.live
@pytest.mark.timeout(400)
def test_any_one_process_killed_needs_no_human(site):
    site.start()
    assert until(lambda: site.whole() and site.ready(), 60), site.said()
    for pid, line in site.lines().items():
        if processes.identity(pid) is None:
            continue  # went with one killed before it
        before = len(site.lines())
        site.kill(pid)
        assert until(lambda: processes.identity(pid) is None), line  # noqa: B023
        assert until(lambda: len(site.lines()) >= before and site.whole() and site.ready(), 60), (line, site.said())  # noqa: B023
    site.kill(site.process.pid, signal.SIGTERM)
    assert site.process.wait(30) == 0
    assert not site.lines()


@pytest.mark.live
def test_after_its_own_kill_the_next_one_ends_what_was_left(site):
    site.start()
    assert until(lambda: site.whole() and site.ready(), 60), site.said()
    web = site.pid("web")
    site.kill(site.process.pid)
    site.process.wait(30)
    left = set(site.lines())
    assert len(left) >= 9
    site.start()
    assert until(lambda: site.pid("web") not in (None, web) and site.whole() and site.ready(), 60), site.said()
    assert not left & set(site.lines())
    site.kill(site.process.pid, signal.SIGINT)
    assert site.process.wait(30) == 0
    assert not site.lines()


@pytest.mark.live
def test_it_stops_in_time_while_it_comes_up(site):
    for wait in (lambda: True, lambda: site.pid("valkey"), lambda: site.pid("web")):
        site.start()
        assert until(wait, 60)
        site.kill(site.process.pid, signal.SIGTERM)
        code = site.process.wait(30)
        # before its handlers stand, SIGTERM ends the process itself
        assert code in (0, -signal.SIGTERM), site.said()
        assert not site.lines()
