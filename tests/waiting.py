"""Waiting for what other threads and processes do, and not waiting where the code would."""

import threading
import time
from collections.abc import Callable


def until(condition, seconds: float = 30.0, pause: float = 0.05):
    """The first true value of the condition; the last one when there was none in so many seconds."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return value


def instead_of_sleep(monkeypatch, nap: Callable[[float], object]) -> None:
    """Have this thread call `nap` where it would sleep; threads that other tests left sleep as ever."""
    here, sleep = threading.get_ident(), time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: (nap if threading.get_ident() == here else sleep)(seconds))
