"""Calls that are taken together when they come thick and fast: the first ones act at once, further ones a moment later."""

import threading
import time
from collections.abc import Callable

AT_ONCE, GAP = 5, 0.2  # so many calls in a second act at once, further ones no oftener than after so many seconds


class Flood:
    """`act` runs after each call that came before it, at once or within GAP seconds; never twice at the same time."""

    def __init__(self, act: Callable[[], None]):
        self._act = act
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._second = self._acted = 0.0  # when the second began in which calls are counted; when it acted last
        self._calls, self._waits = 0, False

    def __call__(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._second >= 1:
                self._second, self._calls = now, 0
            self._calls += 1
            left = self._acted + GAP - now
            if self._calls > AT_ONCE and left > 0:
                if not self._waits:
                    self._waits = True
                    timer = threading.Timer(left, self._run)
                    timer.daemon = True
                    timer.start()
                return
        self._run()

    def _run(self) -> None:
        with self._lock:
            self._waits, self._acted = False, time.monotonic()
        with self._turn:
            self._act()
