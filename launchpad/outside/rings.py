"""The ring: Redis pub/sub says "look", the database tells. A ring that is lost costs a second, never an event."""

from collections.abc import Iterator

import redis
from flask import current_app

CHANNEL = "rings"


def ring(campaign_id: int | None) -> None:
    """Tell every web process that the campaign has new events. Redis away is no error: they look each second anyway."""
    try:
        current_app.extensions["redis"].publish(CHANNEL, str(campaign_id))
    except redis.RedisError:
        pass


def heard(client: redis.Redis, timeout: float = 1.0) -> Iterator[int | None]:
    """Yield the campaign id of each ring, or None each `timeout` seconds of silence. Raises RedisError when Redis is away."""
    with client.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANNEL)
        while True:
            message = channel.get_message(timeout=timeout)
            text = message["data"] if message else b""
            yield int(text) if text.isdigit() else None
