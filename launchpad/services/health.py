"""What the program needs in order to keep its word: database, Redis, a worker a queue, timekeeper; and time kept."""

import time
from datetime import UTC, datetime

from flask import current_app
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from launchpad.database import db
from launchpad.services import timetable

QUEUES = ("milestones", "letters", "upkeep", "rehearsal")  # of work; each has a worker of its own, which beats for it
WORKERS = tuple(f"worker-{name}" for name in QUEUES)
BEATING = ("timekeeper", *WORKERS)
BEAT = "launchpad:beat:"  # Redis keys that a living part renews: launchpad:beat:<part>, holding a Unix time
LONG = 10  # seconds without a beat after which a part counts as gone; it beats every 2
KEPT = 86400  # seconds for which the last beat of a part that is gone is remembered
LATE = 2.0  # real seconds after which a milestone that is open should have been reached


def beat(part: str) -> None:
    """Say that a part, one of BEATING, is alive. Raises RedisError."""
    current_app.extensions["redis"].set(BEAT + part, repr(time.time()), ex=KEPT)


def parts() -> dict[str, dict]:
    """Each part with `ok` and, where it is not, `why`: words without a campaign's name, because anyone may read them.

    `worker` is in order when each queue has one; `time` when no milestone has been open for over 2 s and unreached.
    """
    return {name: _for_anyone(part) for name, part in _parts().items()}


def troubles() -> list[str]:
    """What keeps the program from keeping its word now, a sentence each, for the team; nothing when all is well.

    One question to Redis; the database is asked for the timetables that go on. It raises nothing, whichever is away.
    """
    found = []
    for part in _parts().values():
        if not part["ok"]:
            found += part["told"] if "told" in part else [f"{part['why'][:1].upper()}{part['why'][1:]}."]
    return found


def _for_anyone(part: dict) -> dict:
    shown = {key: value for key, value in part.items() if key != "told"}
    if "queues" in shown:
        shown["queues"] = {name: _for_anyone(queue) for name, queue in shown["queues"].items()}
    return shown


def _parts() -> dict[str, dict]:
    beats = _beats()
    away = {"ok": False, "why": "Redis does not answer: live pages and letters are slower"}
    return {
        "database": _database(),
        "redis": away if beats is None else {"ok": True},
        "worker": _worker(beats),
        "timekeeper": _beating("timekeeper", beats, "the timekeeper"),
        "time": _time(),
    }


def _database() -> dict:
    try:
        db.session.execute(text("SELECT 1"))
        return {"ok": True}
    except SQLAlchemyError:
        db.session.rollback()
        return {"ok": False, "why": "the database does not answer"}


def _beats() -> dict[str, float] | None:
    """When each part was seen last, as Unix times; None while Redis does not answer."""
    try:
        found = current_app.extensions["redis"].mget([BEAT + part for part in BEATING])
    except RedisError:
        return None
    return {part: float(last) for part, last in zip(BEATING, found, strict=True) if last is not None}


def _worker(beats: dict[str, float] | None) -> dict:
    queues = {name: _beating(part, beats, f"the worker for {name}") for name, part in zip(QUEUES, WORKERS, strict=True)}
    gone = [queue for queue in queues.values() if not queue["ok"]]
    if not gone:
        return {"ok": True, "queues": queues}
    told = [line for queue in gone for line in queue["told"]]
    return {"ok": False, "why": "; ".join(dict.fromkeys(queue["why"] for queue in gone)), "told": told, "queues": queues}


def _beating(part: str, beats: dict[str, float] | None, called: str) -> dict:
    if beats is None:  # which is said of Redis; nobody knows more
        return {"ok": False, "why": "not known while Redis does not answer", "told": []}
    last = beats.get(part)
    if last is None:
        why = f"{called} has not been seen"
    elif abs(age := time.time() - last) > LONG:  # a beat of the future was left by a clock that was stepped back since
        at = datetime.fromtimestamp(last, UTC)
        why = f"{called} has not been seen since {at:%H:%M:%S} UTC" + (f", {age:.0f} s ago" if age > 0 else "")
    else:
        return {"ok": True}
    return {"ok": False, "why": why, "told": [f"{why[:1].upper()}{why[1:]}."]}


def _ago(seconds: float) -> str:
    """So long, in the largest unit of which there are at least two."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _time() -> dict:
    try:
        late = timetable.late(LATE)
    except SQLAlchemyError:
        db.session.rollback()
        return {"ok": False, "why": "not known while the database does not answer", "told": []}
    if not late:
        return {"ok": True}
    longest = max(one.seconds for one in late)
    told = [f"{one.called} of {one.campaign} opened {_ago(one.seconds)} ago and its work is not done." for one in late]
    return {"ok": False, "why": f"{len(late)} open and not reached, for {_ago(longest)}", "told": told}
