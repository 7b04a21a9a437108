"""Which of many sockets are ready: epoll where there is one, whatever the standard library has elsewhere.

gevent takes epoll out of `select` and puts a selector of its own in place, which keeps a watcher for each socket. Here the
kernel's is used all the same: only the waiting for it is left to gevent, so that other greenlets run meanwhile.
"""

import os
import select
import selectors
import sys

MOST = 512  # sockets told of at once


class Readiness:
    """The sockets watched by one thread. Each is watched for hanging up; with `room`, for taking more too."""

    def __init__(self) -> None:
        epoll, patched = _epoll()
        self._epoll = epoll() if epoll is not None else None
        self._selector = selectors.DefaultSelector() if epoll is None else None
        self._outer = None
        if epoll is not None and patched:
            self._outer = select.poll()  # gevent's: other greenlets run while it waits. Its select stops at descriptor 1024
            self._outer.register(self._epoll.fileno(), select.POLLIN)
        self._bell, self._rope = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._rope, False)
        self._rung = False
        self.watch(self._bell)

    def wake(self) -> None:
        """End a wait of another thread."""
        if not self._rung:
            self._rung = True
            try:
                os.write(self._rope, b".")
            except BlockingIOError:
                pass

    def watch(self, fd: int, room: bool | None = None) -> None:
        """Begin to watch a socket; with `room` given, change what an already watched one is watched for."""
        if self._epoll is not None:
            events = select.EPOLLIN | (select.EPOLLOUT if room else 0)
            (self._epoll.register if room is None else self._epoll.modify)(fd, events)
        else:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if room else 0)
            (self._selector.register if room is None else self._selector.modify)(fd, events)

    def forget(self, fd: int) -> None:
        """Stop watching."""
        try:
            (self._epoll or self._selector).unregister(fd)
        except (KeyError, OSError):
            pass

    def wait(self, timeout: float) -> list[tuple[int, bool]]:
        """The sockets that are ready, each with whether it has room; after `timeout` seconds none."""
        if self._epoll is not None:
            if self._outer is not None:
                self._outer.poll(timeout * 1000)
                timeout = 0
            ready = [(fd, bool(events & select.EPOLLOUT)) for fd, events in self._epoll.poll(timeout, MOST)]
        else:
            ready = [(key.fd, bool(events & selectors.EVENT_WRITE)) for key, events in self._selector.select(timeout)]
        if any(fd == self._bell for fd, _ in ready):
            os.read(self._bell, 4096)
            self._rung = False  # after the reading: whoever rang in between is seen by what follows this wait
        return [(fd, room) for fd, room in ready if fd != self._bell]

    def close(self) -> None:
        (self._epoll or self._selector).close()
        os.close(self._bell)
        os.close(self._rope)


def _epoll() -> tuple[type | None, bool]:
    """The kernel's epoll, and whether gevent has patched the standard library."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("select"):
        return getattr(select, "epoll", None), False
    try:
        return monkey.get_original("select", "epoll"), True
    except AttributeError:
        return None, True
