"""One RQ worker on one queue. A worker on two queues can lose a job between taking and starting it.

The application is made once, here, and each job runs in a fork of this process, within its context.
"""

import contextlib
import functools
import os
import signal
import threading
import time
from collections.abc import Sequence

import redis
from flask import Flask
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs import queue
from launchpad.app import create_app
from launchpad.database import db
from launchpad.services import health
from launchpad.supervisor import Part, Tree

# Seconds. RQ's own are 420 and 600: a job whose worker was killed would wait that long to be found.
WORKER_TTL, MAINTENANCE = 30, 10
LONGEST_WAIT = 5  # seconds between two tries while Redis is away; RQ's own grows to 60
BEAT = 2.0


def work(name: str, app: Flask | None = None, parent: int | None = None) -> None:
    """Run the jobs of one queue until SIGTERM, or until the process `parent` that supervises us is gone."""
    app = app or create_app()
    if name not in queue.NAMES:
        raise LookupError(f"no queue {name!r}")
    threading.Thread(target=_beside, args=(app, name, parent), daemon=True).start()
    # its own connection: the application's gives up after 2 s, a worker waits longer for a job
    connection = redis.Redis.from_url(app.extensions["settings"].redis_url)
    with app.app_context():
        _forget_connections_after_fork()
        worker = Worker(
            [Queue(name, connection=connection, serializer=JSONSerializer)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE,
            log_job_description=False,  # it would write the arguments
        )
        worker.max_connection_wait_time = LONGEST_WAIT
        worker.work(logging_level="WARNING")


def work_all(names: Sequence[str]) -> None:
    """Keep one worker a queue alive, each a fork of this process, until SIGTERM or SIGINT."""
    app = create_app()
    parent = os.getpid()
    tree = Tree([Part(name, functools.partial(work, name, app, parent)) for name in names])
    tree.obey_signals()
    tree.start()
    tree.keep()
    tree.stop(grace=4.0)  # less than `up` grants us


def _forget_connections_after_fork() -> None:
    """A database connection shared by two processes breaks both: the fork drops its copy without closing it."""
    engines = list(db.engines.values())

    def forget() -> None:
        for engine in engines:
            engine.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _beside(app: Flask, name: str, parent: int | None) -> None:
    """Beat while the worker lives, and end it, after the job at hand, when its supervisor was killed.

    The supervisor's successor starts workers of its own, and two on one queue are one too many.
    """
    while parent is None or os.getppid() == parent:
        with app.app_context(), contextlib.suppress(redis.RedisError):
            health.beat(f"worker-{name}")
        time.sleep(BEAT)
    os.kill(os.getpid(), signal.SIGTERM)
