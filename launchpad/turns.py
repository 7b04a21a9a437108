"""Of many who want the same one thing, a few are at work at a time; the others sleep until it is their turn.

A thousand requests at work at once are slower than a few after one another: every thread that could run asks for the
interpreter two hundred times a second, and each holds a connection meanwhile.
"""

import threading
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass
class _Room:
    inside: int = 0  # the weight of those at work
    waiting: deque[threading.Event] = field(default_factory=deque)


class Turn:
    """The right to be at work, until `end`; ending it twice changes nothing."""

    def __init__(self, turns: "Turns", name: Hashable):
        self._turns: Turns | None = turns
        self._name = name
        self._weight = 1

    def weigh(self, weight: int) -> None:
        """Turn out to be more work than most: so much less room there is for others until the end."""
        if self._turns is not None:
            self._turns._change(self._name, weight - self._weight)
            self._weight = weight

    def end(self) -> None:
        """Let the next one in: who has waited longest."""
        turns, self._turns = self._turns, None
        if turns is not None:
            turns._change(self._name, -self._weight)


class Turns:
    """At most `most` at once for each name. Who has waited `longest` seconds goes in all the same."""

    def __init__(self, most: int, longest: float):
        self._most, self._longest = most, longest
        self._rooms: dict[Hashable, _Room] = {}
        self._lock = threading.Lock()

    def take(self, name: Hashable) -> Turn:
        """Wait for a turn."""
        with self._lock:
            room = self._rooms.setdefault(name, _Room())
            if room.inside < self._most and not room.waiting:
                room.inside += 1
                return Turn(self, name)
            called = threading.Event()
            room.waiting.append(called)
        if not called.wait(self._longest):
            with self._lock:
                if not called.is_set():  # nobody has counted them in
                    room.waiting.remove(called)
                    room.inside += 1
        return Turn(self, name)

    def _change(self, name: Hashable, weight: int) -> None:
        with self._lock:
            room = self._rooms[name]
            room.inside += weight
            while room.waiting and room.inside < self._most:
                room.inside += 1
                room.waiting.popleft().set()
            if not room.inside:
                del self._rooms[name]
