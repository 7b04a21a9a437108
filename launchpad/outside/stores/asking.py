"""One question to a store: no redirect is followed, nothing is waited for long, and no answer is read without end."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import urllib3

from launchpad.outside.payments.events import Unreadable, fit

LARGEST = 24 * 1024 * 1024  # bytes of a page; 250 orders of a hundred lines have less
PATIENCE = urllib3.Timeout(connect=4, read=20)  # seconds
TRIES, LONGEST_WAIT = 3, 5.0  # a store that says "too many" is asked again after so many seconds at most


class Silent(Exception):
    """The store did not answer, or not with orders. `refused`: it did, and did not accept our key."""

    def __init__(self, why: str, refused: bool = False):
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True)
class Page:
    """Orders as the store keeps them, and until when whoever read this far has read everything; None while unknown."""

    orders: list[dict[str, Any]]
    until: datetime | None


@dataclass(frozen=True)
class Asked:
    """Where a store is asked, and the headers that prove who asks."""

    base: str
    headers: Mapping[str, str]

    def get(self, path: str, query: Mapping[str, object]) -> tuple[Any, Mapping[str, str]]:
        """The JSON of an answer, and its headers. Raises Silent."""
        for attempt in range(TRIES):
            status, headers, raw = self._once(f"{self.base}{path}?{urlencode(query)}")
            if status == 429 and attempt + 1 < TRIES:
                time.sleep(_wait(headers.get("Retry-After")))
                continue
            break
        if status in (401, 403):
            raise Silent(f"it does not accept the key (status {status})", refused=True)
        if 300 <= status < 400:
            raise Silent(f"it answers from another address (status {status}); set that one")
        if status != 200:
            raise Silent(f"it answered with status {status}")
        try:
            return fit(json.loads(raw.decode("utf-8"), parse_constant=lambda _name: None)), headers
        except (ValueError, RecursionError, Unreadable) as fault:
            raise Silent("its answer is no JSON") from fault

    def _once(self, address: str) -> tuple[int, Mapping[str, str], bytes]:
        answer = None
        try:
            answer = urllib3.request(
                "GET", address, headers={"Accept": "application/json", "User-Agent": "launchpad", **self.headers},
                redirect=False, retries=False, timeout=PATIENCE, preload_content=False,
            )  # fmt: skip
            raw = answer.read(LARGEST + 1, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError) as fault:
            raise Silent(f"it did not answer ({type(fault).__name__})") from fault
        finally:
            if answer is not None:
                answer.close()
        if len(raw) > LARGEST:
            raise Silent("its answer is too large")
        return answer.status, answer.headers, raw


def rows(found: Any) -> list[dict[str, Any]]:
    """A list of objects. Raises Silent."""
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Silent("its answer is no list of orders")
    return found


def _wait(said: str | None) -> float:
    try:
        return min(LONGEST_WAIT, max(0.1, float(said or 1)))
    except ValueError:
        return 1.0
