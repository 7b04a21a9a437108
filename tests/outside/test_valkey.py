"""The embedded Valkey, with the real server."""

import os
import signal

import pytest
import redis

from launchpad.outside import valkey


@pytest.fixture
def folder(tmp_path):
    """A data folder with a space in its name; what was started on it is ended."""
    folder = tmp_path / "a data folder"
    folder.mkdir()
    yield folder
    valkey.shut_down(folder)


def connect(folder):
    return redis.Redis.from_url(valkey.url(folder), decode_responses=True)


def test_the_socket_is_short_and_the_same_for_each_way_to_name_the_folder(tmp_path, monkeypatch):
    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 6)
    deep.mkdir(parents=True)
    assert len(str(deep)) > 180
    assert len(os.fsencode(valkey.socket_path(deep))) <= valkey.LONGEST_PATH
    monkeypatch.chdir(deep.parent)
    assert valkey.socket_path(deep.name) == valkey.socket_path(deep)
    assert valkey.socket_path(deep) != valkey.socket_path(tmp_path)


def test_a_long_temporary_folder_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/" + "long" * 30)
    assert str(valkey.socket_path(tmp_path)).startswith("/tmp/launchpad-")


def test_what_was_written_is_there_after_a_restart(folder):
    server = valkey.start(folder)
    assert "valkey-server" in server.args[0]
    connect(folder).set("kept", "yes")
    assert valkey.shut_down(folder)
    assert server.wait(30) == 0
    again = valkey.start(folder)
    assert connect(folder).get("kept") == "yes"
    again.terminate()
    assert again.wait(30) == 0


def test_it_comes_back_after_a_kill_on_the_socket_left_behind(folder):
    server = valkey.start(folder)
    connect(folder).set("kept", "yes")
    # everysec: what is older than a second or two is on disk; ask for it rather than wait
    connect(folder).execute_command("WAITAOF", 1, 0, 5000)
    server.send_signal(signal.SIGKILL)
    server.wait(30)
    assert valkey.socket_path(folder).exists() and not valkey.answers(valkey.socket_path(folder))
    valkey.start(folder)
    assert connect(folder).get("kept") == "yes"


def test_a_living_server_is_used_on(folder):
    server = valkey.start(folder)
    assert valkey.start(folder) is None
    assert connect(folder).info("server")["process_id"] == server.pid


def test_it_never_forgets_keys_for_room_and_listens_on_no_port(folder):
    valkey.start(folder)
    settings = connect(folder).config_get("*")
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["save"] == ""
    assert settings["port"] == "0"


def test_only_this_user_reaches_the_socket(folder):
    valkey.prepare(folder)
    path = valkey.socket_path(folder)
    path.parent.chmod(0o755)
    valkey.prepare(folder)
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_strangers_folder_is_refused(folder, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to(elsewhere)
    monkeypatch.setattr(valkey, "socket_path", lambda data_dir: tmp_path / "link" / "valkey.sock")
    with pytest.raises(valkey.ValkeyFault):
        valkey.prepare(folder)


def test_nothing_there_is_not_ready(folder):
    assert not valkey.ready(valkey.url(folder), 0.1)
