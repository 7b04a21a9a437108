"""The four queues, and how work is put on them after a commit."""

import logging

import redis
from flask import current_app
from rq import Queue
from rq.serializers import JSONSerializer

from jobs import rehearsal
from launchpad.services import health

NAMES = health.QUEUES
HOOKS_ASKED = "launchpad:hooks:asked"
ASKED, ASKED_FOR = "launchpad:letters:asked", 5  # a key, and seconds after which a lost job is asked for again

log = logging.getLogger(__name__)


def queue(name: str) -> Queue:
    """One of the four queues, on the application's Redis."""
    if name not in NAMES:
        raise LookupError(f"no queue {name!r}")
    return Queue(name, connection=current_app.extensions["redis"], serializer=JSONSerializer)


def letters_due(_campaign_id: int | None = None) -> None:
    """Some letters became due: have them sent. Redis away is no error: the timekeeper looks for due letters as well.

    Asked once until the job begins: a thousand people who join at once need a batch or two, not a thousand jobs.
    """
    try:
        if current_app.extensions["redis"].set(ASKED, 1, nx=True, ex=ASKED_FOR):
            queue("letters").enqueue("jobs.letters.send_due", result_ttl=0, failure_ttl=3600)
    except redis.RedisError:
        log.warning("letters wait for the timekeeper: Redis is away")


def letters_heard() -> None:
    """The job has begun: what becomes due from now on has to be asked for again."""
    try:
        current_app.extensions["redis"].delete(ASKED)
    except redis.RedisError:
        pass


def hooks_arrived(_campaign_id: int | None = None) -> None:
    """Webhooks were stored: have them worked. Asked once until the job begins, as for letters."""
    try:
        if current_app.extensions["redis"].set(HOOKS_ASKED, 1, nx=True, ex=ASKED_FOR):
            queue("upkeep").enqueue("jobs.hooks.work_due", job_timeout=300, result_ttl=0, failure_ttl=3600)
    except redis.RedisError:
        log.warning("webhooks wait for the timekeeper: Redis is away")


def hooks_heard() -> None:
    """The job has begun: what arrives from now on has to be asked for again."""
    try:
        current_app.extensions["redis"].delete(HOOKS_ASKED)
    except redis.RedisError:
        pass


def timetable_changed(campaign_id: int | None) -> None:
    """A campaign's openings moved: bring RQ's schedule in line."""
    try:
        queue("upkeep").enqueue("jobs.schedule.reconcile", campaign_id, result_ttl=0, failure_ttl=3600)
    except redis.RedisError:
        log.warning("the schedule waits for the timekeeper: Redis is away")


def passes_ended(_campaign_id: int | None = None) -> None:
    """A pass has ended: have it given to the next in line. Redis away is no error: the timekeeper looks as well."""
    try:
        queue("upkeep").enqueue("jobs.passes.pass_on", result_ttl=0, failure_ttl=3600)
    except redis.RedisError:
        log.warning("passes wait for the timekeeper: Redis is away")


def crowd_waits(_campaign_id: int | None = None) -> None:
    """The crowd of a rehearsal waits to be played. One job plays all crowds; a second finds nothing and ends."""
    try:
        if not (waiting := queue("rehearsal")).count:
            waiting.enqueue(rehearsal.play_crowds, job_timeout=-1, result_ttl=0, failure_ttl=3600)
    except redis.RedisError:
        log.warning("the crowd waits for the timekeeper: Redis is away")
