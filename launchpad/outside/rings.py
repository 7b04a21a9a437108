"""The ring: Redis pub/sub says "look", the database tells. A ring that is lost costs a second, never an event.

One connection a process listens, for all who want to hear: `12` says that campaign 12 has new events, `changed <who>` that
a process changed what pages show.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from weakref import WeakKeyDictionary

import redis
from flask import current_app

CHANNEL = "rings"
AGAIN = 1.0  # seconds between tries to hear while Redis is away


def ring(campaign_id: int | None) -> None:
    """Tell every web process that the campaign has new events. Redis away is no error: they look each second anyway."""
    _say(str(campaign_id))


def say_changed() -> None:
    """Tell the other processes that what pages show has changed. Redis away: they find it within a second."""
    _say(f"changed {_me()}")


def _say(words: str) -> None:
    try:
        current_app.extensions["redis"].publish(CHANNEL, words)
    except redis.RedisError:
        pass


def _me() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


def heard(client: redis.Redis, timeout: float = 1.0) -> Iterator[int | None]:
    """Yield the campaign id of each ring, or None each `timeout` seconds of silence. Raises RedisError when Redis is away."""
    ear, queue = ear_of(client), SimpleQueue()
    ear.listen(queue)
    try:
        while True:
            try:
                said = queue.get(timeout=timeout)
            except Empty:
                said = None
            if isinstance(said, redis.RedisError):
                raise said
            yield said
    finally:
        ear.queues.discard(queue)


class Ear:
    """What one process hears. Its thread begins with the first who wants to hear, and then stays."""

    def __init__(self, client: redis.Redis):
        self._client = client
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.hears = threading.Event()  # set while Redis is there
        self.queues: set[SimpleQueue] = set()
        self.on_change: list[Callable[[], None]] = []  # another process changed something, or may have unheard

    def listen(self, queue: SimpleQueue | None = None) -> None:
        """Hear from now on; with a queue, put each ring's campaign id into it."""
        with self._lock:
            if queue is not None:
                self.queues.add(queue)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(CHANNEL)
                    self._changed()  # what was said before this is lost
                    self.hears.set()
                    while True:
                        message = channel.get_message(timeout=AGAIN)
                        if message is not None:
                            self._hear(message["data"])
            except (redis.RedisError, OSError) as away:
                self.hears.clear()
                for queue in list(self.queues):
                    queue.put(away if isinstance(away, redis.RedisError) else redis.ConnectionError(str(away)))
            time.sleep(AGAIN)

    def _hear(self, said: bytes) -> None:
        if said.isdigit():
            for queue in list(self.queues):
                queue.put(int(said))
        elif said.startswith(b"changed ") and said != f"changed {_me()}".encode():
            self._changed()

    def _changed(self) -> None:
        for call in self.on_change:
            call()


_ears: WeakKeyDictionary[redis.Redis, Ear] = WeakKeyDictionary()


def ear_of(client: redis.Redis) -> Ear:
    """The one ear of this process at a Redis."""
    return _ears.setdefault(client, Ear(client)) if client not in _ears else _ears[client]
