"""The one web process that is measured, started as `launchpad web` starts it: what it holds, uses, and ends by."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import servers


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Callable[..., int]]:
    """The web process, as `launchpad web` starts it: a function that gives its pid, and with `kill` first ends it by -9."""
    host, port = environment["BASE_URL"].removeprefix("http://").split(":")
    line = [sys.executable, "-m", "launchpad", "web", "--host", host, "--port", port]
    log = open(Path(environment["LAUNCHPAD_DATA_DIR"]) / "web.log", "ab")
    server: list[subprocess.Popen] = []

    def start() -> None:
        server[:] = [subprocess.Popen(line, cwd=servers.ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)]

    def pid(kill: bool = False) -> int:
        if kill:
            os.killpg(server[0].pid, signal.SIGKILL)
            server[0].wait(10)
            start()
        end = time.monotonic() + 30
        while not (children := children_of(server[0].pid)) and time.monotonic() < end:
            time.sleep(0.1)
        return children[0]

    start()
    try:
        servers._wait(environment["BASE_URL"] + "/healthz", server[0])
        yield pid
    finally:
        os.killpg(server[0].pid, signal.SIGTERM)
        try:
            server[0].wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server[0].pid, signal.SIGKILL)
            server[0].wait(5)
        log.close()


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    """KiB of memory that a process holds."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def seconds_of(pid: int) -> float:
    """Processor seconds that a process has used."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
