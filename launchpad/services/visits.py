"""Visits: counted in Redis, folded into rows. Who came is never kept: a day's salted digest goes into a HyperLogLog."""

import atexit
import hashlib
import threading
from collections import defaultdict
from datetime import date

from flask import Flask, current_app
from redis import RedisError
from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, LinkVisit, Person, Visit
from launchpad.services import previewing

KEEP = 3 * 24 * 3600  # seconds that a day's counters live
LINK = "link"  # begins the keys of what came by somebody's own link
SOON = 1.0  # seconds until the views of kept pages are told


def see(campaign: Campaign, phase: str, client: str, browser: str, by: int | None = None) -> None:
    """Count one view of a campaign's page by somebody; `by`: whose link brought them. Redis away: this view goes
    uncounted, the page does not care."""
    if previewing.shown() is not None:
        return
    day = clock.now().date().isoformat()
    who = _digest(current_app.config["SECRET_KEY"], day, client, browser)
    _count(current_app.extensions["redis"], {key: [1, {who}] for key in _keys(campaign.id, day, phase, by)})


def see_again(app: Flask, campaign_id: int, phase: str, by: int | None, client: str, browser: str) -> None:
    """The same for an answer that was kept: counted here, and told to Redis once a second for all."""
    day = clock.now().date().isoformat()
    tally: Tally = app.extensions.get("visits") or app.extensions.setdefault("visits", Tally(app))
    for key in _keys(campaign_id, day, phase, by):
        tally.add(key, _digest(app.config["SECRET_KEY"], day, client, browser))


class Tally:
    """The views of kept pages in this process that Redis has not been told of yet."""

    def __init__(self, app: Flask):
        self._redis = app.extensions["redis"]
        self._lock = threading.Lock()
        self._seen: dict[str, list] = defaultdict(lambda: [0, set()])
        self._waits = False
        atexit.register(self.tell)

    def add(self, key: str, who: str) -> None:
        """Count a view."""
        with self._lock:
            seen = self._seen[key]
            seen[0] += 1
            seen[1].add(who)
            if self._waits:
                return
            self._waits = True
        timer = threading.Timer(SOON, self.tell)
        timer.daemon = True
        timer.start()

    def tell(self) -> None:
        """Tell Redis of all of them."""
        with self._lock:
            seen, self._seen, self._waits = self._seen, defaultdict(lambda: [0, set()]), False
        if seen:
            _count(self._redis, seen)


def _keys(campaign_id: int, day: str, phase: str, by: int | None) -> list[str]:
    return [f"visits:{campaign_id}:{day}:{phase}", *([f"{LINK}:{campaign_id}:{day}:{by}"] if by is not None else [])]


def _digest(secret: str, day: str, client: str, browser: str) -> str:
    salted = f"{secret} {day} {client} {browser}"
    return hashlib.sha256(salted.encode("utf-8", "replace")).hexdigest()[:20]


def _count(redis, seen: dict[str, list]) -> None:
    """Add views and who came to the counters of a day."""
    pipe = redis.pipeline(transaction=False)
    for key, (views, who) in seen.items():
        pipe.pfadd(f"{key}:who", *who).expire(f"{key}:who", KEEP)
        pipe.incrby(f"{key}:views", views).expire(f"{key}:views", KEEP)
        pipe.sadd("visits:open", key)
    try:
        pipe.execute()
    except RedisError:
        pass


def fold() -> None:
    """Bring the counters into rows. Counts only grow, so folding twice, or after a lost Redis, takes nothing away."""
    redis = current_app.extensions["redis"]
    for member in redis.smembers("visits:open"):
        key = member.decode()
        kind, campaign_id, day, which = key.split(":")
        visitors, views = redis.pfcount(f"{key}:who"), int(redis.get(f"{key}:views") or 0)
        if not views or date.fromisoformat(day) < clock.now().date():
            redis.srem("visits:open", key)
        if db.session.get(Campaign, int(campaign_id)) is None or not views:
            continue
        same = dict(campaign_id=int(campaign_id), day=date.fromisoformat(day))
        if kind == LINK:
            _fold_link(int(which), visitors, same)
            continue
        same["phase"] = which
        row = db.session.scalar(select(Visit).filter_by(**same)) or Visit(**same, visitors=0, views=0)
        row.visitors, row.views = max(row.visitors, visitors), max(row.views, views)
        db.session.add(row)


def _fold_link(person_id: int, visitors: int, same: dict) -> None:
    person = db.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        return
    same["person_id"] = person.merged_into or person.id
    row = db.session.get(LinkVisit, same) or LinkVisit(**same, visitors=0)
    row.visitors = max(row.visitors, visitors)
    db.session.add(row)
