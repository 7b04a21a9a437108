"""Working stored webhooks: each in a transaction of its own, with its effect."""

import logging
from datetime import timedelta

from jobs import queue
from launchpad.database import db, writing
from launchpad.services import hooks

BATCH = 200  # events a look; a job looks until nothing is due
LOOKS = 50
MISSED = timedelta(seconds=5)  # after which the timekeeper works an event itself, because no worker did

log = logging.getLogger(__name__)


def work_due(late: timedelta = timedelta()) -> int:
    """Work the events that are due, the oldest first; how many were tried.

    Safe to run twice, and at once: an event is worked by whoever has its row, and by nobody again.
    """
    queue.hooks_heard()
    tried = 0
    for _ in range(LOOKS):
        ids = hooks.due(BATCH, late)
        db.session.rollback()
        for id in ids:
            work_one(id)
        tried += len(ids)
        if len(ids) < BATCH:
            break
    return tried


def work_one(id: int) -> None:
    """Work one event; what went wrong is kept with it, and it is tried again later."""
    try:
        with writing():
            hooks.work(id)
    except Exception as fault:
        log.exception("a webhook could not be worked", extra={"hook": id})
        with writing():
            hooks.failed(id, type(fault).__name__)


def work_missed() -> None:
    """Work what no worker has, so that a confirmed payment waits for no Redis."""
    if hooks.any_due(MISSED):
        work_due(MISSED)
    elif hooks.any_due():
        queue.hooks_arrived()
    db.session.rollback()
