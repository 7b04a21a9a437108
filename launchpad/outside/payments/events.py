"""What a signed delivery is, before anybody asks what it means."""

import json
from dataclasses import dataclass
from typing import Any

MOST = 250  # characters of an id or a kind; longer ones are no provider's


@dataclass(frozen=True)
class Event:
    """One delivery, proven. `event_id` is the same for each repetition. `nothing` is a ping: answered, never kept."""

    event_id: str
    kind: str
    payload: dict[str, Any]
    nothing: bool = False


class Forged(Exception):
    """The signature is missing, wrong, or too old."""


class Unreadable(Exception):
    """It was signed by them, and yet cannot be read; the message says what was missing."""


def read(raw: bytes) -> dict[str, Any]:
    """The body as a JSON object of text that a database can hold. Raises Unreadable."""
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("the body is no JSON") from fault
    if not isinstance(found, dict):
        raise Unreadable("the body is no JSON object")
    try:
        return fit(found)
    except RecursionError as fault:
        raise Unreadable("the body is nested too deeply") from fault


def text(found: dict[str, Any], name: str) -> str:
    """A text that must be there. Raises Unreadable."""
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MOST:
        raise Unreadable(f"{name} is missing")
    return value


def _no_number(name: str) -> None:
    return None  # NaN and Infinity are no JSON; PostgreSQL refuses them


def fit(value: Any, depth: int = 0) -> Any:
    """The same without NUL and lone surrogates, which PostgreSQL keeps in no text."""
    if depth > 60:
        raise Unreadable("the body is nested too deeply")
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [fit(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {fit(key): fit(one, depth + 1) for key, one in value.items()}
    return value
