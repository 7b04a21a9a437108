"""How many follow a campaign's thread live just now, over all web processes.

Each process says its number to Redis once a second; what is older than a few seconds does not count, so a process that dies
is forgotten by itself. Without Redis it is the number of the process that is asked. Streams are counted: somebody with two
tabs is two, somebody whose page has to ask for what is new is none.
"""

import os
import secrets
import time

import redis
from flask import current_app

FRESH = 5.0  # seconds for which what a process said counts


def tell(here: dict[int, int]) -> None:
    """Say how many follow each campaign in this process."""
    current_app.extensions["presence"] = dict(here)
    if not here:
        return
    now, name = time.time(), _name()
    try:
        with current_app.extensions["redis"].pipeline(transaction=False) as line:
            for campaign_id, number in here.items():
                line.hset(_key(campaign_id), name, f"{number} {now:.1f}")
                line.expire(_key(campaign_id), 60)
            line.execute()
    except redis.RedisError:
        pass  # each process then knows its own


def here(campaign_id: int) -> int:
    """How many follow this campaign."""
    ours = current_app.extensions.get("presence", {}).get(campaign_id, 0)
    try:
        said = current_app.extensions["redis"].hgetall(_key(campaign_id))
    except redis.RedisError:
        return ours
    now, total = time.time(), 0
    for value in said.values():
        number, _, at = value.decode().partition(" ")
        if abs(now - float(at)) < FRESH:
            total += int(number)
    return max(total, ours)


def _key(campaign_id: int) -> str:
    return f"launchpad:here:{campaign_id}"


def _name() -> str:
    """This process's field. A forked one has its own."""
    names = current_app.extensions.setdefault("presence_names", {})
    return names.setdefault(os.getpid(), f"{os.getpid()}-{secrets.token_hex(4)}")
