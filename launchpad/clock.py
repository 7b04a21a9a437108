"""The wall clock: the only place in the project that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

source: Callable[[], datetime] = lambda: datetime.now(UTC)  # tests put a clock of their own here


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return source()
