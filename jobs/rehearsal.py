"""The crowd of rehearsals: plays whatever crowd is waiting, each act at its campaign moment or, when the site is slower
than the clock, as soon after it as can be, in order.

Safe to run twice, and in two workers: the row says who plays a crowd, and an act played twice is the same act.
"""

import secrets
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import redis
import urllib3
from flask import current_app
from rq import get_current_job
from sqlalchemy.exc import SQLAlchemyError

from jobs.troupe import BEAT, THREADS, Troupe
from launchpad.database import db, writing
from launchpad.services import crowd

LOOK = 0.05  # seconds between looks for due acts


def play_crowds() -> None:
    """Play every crowd that nobody plays, until none is left to play."""
    app, me, stop = current_app._get_current_object(), secrets.token_hex(8), threading.Event()
    pool = urllib3.PoolManager(
        num_pools=4, maxsize=2 * THREADS, block=False, retries=False, timeout=urllib3.Timeout(connect=5, read=60)
    )
    crowds: dict[int, Troupe] = {}
    looked = 0.0
    with ThreadPoolExecutor(THREADS) as threads:
        try:
            while crowds or not looked:
                if time.monotonic() - looked > BEAT:
                    looked = time.monotonic()
                    if _asked_to_end():
                        break
                    for id in _taken(me, crowds):
                        crowds[id] = Troupe(app, id, me, pool, stop)
                crowds = {id: one for id, one in crowds.items() if one.turn(threads)}
                time.sleep(LOOK)
        finally:
            stop.set()
    for id in crowds:
        with writing():
            crowd.leave(id, me)


def _taken(me: str, mine: Collection[int]) -> list[int]:
    """Crowds that are ours from now on. One of `mine` that waits is ours still: its beat is late on a busy database."""
    try:
        waiting = [id for id in crowd.waiting() if id not in mine]
        db.session.rollback()
        found = []
        for id in waiting:
            with writing():
                if crowd.take(id, me):
                    found.append(id)
        return found
    except SQLAlchemyError:
        db.session.rollback()
        return []


def _asked_to_end() -> bool:
    """True once our worker was asked to end: it waits for this job, which would play for minutes."""
    job = get_current_job()
    try:
        return job is not None and bool(
            job.connection.hexists(f"rq:worker:{job.worker_name}", "shutdown_requested_date")
        )
    except redis.RedisError:
        return False
