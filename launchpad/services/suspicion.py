"""Noticing sign-ups that look made up: each leaves marks in Redis, and too many of a mark are a reason for doubt.

The marks are lists of place ids under digests that only the site's own key makes, gone within minutes; that of a
mailbox lives thirty days. Redis away: nobody is doubted for pace, only for a disposable address. Nobody is refused
here, or made to wait for an answer.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from redis import RedisError

from launchpad.models import Campaign
from launchpad.outside import disposable
from launchpad.rules.suspicion import LIMITS, is_disposable, marks
from launchpad.services import doubts


@dataclass(frozen=True)
class Seen:
    """One sign-up: its place, address key, the client's network address, and how many seconds the form took."""

    place_id: int
    email: str
    client: str = ""
    seconds: float | None = None


def look(campaign: Campaign, sign_ups: Iterable[Seen]) -> None:
    """Doubt those of these new places that look made up, and those before them that turn out to belong to them."""
    sign_ups = list(sign_ups)
    if not sign_ups:
        return
    reasons: dict[int, list[str]] = defaultdict(list)
    listed = disposable.domains(current_app.extensions["settings"].data_dir)
    for one in sign_ups:
        if is_disposable(one.email, listed):
            reasons[one.place_id].append("disposable")
    try:
        for name, ids in _too_many(campaign, sign_ups):
            for id in ids:
                if name not in reasons[id]:
                    reasons[id].append(name)
    except RedisError:
        pass
    doubts.raise_all(campaign, reasons)


def _too_many(campaign: Campaign, sign_ups: list[Seen]) -> list[tuple[str, list[int]]]:
    """Marks with more than their limit: their names, and the places to doubt for each."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    pipe, asked = current_app.extensions["redis"].pipeline(transaction=False), []
    for one in sign_ups:
        for name, value in marks(one.email, one.client, one.seconds).items():
            digest = hmac.digest(secret, f"{campaign.id} {name} {value}".encode("utf-8", "replace"), "sha256").hex()[:24]
            key = f"marks:{digest}"
            pipe.rpush(key, one.place_id)
            pipe.expire(key, LIMITS[name].seconds, nx=True)
            asked.append((name, key, one.place_id))
    lengths = pipe.execute()[::2]
    found, crossed = [], {}
    for (name, key, place_id), length in zip(asked, lengths, strict=True):
        if length > LIMITS[name].most:
            found.append((name, [place_id]))
        if length == LIMITS[name].most + 1:
            crossed[key] = name
    if crossed:  # those who came before the one too many
        before = current_app.extensions["redis"].pipeline(transaction=False)
        for key in crossed:
            before.lrange(key, 0, LIMITS[crossed[key]].most)
        for name, ids in zip(crossed.values(), before.execute(), strict=True):
            found.append((name, [int(id) for id in ids]))
    return found
