"""`up` with real processes, on stand-ins for the parts: what is killed comes back, what is stopped is gone."""

import json
import signal
import stat

import pytest

from launchpad.outside import valkey
from tests.live.tree import Up, deaths, stand_ins
from tests.waiting import until


@pytest.fixture
def site(tmp_path):
    site = Up(tmp_path / "a data folder", stand_ins)
    yield site
    site.clean()


def test_each_part_killed_comes_back(site):
    before = until(site.start().whole)
    assert before, site.said()
    for part, pid in before.items():
        site.kill(pid)
        assert until(lambda: site.whole().get(part) not in (None, pid)), (part, site.said())  # noqa: B023
        assert deaths(site.said(), part) == 1
    after = site.whole()
    assert not set(before.values()) & set(after.values())


def test_what_a_killed_worker_forked_ends_with_it(site):
    worker = until(site.start().whole)["worker"]
    assert until(lambda: len(site.living()) == 6)
    before = site.living()
    site.kill(worker)
    assert until(lambda: len(site.living() - before) == 3)
    assert until(site.whole)
    assert len(site.living()) == 6


@pytest.mark.parametrize("what", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_nothing(site, what):
    assert until(site.start().whole), site.said()
    assert until(lambda: len(site.living()) == 6)  # four parts, what the worker forked, and what that forked
    site.kill(site.process.pid, what)
    assert site.process.wait(30) == 0  # one part ignores SIGTERM
    assert not site.living()
    assert not valkey.answers(valkey.socket_path(site.folder))


def test_the_next_up_ends_what_a_killed_one_left(site):
    before = until(site.start().whole)
    assert until(lambda: len(site.living()) == 6), "each part and what it started"
    site.kill(site.process.pid)
    site.process.wait(30)
    left = site.living()
    assert len(left) == 6  # the negative control: without the next `up` they live on
    site.start()
    after = until(lambda: (now := site.whole()) and now["web"] != before["web"] and now)
    assert after, site.said()
    assert not left & site.living()


def test_leftovers_are_found_without_their_record(site):
    until(site.start().whole)
    site.kill(site.process.pid)
    site.process.wait(30)
    left = site.living()
    (site.folder / "parts.json").unlink()
    site.start()
    assert until(site.whole), site.said()
    assert not left & site.living()


def test_a_second_up_on_the_folder_says_so(site):
    before = until(site.start().whole)
    second = site.another()
    assert second.wait(20) == 1
    assert f"already runs on the data folder {site.folder} at http://127.0.0.1:{site.port}" in site.said()
    assert site.whole() == before


def test_a_taken_port_is_one_clear_line(site, tmp_path):
    assert until(site.start().whole)
    other = Up(tmp_path / "other", lambda port, folder: stand_ins(site.port, folder))
    assert other.another().wait(20) == 1
    assert f"Cannot listen on 127.0.0.1:{site.port}" in other.said()
    assert "Traceback" not in other.said()


def test_a_strange_process_with_a_recorded_pid_is_left_alone(site):
    """After a reboot a pid on record may belong to anybody."""
    site.folder.mkdir()
    stranger = site.another_stranger()
    try:
        record = {"web": {"pid": stranger.pid, "started": "long ago", "command": "gunicorn"}}
        (site.folder / "parts.json").write_text(json.dumps(record))
        assert until(site.start().whole), site.said()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_folder_and_its_key_are_for_this_user_alone(site):
    assert until(site.start().whole)
    assert stat.S_IMODE(site.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((site.folder / "secret_key").stat().st_mode) == 0o600
    assert json.loads((site.folder / "up.json").read_text()) == {
        "pid": site.process.pid,
        "base_url": f"http://127.0.0.1:{site.port}",
    }
    assert until(lambda: f"Launchpad answers at http://127.0.0.1:{site.port}" in site.said())
