"""Gunicorn's command line for either size of the program."""

import subprocess
import sys

from launchpad import serve
from launchpad.config import Settings


def line(tmp_path, **environment):
    settings = Settings.from_environment({"LAUNCHPAD_DATA_DIR": str(tmp_path), **environment})
    return serve.command(settings, environment.get("host", "127.0.0.1"), 8123)


def option(words, name):
    return words[words.index(name) + 1]


def test_sqlite_is_served_by_threads_of_one_process(tmp_path):
    words = line(tmp_path)
    assert "gunicorn" in words and words[-1] == "wsgi:app"
    assert option(words, "--worker-class") == "gthread"
    assert option(words, "--workers") == "1"


def test_a_stream_needs_no_thread_and_no_greenlet(tmp_path):
    """Whatever the limit: who has a seat is no request any more."""
    postgres = {"DATABASE_URL": "postgresql://db/launchpad", "SECRET_KEY": "x"}
    assert line(tmp_path, STREAM_LIMIT="10") == line(tmp_path, STREAM_LIMIT="9000")
    assert line(tmp_path, STREAM_LIMIT="10", **postgres) == line(tmp_path, STREAM_LIMIT="9000", **postgres)


def test_postgresql_is_served_by_greenlets_of_several_processes(tmp_path):
    words = line(tmp_path, DATABASE_URL="postgresql://db/launchpad", SECRET_KEY="x")
    assert option(words, "--worker-class") == "gevent"
    assert "--workers" not in words  # WEB_CONCURRENCY says


def test_a_connection_may_lose_two_packets_before_its_first_words(tmp_path):
    """They are sent anew after one second and after three; gunicorn's own two seconds cut such a phone off without an answer."""
    for environment in ({}, {"DATABASE_URL": "postgresql://db/launchpad", "SECRET_KEY": "x"}):
        assert int(option(line(tmp_path, **environment), "--keep-alive")) > 3


def test_an_ipv6_host_is_bracketed(tmp_path):
    assert option(line(tmp_path, host="::1"), "--bind") == "[::1]:8123"


def test_the_application_is_not_loaded_before_gunicorn():
    """Else gevent would patch too late."""
    code = "import sys; from launchpad.cli import main; main.get_command(None, 'web'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "launchpad.serve" in loaded
    assert not {"flask", "sqlalchemy", "redis"} & set(loaded)


def test_the_server_may_open_as_many_files_as_the_system_lets_it():
    code = (
        "import resource; from launchpad import serve; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard)); serve.open_more();"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 100)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
