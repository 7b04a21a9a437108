"""Visits: counted in Redis, folded into rows. Who came is never kept: a day's salted digest goes into a HyperLogLog."""

import hashlib
from datetime import date

from flask import current_app
from redis import RedisError
from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Visit
from launchpad.services import previewing

KEEP = 3 * 24 * 3600  # seconds that a day's counters live


def see(campaign: Campaign, phase: str, client: str, browser: str) -> None:
    """Count one view of a campaign's page by somebody. Redis away: this view goes uncounted, the page does not care."""
    if previewing.shown() is not None:
        return
    day = clock.now().date().isoformat()
    salted = f"{current_app.config['SECRET_KEY']} {day} {client} {browser}"
    who = hashlib.sha256(salted.encode("utf-8", "replace")).hexdigest()[:20]
    key = f"visits:{campaign.id}:{day}:{phase}"
    try:
        pipe = current_app.extensions["redis"].pipeline(transaction=False)
        pipe.pfadd(f"{key}:who", who).expire(f"{key}:who", KEEP)
        pipe.incr(f"{key}:views").expire(f"{key}:views", KEEP)
        pipe.sadd("visits:open", key).execute()
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
