"""A tree of parts: starts them, starts again what dies, ends them all with whatever they started.

Knows nothing of what the parts are. Each part leads a session, so that what it forks can be found and ended with it
even after it was killed itself (an RQ job runs in a process group of its own, and outlives its worker's kill -9).
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from launchpad import clock
from launchpad.outside import processes
from launchpad.outside.forked import Forked

FIRST_DELAY, LONGEST_DELAY, PROVEN = 0.2, 5.0, 10.0  # seconds; a part that lived for PROVEN starts again at once
LOOK = 0.1  # seconds between two looks at the parts


@dataclass(frozen=True)
class Part:
    """One process to keep alive: a command line, or a function to run in a fork of the supervisor.

    `last` parts are ended after all others, because those write to them.
    """

    name: str
    command: Sequence[str] | Callable[[], None]
    last: bool = False
    before: Callable[[], None] = lambda: None  # called in the supervisor before each start


class _Running:
    """A part, its process if it has one, and when it may start again."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.child: subprocess.Popen[bytes] | Forked | None = None
        self.since = 0.0
        self.delay = FIRST_DELAY
        self.not_before = 0.0

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None


class Tree:
    """The parts of one tree.

    `record` is a file that says who they are, for a successor after this process's kill -9. A tree with a `mark` puts
    it into the environment of all it starts, and kills at its end whatever carries it; a tree within another has none.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        environment: Mapping[str, str] | None = None,
        mark: str | None = None,
        record: Path | None = None,
    ) -> None:
        self.mark = mark
        self.record = record
        self.environment = {**(environment or {}), **({processes.MARK: mark} if mark else {})}
        self.running = [_Running(part) for part in parts]
        self.stopping = False

    def start(self, *names: str) -> None:
        """Start the parts of these names, or all that do not run yet."""
        for one in self.running:
            if (not names or one.part.name in names) and not one.alive():
                self._start(one)

    def keep(self) -> None:
        """Start again what dies, until a signal asks to stop. The caller then calls `stop`."""
        while not self.stopping:
            self.look()
            time.sleep(LOOK)

    def obey_signals(self) -> None:
        """From now on SIGTERM, SIGINT and a closed terminal set `stopping`."""
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self._ask_to_stop)

    def look(self) -> None:
        """Start again what has died and has waited its time."""
        for one in self.running:
            if one.child is None or one.alive():
                continue
            if not one.not_before:
                self._bury(one)
            elif time.monotonic() >= one.not_before and not self.stopping:
                try:
                    self._start(one)
                except Exception as fault:  # whatever it is, the other parts still need their supervisor
                    log("cannot start", part=one.part.name, fault=repr(fault), again_in_s=LONGEST_DELAY)
                    one.not_before = time.monotonic() + LONGEST_DELAY

    def stop(self, grace: float = 5.5, last_grace: float = 2.0) -> None:
        """End the parts, then the `last` ones, each within its grace in seconds; kill what stayed, and any orphan."""
        for last, seconds in ((False, grace), (True, last_grace)):
            ending = [one for one in self.running if one.part.last == last and one.child]
            self._end(ending, seconds)
            if not last and self.mark:
                kept = processes.in_sessions({one.child.pid for one in self.running if one.part.last and one.child})
                processes.tell(processes.marked(self.mark) - kept, signal.SIGKILL)
        if self.record:
            self.record.unlink(missing_ok=True)
        log("stopped", parts=[one.part.name for one in self.running])

    def _end(self, ending: "list[_Running]", seconds: float) -> None:
        for one in ending:
            if one.alive():
                one.child.terminate()
        until = time.monotonic() + seconds
        while any(one.alive() for one in ending) and time.monotonic() < until:
            time.sleep(0.05)
        for one in ending:
            processes.tell(self._members(one), signal.SIGKILL)
            one.child.wait()

    def _start(self, one: _Running) -> None:
        one.part.before()
        if callable(one.part.command):
            one.child = Forked(one.part.command)
        else:
            environment = {**self.environment, processes.PART_MARK: f"{self.mark}-{one.part.name}"}
            one.child = subprocess.Popen(
                one.part.command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
            )
        one.since, one.not_before = time.monotonic(), 0.0
        self._write_record()
        log("started", part=one.part.name, pid=one.child.pid)

    def _bury(self, one: _Running) -> None:
        """Note a death, end what the dead part left behind, and set when it starts again."""
        if time.monotonic() - one.since >= PROVEN:
            one.delay = FIRST_DELAY
        one.not_before = time.monotonic() + one.delay
        log("died", part=one.part.name, pid=one.child.pid, code=one.child.returncode, again_in_s=one.delay)
        one.delay = min(one.delay * 2, LONGEST_DELAY)
        processes.tell(self._members(one), signal.SIGKILL)

    def _members(self, one: _Running) -> set[int]:
        """The living processes of a part: its session, and what carries its mark in sessions of their own."""
        members = processes.in_sessions({one.child.pid})
        if self.mark:
            members |= processes.marked(f"{self.mark}-{one.part.name}", processes.PART_MARK)
        return members

    def _write_record(self) -> None:
        if self.record is None:
            return
        known = {one.part.name: processes.identity(one.child.pid) for one in self.running if one.child}
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps(known, indent=1))
        draft.replace(self.record)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True


def end_leftovers(mark: str, record: Path, grace: float = 4.0) -> int:
    """End what an earlier supervisor with this mark left running when it was killed; how many processes that were."""
    try:
        known = json.loads(record.read_text())
    except (OSError, ValueError):
        known = {}
    on_record = {each["pid"] for each in known.values() if processes.still(each)} if isinstance(known, dict) else set()
    found = processes.marked(mark) | on_record | processes.in_sessions(on_record)
    if found:
        processes.end(found, grace)
        log("ended what was left", count=len(found))
    record.unlink(missing_ok=True)
    return len(found)


def log(event: str, **facts: object) -> None:
    """One line of the JSON log, on stderr. Written here because this process loads nothing of the application."""
    line = {"event": event, **facts, "level": "info", "logger": __name__, "timestamp": clock.now().isoformat()}
    with suppress(OSError):  # whoever read the log is gone; the parts still need their supervisor
        os.write(2, json.dumps(line).encode() + b"\n")  # where the parts write, wherever that was laid
