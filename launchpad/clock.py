"""The wall clock: the only place in the project that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime


def _wall() -> datetime:
    return datetime.now(UTC)


source: Callable[[], datetime] = _wall  # tests put a clock of their own here


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return source()
