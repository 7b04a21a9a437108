"""Waiting for what other threads and processes do."""

import time


def until(condition, seconds: float = 30.0, pause: float = 0.05):
    """The first true value of the condition; the last one when there was none in so many seconds."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return value
