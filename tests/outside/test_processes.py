"""Knowing our processes, by /proc and by ps."""

import os
import subprocess
import sys

import pytest

from launchpad.outside import processes


@pytest.fixture(params=["proc", "ps"])
def way(request, monkeypatch):
    if request.param == "proc" and not processes.HAS_PROC:
        pytest.skip("this system has no /proc")
    monkeypatch.setattr(processes, "HAS_PROC", request.param == "proc")


@pytest.fixture
def sleeper():
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(100)"],
        start_new_session=True,
        env={**os.environ, processes.MARK: "a tree of this test"},
    )
    yield child
    child.kill()
    child.wait()


def test_a_process_is_told_by_its_start(way, sleeper):
    seen = processes.identity(sleeper.pid)
    assert seen["pid"] == sleeper.pid and "time.sleep(100)" in seen["command"]
    assert processes.still(seen)
    assert processes.in_sessions({sleeper.pid}) == {sleeper.pid}
    sleeper.kill()
    sleeper.wait()
    assert processes.identity(sleeper.pid) is None
    assert not processes.still(seen)


def test_a_dead_child_nobody_asked_about_is_not_living(way, sleeper):
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
    assert processes.identity(sleeper.pid) is None


@pytest.mark.skipif(not processes.HAS_PROC, reason="this system has no /proc")
def test_marked_ones_are_found_and_ended(sleeper):
    assert processes.marked("a tree of this test") == {sleeper.pid}
    assert processes.marked("a tree") == set()
    processes.end({sleeper.pid}, 5)
    assert sleeper.wait(30) != 0
