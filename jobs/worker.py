"""One RQ worker on one queue. A worker on two queues can lose a job between taking and starting it.

The application is made once, here, and each job runs in a fork of this process, within its context.
"""

import os
import threading

import redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs import queue
from launchpad.app import create_app
from launchpad.database import db

# Seconds. RQ's own are 420 and 600: a job whose worker was killed would wait that long to be found.
WORKER_TTL, MAINTENANCE = 30, 10
LONGEST_WAIT = 5  # seconds between two tries while Redis is away; RQ's own grows to 60
LOOK_FOR_PARENT = 1.0


def work(name: str, parent: int | None = None) -> None:
    """Run the jobs of one queue until SIGTERM, or until the process `parent` that supervises us is gone."""
    app = create_app()
    if name not in queue.NAMES:
        raise LookupError(f"no queue {name!r}")
    if parent:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
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


def _forget_connections_after_fork() -> None:
    """A database connection shared by two processes breaks both: the fork drops its copy without closing it."""
    engines = list(db.engines.values())

    def forget() -> None:
        for engine in engines:
            engine.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _leave_with(parent: int) -> None:
    """End, finishing the job at hand, when the supervisor was killed: its successor starts workers of its own."""
    gone = threading.Event()
    while os.getppid() == parent:
        gone.wait(LOOK_FOR_PARENT)
    os.kill(os.getpid(), 15)
