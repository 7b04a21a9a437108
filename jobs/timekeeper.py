"""The timekeeper: the only scheduler. It wakes what is due and reaches what was missed.

Each of its chores has a rhythm and a thread of its own, so that one that waits (for a Redis or a database that is
away) keeps no other waiting: with Redis gone the time is kept from the database alone. It holds no state, so two of
them do no harm, and SIGTERM may end it at any point: an open transaction ends with it.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from jobs import hooks, milestones, passes, payments, queue, schedule, stores, testimonials, upkeep
from launchpad.app import create_app
from launchpad.database import db, writing
from launchpad.services import crowd, health, ledger, passing, reports, timetable

# Real seconds after which an open milestone is reached here instead of by a worker. Looked at often, because a
# rehearsal at full speed must be on time as well, and RQ, which counts whole seconds, may be one late.
MISSED = 0.6

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """Something to do every so many seconds."""

    name: str
    every: float
    do: Callable[[], object]


def keep_time() -> None:
    """Keep time until SIGTERM. Raises SettingsFault."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    app = create_app()
    threads = [threading.Thread(target=_repeat, args=(app, chore), daemon=True) for chore in CHORES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def reach_missed() -> None:
    """Reach what has been open for a while and no worker has reached. It waits for nothing: others may be late too."""
    overdue = timetable.overdue(MISSED)
    db.session.rollback()
    for campaign_id in overdue:
        milestones.reach(campaign_id)
        log.info("reached what was missed", extra={"campaign": campaign_id})


def ask_for_letters() -> None:
    """Have letters sent that are due, whoever forgot to ask."""
    if ledger.any_due():
        queue.letters_due()


def ask_for_crowd() -> None:
    """Have a crowd played whose player was killed; note what came of a rehearsal that has been played."""
    if crowd.waiting():
        queue.crowd_waits()
    db.session.rollback()
    for campaign_id in reports.unwritten():
        with writing():
            reports.write(campaign_id)


def ask_for_passes() -> None:
    """Have passes that have ended go to the next in line, whoever forgot to ask."""
    waiting = passing.campaigns()
    db.session.rollback()
    if waiting:
        ask_for(passes.pass_on)()


def ask_for(job: Callable[[], None]) -> Callable[[], None]:
    """Put an upkeep job on its queue, unless the one before still waits there."""

    def ask() -> None:
        upkeep_queue = queue.queue("upkeep")
        job_id = f"upkeep-{job.__name__}"
        if job_id not in upkeep_queue.job_ids:
            upkeep_queue.enqueue(job, job_id=job_id, job_timeout=120, result_ttl=0, failure_ttl=3600)

    return ask


def ask_for_payments() -> None:
    """Have sessions ended and asked about at the payment provider, when there are such."""
    waits = payments.any_open()
    db.session.rollback()
    if waits:
        ask_for(payments.settle_open)()


def ask_for_pulls() -> None:
    """Have the lists that provider and stores keep themselves read, so that what was never delivered is found."""
    waits = payments.pull_due()
    db.session.rollback()
    if waits:
        ask_for(payments.pull)()
    waits = stores.any_due()
    db.session.rollback()
    if waits:
        ask_for(stores.ask_stores)()


def beat() -> None:
    """Say that time is kept."""
    health.beat("timekeeper")


CHORES = (
    Chore("move due jobs", 0.25, schedule.move_due),
    Chore("reach what was missed", 0.25, reach_missed),
    Chore("reconcile", 5, schedule.reconcile),
    Chore("letters", 2, ask_for_letters),
    Chore("crowd", 2, ask_for_crowd),
    Chore("webhooks", 2, hooks.work_missed),
    Chore("payments", 5, ask_for_payments),
    Chore("pulls", 30, ask_for_pulls),
    Chore("passes", 2, ask_for_passes),
    Chore("testimonials", 1, testimonials.release_due),
    Chore("sweep", 5, ask_for(upkeep.sweep)),
    Chore("tidy", 60, ask_for(upkeep.tidy)),
    Chore("beat", 2, beat),
)


def _repeat(app: Flask, chore: Chore) -> None:
    well = True
    while True:
        began = time.monotonic()
        with app.app_context():
            try:
                chore.do()
                well = True
            except (RedisError, SQLAlchemyError) as fault:
                if well:  # said once: who is away is away for many rounds
                    log.warning("a chore waits", extra={"chore": chore.name, "why": type(fault).__name__})
                well = False
            except Exception:  # whatever it is, time goes on
                log.exception("a chore failed", extra={"chore": chore.name})
        time.sleep(max(0.02, chore.every - (time.monotonic() - began)))
