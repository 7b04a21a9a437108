"""`launchpad up`: the embedded default as one tree of Valkey, web, worker and timekeeper on one data folder."""

import fcntl
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launchpad import supervisor
from launchpad.config import Settings, surroundings
from launchpad.outside import processes, valkey
from launchpad.supervisor import Part, Tree

SELF = (sys.executable, "-m", "launchpad")
PATIENCE = 60.0  # seconds for the web process to answer before we say that something is wrong


@dataclass(frozen=True)
class Site:
    """The running site, for what is done once it answers. `environment` is for `python -m launchpad …` beside it."""

    base_url: str
    data_dir: Path
    environment: Mapping[str, str]


class CannotStart(Exception):
    """Why `up` did not come up, in words for the person at the terminal."""


def parts(host: str, port: int) -> list[Part]:
    """The processes that serve, beside Valkey."""
    return [
        Part("web", [*SELF, "web", "--host", host, "--port", str(port)]),
        Part("worker", [*SELF, "worker"]),
        Part("timekeeper", [*SELF, "timekeeper"]),
    ]


def up(
    host: str,
    port: int,
    data_dir: Path,
    after_ready: Sequence[Callable[[Site], None]] = (),
    serve: Callable[[str, int], list[Part]] = parts,
    migrate: Sequence[str] = (*SELF, "migrate"),
) -> int:
    """Run the tree until SIGTERM or SIGINT; the exit code.

    `after_ready` is called, each in turn in a thread beside the supervision, once the site answers.
    """
    data_dir = data_dir.expanduser().resolve()
    try:
        with _lock(data_dir):
            return _run(host, port, data_dir, after_ready, serve(host, port), migrate)
    except (CannotStart, valkey.ValkeyFault) as fault:
        print(f"launchpad: {fault}", file=sys.stderr)
        return 1


def _run(host, port, data_dir, after_ready, serving, migrate) -> int:
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    record = data_dir / "parts.json"
    supervisor.end_leftovers(mark, record)
    environment = _environment(host, port, data_dir)
    settings = Settings.from_environment(environment)
    embedded = not environment.get("REDIS_URL")
    _check_port(host, port)
    if embedded:
        valkey.prepare(data_dir)
        if not valkey.shut_down(data_dir):
            raise CannotStart("A Valkey that is not ours answers on our socket and does not leave.")
        keeper = Part("valkey", valkey.command(data_dir), last=True, before=lambda: valkey.prepare(data_dir))
        serving = [keeper, *serving]
    # what is run beside the site carries its mark, so that it ends with it
    site = Site(settings.base_url, data_dir, {**environment, processes.MARK: mark})
    _write(data_dir / "up.json", {"pid": os.getpid(), "base_url": site.base_url})
    tree = Tree(serving, environment, mark, record)
    tree.obey_signals()
    try:
        if embedded:
            tree.start("valkey")
            if not valkey.ready(settings.redis_url, 20) and not tree.stopping:
                raise CannotStart(f"The embedded Valkey does not answer; look into {data_dir / 'valkey'}.")
        if not tree.stopping:
            _migrate(tree, migrate)
        if not tree.stopping:
            tree.start()
            threading.Thread(target=_announce, args=(tree, site, host, port, after_ready), daemon=True).start()
            tree.keep()
        return 0
    finally:
        tree.stop()


def _environment(host: str, port: int, data_dir: Path) -> dict[str, str]:
    """What the parts get: our own surroundings, the folder, and the address that links carry unless another is set."""
    environment = surroundings()
    environment["LAUNCHPAD_DATA_DIR"] = str(data_dir)
    environment["BASE_URL"] = environment.get("BASE_URL") or f"http://{_reachable(host)}:{port}"
    return environment


def _reachable(host: str) -> str:
    """The host in an address: a server that listens everywhere is reached here by loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def _lock(data_dir: Path):
    """Hold the folder for this process alone; the system lets go of it however the process ends."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    data_dir.chmod(0o700)  # keys, addresses and pictures of people lie in it
    file = open(data_dir / "up.lock", "a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        try:
            other = json.loads((data_dir / "up.json").read_text())
            where = f" at {other['base_url']} (process {other['pid']})"
        except (OSError, ValueError, KeyError):
            where = ""
        raise CannotStart(f"Launchpad already runs on the data folder {data_dir}{where}.") from None
    return file


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            why = f"{fault.strerror}. Choose another with --port."
            raise CannotStart(f"Cannot listen on {host}:{port}: {why}") from None


def _migrate(tree: Tree, command: Sequence[str]) -> None:
    """Bring the database to the newest schema; what the command says on stdout goes to the log's side."""
    running = subprocess.Popen(command, env=tree.environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    while running.poll() is None and not tree.stopping:
        time.sleep(0.05)
    if tree.stopping:
        running.terminate()
        running.wait()
    elif running.returncode:
        raise CannotStart("The database could not be brought to the newest schema; the lines above say why.")


def _announce(tree: Tree, site: Site, host: str, port: int, after_ready: Sequence[Callable[[Site], None]]) -> None:
    """Wait until the site answers, say where, then do what comes after."""
    until = time.monotonic() + PATIENCE
    while not tree.stopping and not _answers(host, port):
        if time.monotonic() > until:
            until = float("inf")
            supervisor.log("web does not answer yet", waited_s=PATIENCE)
        time.sleep(0.1)
    if tree.stopping:
        return
    print(f"Launchpad answers at {site.base_url}", flush=True)
    for each in after_ready:
        try:
            each(site)
        except Exception as fault:  # the site itself runs on without its demo
            supervisor.log("not done", step=getattr(each, "__name__", "step"), fault=repr(fault))


def _answers(host: str, port: int) -> bool:
    line = http.client.HTTPConnection(_reachable(host).strip("[]"), port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _write(path: Path, content: object) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content))
    draft.replace(path)
