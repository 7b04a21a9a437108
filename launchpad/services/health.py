"""What the program needs in order to keep its word: database, Redis, worker, timekeeper."""

import time

from flask import current_app
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from launchpad.database import db

BEAT = "launchpad:beat:"  # Redis keys that a living part renews: launchpad:beat:<part>, holding a Unix time
LONG = 15  # seconds without a beat after which a part counts as gone


def beat(part: str) -> None:
    """Say that a part is alive. Raises RedisError."""
    current_app.extensions["redis"].set(BEAT + part, repr(time.time()), ex=LONG * 4)


def parts() -> dict[str, dict]:
    """Each part with `ok` and, where it is not, `why`."""
    return {"database": _database(), "redis": _redis(), "worker": _beating("worker"), "timekeeper": _beating("timekeeper")}


def _database() -> dict:
    try:
        db.session.execute(text("SELECT 1"))
        return {"ok": True}
    except SQLAlchemyError:
        db.session.rollback()
        return {"ok": False, "why": "the database does not answer"}


def _redis() -> dict:
    try:
        current_app.extensions["redis"].ping()
        return {"ok": True}
    except RedisError:
        return {"ok": False, "why": "Redis does not answer"}


def _beating(part: str) -> dict:
    try:
        last = current_app.extensions["redis"].get(BEAT + part)
    except RedisError:
        return {"ok": False, "why": "not known while Redis does not answer"}
    if last is None or time.time() - float(last) > LONG:
        return {"ok": False, "why": f"no {part} has been seen for {LONG} s"}
    return {"ok": True}
