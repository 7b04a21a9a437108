"""The four queues, and how work is put on them after a commit."""

import logging

import redis
from flask import current_app
from rq import Queue
from rq.serializers import JSONSerializer

NAMES = ("milestones", "letters", "upkeep", "rehearsal")

log = logging.getLogger(__name__)


def queue(name: str) -> Queue:
    """One of the four queues, on the application's Redis."""
    if name not in NAMES:
        raise LookupError(f"no queue {name!r}")
    return Queue(name, connection=current_app.extensions["redis"], serializer=JSONSerializer)


def letters_due(_campaign_id: int | None = None) -> None:
    """Some letters became due: have them sent. Redis away is no error: the timekeeper looks for due letters as well."""
    try:
        queue("letters").enqueue("jobs.letters.send_due")
    except redis.RedisError:
        log.warning("letters wait for the timekeeper: Redis is away")


def timetable_changed(campaign_id: int | None) -> None:
    """A campaign's openings moved: bring RQ's schedule in line."""
    try:
        queue("upkeep").enqueue("jobs.schedule.reconcile", campaign_id)
    except redis.RedisError:
        log.warning("the schedule waits for the timekeeper: Redis is away")
