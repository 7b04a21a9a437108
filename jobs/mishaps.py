"""The mishaps of one rehearsal in play: each begins at its moment, once, and ends with what was counted.

Safe to be killed: what has begun is on record. A rush and bots are played again by the next process, with the same keys
and addresses; a worker is never killed twice.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from jobs import bots, deaths, rush
from jobs.browser import Stopped
from jobs.ground import Ground
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.rules import mishaps as rules
from launchpad.services import crowd, mishaps

PATIENCE = 60.0  # seconds for which a database that is away is asked again to note an end

log = logging.getLogger(__name__)

# Each is given whether it was begun by a process before this one, and returns what it counted.
_PLAYED: dict[str, Callable[[Ground, bool], dict]] = {"worker": deaths.play, "bots": bots.play, "rush": rush.play}


class Mishaps:
    """Those of one rehearsal."""

    def __init__(self, ground: Ground):
        self.ground = ground
        self.todo: dict[str, datetime] = {}  # not begun by this process -> campaign moment
        self.begun: set[str] = set()  # on record as begun, whoever began them
        self.until: datetime | None = None  # the end of an outage
        self.doubles = False
        self.playing: dict[str, threading.Thread] = {}

    @property
    def left(self) -> bool:
        """True while something is to come, or goes on. Double clicks end with the crowd."""
        return bool(self.todo or self.until or any(thread.is_alive() for thread in self.playing.values()))

    def plan(self, campaign: Campaign) -> None:
        """What is to come, anew: a moved timetable moves it."""
        rows = mishaps.of(campaign.id)
        opens = crowd.stage_of(campaign).opens
        self.doubles = any(row.name == "doubles" for row in rows)
        self.begun = {row.name for row in rows if row.begun_at is not None}
        self.todo = {
            row.name: rules.begins(row.name, opens, campaign.rehearsal.speed)
            for row in rows
            if row.ended_at is None and row.name not in self.playing and not (row.begun_at and row.name in ("mail", "doubles"))
        }
        self.until = next((row.until for row in rows if row.name == "mail" and row.begun_at and not row.ended_at), None)

    def turn(self, now: datetime) -> None:
        """Begin what is due, and end an outage that is over."""
        for name in [name for name, at in self.todo.items() if at <= now]:
            with writing():
                campaign = db.session.get(Campaign, self.ground.campaign_id)
                again = not mishaps.begin(campaign, name)
            del self.todo[name]
            if name in _PLAYED:
                self.playing[name] = threading.Thread(target=self._play, args=(name, again), daemon=True)
                self.playing[name].start()
            elif name == "mail":
                self.until = next(row.until for row in mishaps.of(self.ground.campaign_id) if row.name == "mail")
                db.session.rollback()
        if self.until is not None and now >= self.until:
            with writing():
                mishaps.end(self.ground.campaign_id, "mail", {})
            self.until = None

    def close(self) -> None:
        """The crowd is done: no form is sent any more. Within a transaction."""
        if self.doubles:
            mishaps.end(self.ground.campaign_id, "doubles", {})

    def _play(self, name: str, again: bool) -> None:
        """In a thread: play one to its end, and note what it counted. One cut short is left to the next process."""
        with self.ground.app.app_context():
            try:
                facts = _PLAYED[name](self.ground, again)
            except Stopped:
                return
            except Exception:
                log.exception("a mishap failed", extra={"campaign": self.ground.campaign_id, "mishap": name})
                facts = {"failed": True}
            until = time.monotonic() + PATIENCE
            while not self.ground.stop.is_set() and time.monotonic() < until:
                try:
                    with writing():
                        mishaps.end(self.ground.campaign_id, name, facts)
                    return
                except SQLAlchemyError:
                    time.sleep(1)
