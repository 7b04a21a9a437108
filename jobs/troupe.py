"""One crowd in play: hands out the acts that are due, takes back who has acted, says how far it has come."""

import heapq
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import urllib3
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from jobs import acts, player
from jobs.browser import Browser, Lost, Stopped
from jobs.ground import Ground
from jobs.mishaps import Mishaps
from jobs.tally import Tally
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.rules import crowd as rules
from launchpad.services import actors, crowd

THREADS = 12
BEAT, AGAIN = 1.0, 0.25  # seconds between beats, and until a letter is looked for again

log = logging.getLogger(__name__)


class Troupe:
    """One crowd in play."""

    def __init__(self, app: Flask, campaign_id: int, me: str, pool: urllib3.PoolManager, stop: threading.Event):
        self.app, self.campaign_id, self.me, self.pool, self.stop = app, campaign_id, me, pool, stop
        self.refs: list[str] = []
        self.players: dict[int, player.Player] = {}
        self.acted: set[str] = set()
        self.todo: dict[int, list[rules.Act]] = {}  # by actor, the next one last
        self.busy: dict[int, rules.Act] = {}
        self.next: list[tuple] = []  # heap of (moment, actor) of who is not busy
        self.resting: list[tuple[float, int]] = []  # heap of (real, actor): a letter is under way to them
        self.ended: list[Future] = []
        self.version, self.beaten = None, 0.0
        campaign = db.session.get(Campaign, campaign_id)
        self.tally, self.since = Tally(campaign.rehearsal.tally), campaign.rehearsal.crowd_at
        ground = Ground(app, campaign_id, campaign.slug, stop)
        db.session.rollback()
        self.mishaps = Mishaps(ground)

    def turn(self, threads: ThreadPoolExecutor) -> bool:
        """Hand out what is due; False when this crowd is no longer ours to play."""
        try:
            self._collect()
            campaign = db.session.get(Campaign, self.campaign_id)
            if campaign is None or campaign.rehearsal is None:
                return False
            if campaign.version != self.version:
                self._plan(campaign)
            now = campaign.moment if campaign.rehearsal.speed else None
            slug = campaign.slug
            db.session.rollback()
            if now is not None:
                self.mishaps.turn(now)
                self._hand_out(now, slug, threads)
            return self._say(now)
        except SQLAlchemyError as fault:  # a database away is asked again at the next turn
            db.session.rollback()
            log.warning("the crowd waits", extra={"campaign": self.campaign_id, "why": type(fault).__name__})
            time.sleep(AGAIN)
            return True

    def _plan(self, campaign: Campaign) -> None:
        """The acts to come, anew: a moved timetable moves them."""
        self.version = campaign.version
        self.mishaps.plan(campaign)
        self.end = max(crowd.stage_of(campaign).opens.values())  # who acts later than that is late, the clock is not
        for one in self.players.values():
            one.browser.doubles = self.mishaps.doubles
        cast = rules.remaining(crowd.cast_of(campaign), self.since)
        self.names = {actor.number: actor.name for actor in cast}
        self.todo = {
            actor.number: [act for act in reversed(actor.acts) if act.key not in self.acted] for actor in cast
        }
        self.next = [(todo[-1].at, number) for number, todo in self.todo.items() if todo and number not in self.busy]
        self.resting = []
        heapq.heapify(self.next)

    def _hand_out(self, now, slug: str, threads: ThreadPoolExecutor) -> None:
        real = time.monotonic()
        while self.resting and self.resting[0][0] <= real:
            self._queue(heapq.heappop(self.resting)[1])
        while self.next and self.next[0][0] <= now and len(self.busy) < 2 * THREADS:
            number = heapq.heappop(self.next)[1]
            if number in self.busy or not self.todo[number]:
                continue
            act = self.todo[number][-1]
            self.busy[number] = act
            self.ended.append(threads.submit(self._play, self._player(number, slug), act))

    def _collect(self) -> None:
        """Take back who has acted."""
        done, self.ended = [f for f in self.ended if f.done()], [f for f in self.ended if not f.done()]
        for future in done:
            number, act, acted = future.result()
            self.busy.pop(number)
            if acted:
                self.acted.add(act.key)
                self.todo[number] = [other for other in self.todo.get(number, []) if other.key != act.key]
                self._queue(number)
            else:
                heapq.heappush(self.resting, (time.monotonic() + AGAIN, number))

    def _queue(self, number: int) -> None:
        if self.todo.get(number) and number not in self.busy:
            heapq.heappush(self.next, (self.todo[number][-1].at, number))

    def _play(self, who: player.Player, act: rules.Act) -> tuple[int, rules.Act, bool]:
        """In a thread: play an act; whether it is done with."""
        with self.app.app_context():
            try:
                acts.play(who, act)
            except (player.NotYet, Stopped):
                return act.actor, act, False
            except Lost:
                pass  # counted where it happened
            except player.NoLetter as kind:
                self.tally.fail()
                log.warning("a letter did not come", extra={"campaign": self.campaign_id, "kind": str(kind)})
            except SQLAlchemyError:
                return act.actor, act, False
            except Exception:
                self.tally.fail()
                log.exception("an act failed", extra={"campaign": self.campaign_id, "act": act.key})
            self.tally.note(act.kind)
            return act.actor, act, True

    def _player(self, number: int, slug: str) -> player.Player:
        if number not in self.players:
            settings = self.app.extensions["settings"]
            signature = actors.signature(self.app.config["SECRET_KEY"], f"{self.campaign_id}:{number}")
            browser = Browser(
                self.pool, settings.base_url, signature, self.tally, self.stop, str(number), self.mishaps.doubles
            )
            name = self.names.get(number, "")
            self.players[number] = player.Player(self.campaign_id, slug, number, name, browser, self.refs)
        return self.players[number]

    def _say(self, now: datetime | None) -> bool:
        """Each second: that it is played, and how far. At the end: that nothing is left."""
        left = [*self.busy.values(), *(todo[-1] for todo in self.todo.values() if todo)]
        more = bool(left) or self.mishaps.left
        if more and time.monotonic() - self.beaten < BEAT:
            return True
        self.beaten = time.monotonic()
        first = min((act.at for act in left), default=None)
        behind = max(0, int((min(now, self.end) - first).total_seconds())) if now and first else 0
        values = {"tally": self.tally.row(behind)}
        if first is not None:
            values["crowd_at"] = first
        refused = self.tally.refused()
        with writing():
            mine = crowd.beat(self.campaign_id, self.me, **values)
            if mine:
                crowd.note_refusals(db.session.get(Campaign, self.campaign_id), refused)
            if mine and not more:
                self.mishaps.close()
                crowd.finish(self.campaign_id, self.me)
        return mine and more
