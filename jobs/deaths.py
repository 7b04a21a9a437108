"""Workers die: those that reach milestones and send letters get a kill -9, and their supervisor brings them back.

Only processes of this machine that Launchpad itself supervises are killed, so that there is somebody to bring them back;
they are asked for by name and number in Redis, where each worker is registered, and looked at before the kill.
"""

import os
import signal
import socket
import time

from flask import current_app
from redis import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs.ground import Ground
from launchpad.database import db
from launchpad.outside import processes
from launchpad.services import mishaps

QUEUES = ("milestones", "letters")
WATCHED, LOOK = 30.0, 0.1  # seconds for which their return is waited for, and between two looks


def play(ground: Ground, again: bool) -> dict:
    """Kill them, and see them come back: `killed` queues, `back_s` by queue. Begun before: nobody is killed again."""
    if again:
        return {}
    why = mishaps.why_none_may_die()
    db.session.rollback()
    if why:
        return {"held_back": why}
    dying = {name: worker for name in QUEUES if (worker := _worker(name)) is not None}
    if not dying:
        return {"held_back": "no worker that Launchpad supervises runs on this machine"}
    known = {name: _pids(name) for name in dying}
    began = time.monotonic()
    processes.tell(dying.values(), signal.SIGKILL)
    back: dict[str, float] = {}
    while len(back) < len(dying) and time.monotonic() - began < WATCHED and not ground.stop.wait(LOOK):
        for name in dying.keys() - back.keys():
            if any(processes.identity(pid) for pid in _pids(name) - known[name]):
                back[name] = round(time.monotonic() - began, 1)
    return {"killed": sorted(dying), "back_s": back, "watched_s": WATCHED}


def _worker(name: str) -> int | None:
    """The process that works on a queue, on this machine and under a supervisor of ours; None when there is none."""
    for pid in _pids(name):
        known, parent = processes.identity(pid), processes.parent(pid)
        above = processes.identity(parent) if parent else None
        ours = known and above and "launchpad" in known["command"] and "launchpad" in above["command"]
        if ours and pid != os.getpid():
            return pid
    return None


def _pids(name: str) -> set[int]:
    """Processes of this machine that are registered as workers of a queue."""
    connection = current_app.extensions["redis"]
    try:
        workers = Worker.all(queue=Queue(name, connection=connection, serializer=JSONSerializer))
    except RedisError:
        return set()
    return {worker.pid for worker in workers if worker.pid and worker.hostname == socket.gethostname()}
