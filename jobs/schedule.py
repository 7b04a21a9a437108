"""The timetable in RQ: one job an opening to come, kept in line with the rows. Redis only wakes us; the rows decide."""

import calendar
from contextlib import suppress
from datetime import datetime

from rq import Queue
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.registry import ScheduledJobRegistry

from jobs import milestones, queue
from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Milestone
from launchpad.rules import timetable as rules
from launchpad.services import timetable

QUEUE = "milestones"
TIMES = {"job_timeout": 120, "result_ttl": 0, "failure_ttl": 86400}  # seconds


def reconcile(campaign_id: int | None = None) -> None:
    """Bring RQ's schedule in line with one campaign's timetable, or with all. Safe to run twice, at any time."""
    openings = queue.queue(QUEUE)
    scheduled = _scheduled(openings, campaign_id)
    wanted: dict[str, datetime] = {}
    for campaign in timetable.unfinished(campaign_id):
        if rules.open_and_unreached(campaign.milestones, campaign.now):
            _ask(openings, campaign.id)
        for job_id, moment in _wanted(campaign).items():
            wanted[job_id] = moment
            if scheduled.get(job_id) != calendar.timegm(moment.utctimetuple()):
                openings.enqueue_at(moment, milestones.advance, campaign.id, job_id=job_id, **TIMES)
    db.session.rollback()
    registry = ScheduledJobRegistry(queue=openings)
    for job_id in scheduled.keys() - wanted.keys():
        with suppress(NoSuchJobError, InvalidJobOperation):  # it ran, or another who reconciles was faster
            registry.remove(job_id, delete_job=True)


def _ask(openings: Queue, campaign_id: int) -> None:
    """Have a campaign's open milestones reached, unless that still waits in the queue: a worker may be long away."""
    job_id = f"advance-campaign-{campaign_id}"
    if job_id not in openings.job_ids:
        openings.enqueue(milestones.advance, campaign_id, job_id=job_id, **TIMES)


def move_due(real: datetime | None = None) -> int:
    """Hand RQ's scheduled jobs whose moment has come to their queues; how many. Two who do this at once do no harm.

    RQ's own scheduler does the same behind a lock that outlives its kill by a minute; a job that runs twice costs less.
    """
    moment = int((real or clock.now()).timestamp())
    return sum(_move(queue.queue(name), moment) for name in queue.NAMES)


def _move(to: Queue, moment: int) -> int:
    registry = ScheduledJobRegistry(queue=to)
    ids = registry.get_jobs_to_schedule(moment)
    found = Job.fetch_many(ids, connection=to.connection, serializer=to.serializer) if ids else []
    for job_id, job in zip(ids, found, strict=True):
        with to.connection.pipeline() as together:
            if job is not None:
                to._enqueue_job(job, pipeline=together)
            registry.remove(job_id, pipeline=together)
            together.execute()
    return len(ids)


def _wanted(campaign: Campaign) -> dict[str, datetime]:
    """Job ids with the second of the real moment of each opening to come; the job waits for the rest of that second."""
    found = {}
    now = campaign.now
    for milestone, opening in rules.openings(campaign.milestones):
        if milestone.reached_at is None and opening is not None and opening > now:
            if (real := _real(campaign, opening)) is not None:
                found[f"advance-{milestone.id}-{campaign.version}"] = whole_second(real)
    return found


def _real(campaign: Campaign, opening: datetime) -> datetime | None:
    """When it opens by the wall clock; None while the campaign is held or its rehearsal stands still."""
    if campaign.held_at is not None:
        return None
    return campaign.mapping.real(opening) if campaign.mapping else opening


def whole_second(moment: datetime) -> datetime:
    """The second that a moment lies in: RQ keeps no parts of one."""
    return moment.replace(microsecond=0)


def _scheduled(openings: Queue, campaign_id: int | None) -> dict[str, int]:
    """What RQ has scheduled, of one campaign or of all: job id -> Unix second."""
    registry = ScheduledJobRegistry(queue=openings)
    rows = openings.connection.zrange(registry.key, 0, -1, withscores=True)
    found = {key.decode(): int(second) for key, second in rows}
    if campaign_id is None:
        return found
    mine = {str(id) for (id,) in db.session.query(Milestone.id).filter_by(campaign_id=campaign_id)}
    return {key: second for key, second in found.items() if key.split("-")[1] in mine}
