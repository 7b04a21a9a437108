"""The supervisor's own rules, on the smallest of children."""

import json
import os
import signal
import sys
import time

import pytest

from launchpad import supervisor
from launchpad.outside import processes
from launchpad.outside.forked import Forked
from launchpad.supervisor import Part, Tree


def looked(tree, condition, seconds=20.0):
    """Look after the tree until the condition holds; whether it did."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        tree.look()
        time.sleep(0.01)
    return condition()


@pytest.fixture
def logged(monkeypatch):
    """What the supervisor logged: event and facts."""
    lines = []
    monkeypatch.setattr(supervisor, "log", lambda event, **facts: lines.append({"event": event, **facts}))
    return lines


def test_what_dies_at_once_waits_longer_each_time(logged):
    tree = Tree([Part("brief", [sys.executable, "-c", "raise SystemExit(3)"])])
    tree.start()
    deaths = lambda: [line for line in logged if line["event"] == "died"]  # noqa: E731
    assert looked(tree, lambda: len(deaths()) == 4)
    tree.stop()
    assert [line["code"] for line in deaths()] == [3, 3, 3, 3]
    assert [line["again_in_s"] for line in deaths()] == [0.2, 0.4, 0.8, 1.6]


def test_what_has_proven_itself_starts_again_at_once(logged, monkeypatch):
    tree = Tree([Part("brief", [sys.executable, "-c", ""])])
    tree.start()
    assert looked(tree, lambda: sum(line["event"] == "died" for line in logged) == 2)
    monkeypatch.setattr(supervisor, "PROVEN", 0.0)
    assert looked(tree, lambda: sum(line["event"] == "died" for line in logged) == 3)
    tree.stop()
    assert [line["again_in_s"] for line in logged if line["event"] == "died"] == [0.2, 0.4, 0.2]


def test_a_part_that_cannot_start_leaves_the_others_running(logged):
    fail = []

    def before():
        if fail:
            raise OSError("no room")

    sleeper = [sys.executable, "-c", "import time; time.sleep(100)"]
    tree = Tree([Part("steady", sleeper), Part("unlucky", [sys.executable, "-c", ""], before=before)])
    tree.start()
    fail.append(True)
    assert looked(tree, lambda: any(line["event"] == "cannot start" for line in logged))
    assert tree.running[0].alive()
    tree.stop()
    assert not tree.running[0].alive()


def test_the_last_parts_outlive_the_others(tmp_path):
    code = """
import signal, sys, time
def leave(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
open(sys.argv[1], "a").write("up ")
time.sleep(100)
"""
    told = tmp_path / "told"
    told.touch()
    line = lambda name: [sys.executable, "-c", code, str(told), name]  # noqa: E731
    tree = Tree([Part("store", line("store"), last=True), Part("one", line("one")), Part("two", line("two"))])
    tree.start()
    assert looked(tree, lambda: told.read_text() == "up up up ")
    tree.stop()
    words = told.read_text().split()
    assert sorted(words[3:5]) == ["one", "two"] and words[5:] == ["store"]


def test_a_function_is_kept_alive_as_a_fork(tmp_path):
    told = tmp_path / "told"

    def run():
        with open(told, "a") as file:
            file.write(f"{os.getpid()} {os.getsid(0)}\n")
        time.sleep(100)

    tree = Tree([Part("fork", run)])
    tree.start()
    assert looked(tree, lambda: told.exists() and told.read_text().count("\n") == 1)
    os.kill(tree.running[0].child.pid, signal.SIGKILL)
    assert looked(tree, lambda: told.read_text().count("\n") == 2)
    tree.stop()
    pids = [line.split() for line in told.read_text().splitlines()]
    assert all(pid == session for pid, session in pids)
    assert not any(processes.identity(int(pid)) for pid, _ in pids)


@pytest.mark.parametrize(
    "run, code",
    [
        (lambda: None, 0),
        (lambda: sys.exit(4), 4),
        (lambda: sys.exit("words"), 1),
        (lambda: [][0], 1),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), -signal.SIGTERM),
    ],
)
def test_a_fork_tells_how_it_ended(run, code):
    assert Forked(run).wait(20) == code


def test_a_pid_on_record_counts_only_with_its_start():
    me = processes.identity(os.getpid())
    assert processes.still(me)
    assert not processes.still({**me, "started": "another day"})
    assert not processes.still(None)
    assert not processes.still({"pid": "1"})


def test_a_broken_record_is_no_leftover(tmp_path):
    for text in ("", "[1]", "{", json.dumps({"web": None}), json.dumps({"web": {"pid": os.getpid(), "started": ""}})):
        record = tmp_path / "parts.json"
        record.write_text(text)
        assert supervisor.end_leftovers("no such mark", record) == 0
        assert not record.exists()
