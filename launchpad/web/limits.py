"""How often one person may do a thing. Limits live in Redis; while it is away each process counts for itself."""

import math
import time
from functools import lru_cache

from flask import current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import RateLimitItem, parse
from limits.errors import StorageError
from redis import RedisError

from launchpad.rules.suspicion import network_of
from launchpad.services import actors
from launchpad.services.actors import HEADER as ACTOR
from launchpad.services.actors import signature as actor_signature

__all__ = ["ACTOR", "actor", "actor_signature", "address", "client", "counted", "limiter", "network", "person", "within"]


def actor() -> str | None:
    """Whom the crowd plays in this request, if it truly is the crowd: `<campaign id>:<number>`."""
    return actors.actor_of(current_app.config["SECRET_KEY"], request.headers.get(ACTOR, ""))


def client() -> str:
    """Who is counted: a played person, or the client's address."""
    return actor() or request.remote_addr or "unknown"


def person() -> str:
    """Who is counted where people sign in: many of them may share one address on launch day."""
    return f"person:{current_user.get_id()}" if current_user.is_authenticated else client()


def address() -> str:
    """What is counted where the address itself is a secret: each of a thousand letters' links by itself."""
    return request.path


def network() -> str | None:
    """The network around the client's address, /24 or /56; None for the crowd, this machine and private networks."""
    return None if actor() else network_of(request.remote_addr or "")


COUNTED = "launchpad.counted"  # where a request carries that it was
JOINS, JOINS_OF_NETWORK = "1200/minute", "6000/minute"  # a phone network's many people share few addresses

# No headers on each answer: they ask Redis once more, and the page of a refusal says when to come back.
limiter = Limiter(key_func=client, in_memory_fallback_enabled=True, strategy="moving-window")


def within(limit: str, whose: str, endpoint: str) -> bool:
    """Count one POST of an endpoint before the application is asked, as its decorator does; False when it is too much.

    Also while Redis is away: then the application counts, in this process.
    """
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(_rate(limit), whose, endpoint)
    except (RedisError, StorageError):
        return False


def counted() -> bool:
    """Whether this request was counted already, by a door in front of the application."""
    return request.environ.get(COUNTED, False)


@lru_cache(maxsize=50)
def _rate(limit: str) -> RateLimitItem:
    return parse(limit)


def retry_after() -> int:
    """Seconds until the limit that was met allows the next one."""
    met = limiter.current_limit
    return max(1, math.ceil(met.reset_at - time.time())) if met is not None else 60
