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
from launchpad.models import Campaign, Visit
from launchpad.services import previewing

KEEP = 3 * 24 * 3600  # seconds that a day's counters live
SOON = 1.0  # seconds until the views of kept pages are told


def see(campaign: Campaign, phase: str, client: str, browser: str) -> None:
    """Count one view of a campaign's page by somebody. Redis away: this view goes uncounted, the page does not care."""
    if previewing.shown() is not None:
        return
    day = clock.now().date().isoformat()
    who = _digest(current_app.config["SECRET_KEY"], day, client, browser)
    _count(current_app.extensions["redis"], {_key(campaign.id, day, phase): [1, {who}]})


def see_again(app: Flask, campaign_id: int, phase: str, client: str, browser: str) -> None:
    """The same for an answer that was kept: counted here, and told to Redis once a second for all."""
    day = clock.now().date().isoformat()
    tally: Tally = app.extensions.get("visits") or app.extensions.setdefault("visits", Tally(app))
    tally.add(_key(campaign_id, day, phase), _digest(app.config["SECRET_KEY"], day, client, browser))


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


def _key(campaign_id: int, day: str, phase: str) -> str:
    return f"visits:{campaign_id}:{day}:{phase}"


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
        _, campaign_id, day, phase = key.split(":")
        visitors, views = redis.pfcount(f"{key}:who"), int(redis.get(f"{key}:views") or 0)
        if not views or date.fromisoformat(day) < clock.now().date():
            redis.srem("visits:open", key)
        if db.session.get(Campaign, int(campaign_id)) is None or not views:
            continue
        same = dict(campaign_id=int(campaign_id), day=date.fromisoformat(day), phase=phase)
        row = db.session.scalar(select(Visit).filter_by(**same)) or Visit(**same, visitors=0, views=0)
        row.visitors, row.views = max(row.visitors, visitors), max(row.views, views)
        db.session.add(row)
