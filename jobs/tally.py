"""What the crowd was told, counted."""

import threading
from collections import Counter
from datetime import datetime

from jobs.answers import Answer
from launchpad import clock


class Tally:
    """What the crowd was told, by any of its threads: refusals by reason, errors, and what doubled forms met."""

    def __init__(self, kept: dict | None = None):
        kept = kept or {}
        self.refusals, self.errors = Counter(kept.get("refusals", {})), int(kept.get("errors", 0))
        self.doubled, self.doubled_refused = int(kept.get("doubled", 0)), Counter(kept.get("doubled_refused", {}))
        self.most_behind = int(kept.get("most_behind", 0))  # campaign seconds
        self.acts = Counter()  # since it was last asked
        self._refused: list[tuple[str, str, str, datetime]] = []
        self._lock = threading.Lock()

    def count(self, answer: Answer, actor: str = "", act: str = "") -> None:
        """An answer; with who got it, and at what, a refusal is noted for their story as well."""
        if answer.status >= 500:
            self.fail()
        elif answer.status >= 400:
            with self._lock:
                self.refusals[answer.reason] += 1
                if actor:
                    self._refused.append((actor, act, answer.reason, clock.now()))

    def count_second(self, answer: Answer, first: Answer) -> None:
        """What the second of two forms sent at once was told; a refusal counts when the first was not refused."""
        with self._lock:
            self.doubled += 1
        if answer.status >= 500:
            self.fail()
        elif answer.status >= 400 and first.ok:
            with self._lock:
                self.doubled_refused[answer.reason] += 1

    def note(self, act: str) -> None:
        """Somebody did something."""
        with self._lock:
            self.acts[act] += 1

    def fail(self) -> None:
        with self._lock:
            self.errors += 1

    def refused(self) -> list[tuple[str, str, str, datetime]]:
        """Who was refused what since this was last asked: (actor, act, reason, real moment)."""
        with self._lock:
            found, self._refused = self._refused, []
            return found

    def row(self, behind: int = 0) -> dict:
        """What is kept. `behind`: campaign seconds between the clock and the crowd right now."""
        with self._lock:
            self.most_behind = max(self.most_behind, behind)
            acts, self.acts = dict(self.acts), Counter()
            return {
                "refusals": dict(self.refusals), "errors": self.errors, "acts": acts, "behind": behind,
                "most_behind": self.most_behind, "doubled": self.doubled, "doubled_refused": dict(self.doubled_refused),
            }  # fmt: skip
