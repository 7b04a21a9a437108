"""Processes of this machine: which are ours, who they are, how they are ended.

A pid alone proves nothing, because the system gives it out again: a process is ours when its environment carries our
mark, or when its pid and the moment of its start are those on record. Reads /proc, or asks `ps` where there is none.
"""

import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

MARK = "LAUNCHPAD_TREE"  # the environment variable that names the tree a process belongs to
PART_MARK = "LAUNCHPAD_PART"  # the one that names the part of the tree
PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "environ").exists()


def identity(pid: int) -> dict[str, str | int] | None:
    """The process by pid, start and command line, fit for a JSON file; None when there is no such living process."""
    if HAS_PROC:
        try:
            after_name = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return None
        state, started = after_name[0], f"{after_name[19]} ticks into {_boot()}"
    else:
        line = _ps("stat=,lstart=,command=", "-p", str(pid))
        words = line[0].split() if line else []
        if len(words) < 6:
            return None
        state, started, command = words[0][0], " ".join(words[1:6]), " ".join(words[6:])
    return None if state in "ZX" else {"pid": pid, "started": started, "command": command}


def parent(pid: int) -> int | None:
    """Who started a process, or took it over; None when there is no such process."""
    if HAS_PROC:
        try:
            return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return None
    line = _ps("ppid=", "-p", str(pid))
    return int(line[0]) if line else None


def still(record: object) -> bool:
    """Whether the process once recorded by `identity` is still that one (it may run another program since, by exec)."""
    if not isinstance(record, dict) or not isinstance(record.get("pid"), int):
        return False
    now = identity(record["pid"])
    return now is not None and now["started"] == record.get("started")


def marked(value: str, mark: str = MARK) -> set[int]:
    """Living processes of this user whose environment carries the mark with this value; never the caller."""
    wanted = f"{mark}={value}"
    if HAS_PROC:
        found = {pid for pid in _pids() if wanted.encode() in _environment(pid)}
    else:
        found = {
            int(words[0])
            for line in _ps("pid=,command=", "-A", "-E", "-ww")
            if wanted in (words := line.split())
        }
    return {pid for pid in found - {os.getpid()} if identity(pid)}


def in_sessions(sessions: Collection[int]) -> set[int]:
    """Living processes in these sessions, whatever their group and whoever their parent is by now."""
    pids = _pids() if HAS_PROC else {int(line) for line in _ps("pid=", "-A")}
    found = set()
    for pid in pids:
        try:
            if os.getsid(pid) in sessions and identity(pid):
                found.add(pid)
        except OSError:  # gone meanwhile, or not ours to ask about
            continue
    return found


def tell(pids: Iterable[int], what: signal.Signals) -> None:
    """Send a signal to each; one that is gone already is no fault."""
    for pid in pids:
        try:
            os.kill(pid, what)
        except (ProcessLookupError, PermissionError):
            continue


def end(pids: Collection[int], grace: float) -> None:
    """SIGTERM, up to `grace` seconds to leave, SIGKILL for those that stayed. They need not be our children."""
    tell(pids, signal.SIGTERM)
    until = time.monotonic() + grace
    while (left := {pid for pid in pids if identity(pid)}) and time.monotonic() < until:
        time.sleep(0.05)
    tell(left, signal.SIGKILL)


@cache
def _boot() -> str:
    try:
        return (PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
    except OSError:
        return ""


def _pids() -> set[int]:
    return {int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()}


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _ps(columns: str, *which: str) -> list[str]:
    plain = {"PATH": os.defpath, "LC_ALL": "C"}  # so that dates read alike whoever asks
    told = subprocess.run(["ps", *which, "-o", columns], capture_output=True, text=True, env=plain)
    return told.stdout.splitlines()
