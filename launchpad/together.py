"""One transaction for many who want the same at the same moment.

A rush is thousands of small writes of one kind. Each alone would pay for a transaction of its own and wait for the one
before it. Here whoever finds the turn free takes everybody who is waiting along; the others find their result ready.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Wish(Generic[Item, Result]):
    def __init__(self, item: Item):
        self.item = item
        self.came = time.monotonic()
        self.done = False
        self.result: Result | None = None
        self.fault: BaseException | None = None


class Together(Generic[Item, Result]):
    """Calls of one instance are joined: `act` gets the items of all who wait and answers with a result for each.

    `act` runs in the thread, and so in the app context, of one of them: items and results must be plain values. When it
    fails for several, each is tried alone, so that nobody fails by somebody else's item. Whoever comes first waits for
    `gather` seconds for others, where an answer at once would be held back anyhow.
    """

    def __init__(self, act: Callable[[list[Item]], list[Result]], most: int = 200, gather: float = 0.0):
        self._act, self._most, self._gather = act, most, gather
        self._waiting: deque[_Wish] = deque()
        self._turn = threading.Lock()

    def __call__(self, item: Item) -> Result:
        """Have the item acted on, and get its result. Raises what `act` raises for it alone."""
        wish = _Wish(item)
        self._waiting.append(wish)
        with self._turn:
            while not wish.done:
                if (early := self._waiting[0].came + self._gather - time.monotonic()) > 0:
                    time.sleep(early)
                self._serve([self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))])
        if wish.fault is not None:
            raise wish.fault
        return wish.result

    def _serve(self, wishes: list[_Wish]) -> None:
        try:
            results = self._act([wish.item for wish in wishes])
            if len(results) != len(wishes):
                raise ValueError(f"{len(results)} results for {len(wishes)} items")
        except BaseException as fault:
            if len(wishes) > 1:
                for wish in wishes:
                    self._serve([wish])
            else:
                wishes[0].fault, wishes[0].done = fault, True
            return
        for wish, result in zip(wishes, results, strict=True):
            wish.result, wish.done = result, True
