"""Starting `up` in a test, and seeing what lives of it."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from launchpad.outside import processes, valkey

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port that nobody listens on, and below those that systems give to clients: who keeps trying a server that was killed may
    else be given its very port, connect to itself and keep it."""
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("none of 200 ports is free")


class Up:
    """One data folder and the `up` on it. `command(port, folder)` is the command line."""

    def __init__(self, folder: Path, command, environment=None):
        self.folder = folder
        self.port = free_port()
        self.command = command(self.port, folder)
        self.environment = {**{k: v for k, v in os.environ.items() if k not in UNWANTED}, **(environment or {})}
        self.process = None
        self.log = folder.parent / "up.log"
        self.sessions: set[int] = set()

    def start(self):
        self.process = self.another()
        return self

    def another(self):
        with open(self.log, "a") as log:
            return subprocess.Popen(
                self.command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment
            )

    def another_stranger(self):
        """A process that is none of ours."""
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"], start_new_session=True)

    def record(self) -> dict:
        try:
            return json.loads((self.folder / "parts.json").read_text())
        except (OSError, ValueError):
            return {}

    def pid(self, part: str) -> int | None:
        """The pid of a part, when it lives."""
        known = self.record().get(part)
        return known["pid"] if processes.still(known) else None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def whole(self) -> dict:
        """The pids of all parts when all live and the site answers, or nothing."""
        pids = {part: self.pid(part) for part in ("valkey", "web", "worker", "timekeeper")}
        self.sessions |= {pid for pid in pids.values() if pid}
        return pids if all(pids.values()) and self.answers() else {}

    def living(self) -> set[int]:
        """All that lives of this tree, found without mark and record: by session, and by the folder it was given."""
        found = processes.in_sessions(self.sessions) | processes.marked(str(self.folder), "LAUNCHPAD_DATA_DIR")
        return found - ({self.process.pid} if self.process else set())

    def kill(self, pid: int, what=signal.SIGKILL) -> None:
        assert pid and pid != os.getpid()
        os.kill(pid, what)

    def clean(self) -> None:
        for pid in ({self.process.pid} if self.process and self.process.poll() is None else set()) | self.living():
            processes.tell({pid}, signal.SIGKILL)
        if self.process:
            self.process.wait(30)
        valkey.shut_down(self.folder)

    def said(self) -> str:
        return self.log.read_text()


UNWANTED = {"REDIS_URL", "DATABASE_URL", "BASE_URL", "SECRET_KEY", "MAIL_URL", "UPLOADS_URL", processes.MARK}


def stand_ins(port, folder):
    return [sys.executable, str(ROOT / "tests/live/stand_ins.py"), str(port), str(folder)]


def real(port, folder):
    return [sys.executable, "-m", "launchpad", "up", "--port", str(port), "--data-dir", str(folder)]


def deaths(text: str, part: str) -> int:
    return len(re.findall(rf'"event": "died", "part": "{part}"', text))
