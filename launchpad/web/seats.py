"""Seats: those who follow live by a socket of their own, which the web server has let go of.

One thread a process writes to all of them and never waits for any: whoever cannot take more is left where they are until
their socket has room, and goes on from what the channel keeps. A seat is a few hundred bytes; it holds no thread, no
database connection, and at most the rest of one message.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable

from launchpad.web.channels import Channel
from launchpad.web.readiness import Readiness
from launchpad.web.seat import Seat

TURN = 0.003  # seconds of writing after which other requests have their turn
TICK = 1.0  # seconds between two looks for silent seats

log = logging.getLogger(__name__)


class Seats:
    """All seats of a process and the thread that writes to them. `leave` is told of each that ends."""

    def __init__(self, leave: Callable[[Channel], None]):
        self._leave = leave
        self._seats: dict[int, Seat] = {}
        self._rows: dict[Channel, dict[int, Seat]] = {}
        self._arrivals: deque[Seat] = deque()
        self._stirred: dict[Channel, None] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready: Readiness | None = None
        self._began = self._ticked = 0.0

    def __len__(self) -> int:
        return len(self._seats)

    def take(self, seat: Seat) -> None:
        """Give somebody a seat: from now on the socket is ours. May be called by any thread."""
        with self._lock:
            self._arrivals.append(seat)
            if self._thread is None:
                self._ready = self._ready or Readiness()
                thread = threading.Thread(target=self._run, name="seats", daemon=True)
                thread.start()  # where the system has none left, the next one to come tries again, and takes this one along
                self._thread = thread
            self._ready.wake()

    def stir(self, channel: Channel) -> None:
        """There is something to send in this channel. May be called by any thread."""
        with self._lock:
            if self._thread is not None:
                self._stirred[channel] = None
                self._ready.wake()

    def _run(self) -> None:
        """Write until nobody sits. Nothing that goes wrong ends this thread."""
        while True:
            try:
                for fd, room in self._ready.wait(TICK):
                    if (seat := self._seats.get(fd)) is not None:
                        self._hear(seat, room)
                    self._breathe()
                self._welcome()
                self._serve()
                self._tick()
                if self._empty():
                    return
            except Exception:
                log.warning("the seats stumbled", exc_info=True)
                time.sleep(0.1)

    def _empty(self) -> bool:
        """True when nobody sits; then the next one to come starts a thread of their own."""
        with self._lock:
            if self._seats or self._arrivals:
                return False
            self._ready.close()
            self._thread = self._ready = None
            self._stirred.clear()
            return True

    def _breathe(self) -> None:
        """Let others have their turn, when it was ours for long enough. Greenlets need that; threads do not mind."""
        if time.monotonic() - self._began > TURN:
            time.sleep(0)
            self._began = time.monotonic()

    def _welcome(self) -> None:
        while self._arrivals:
            seat = self._arrivals.popleft()
            try:
                os.set_blocking(seat.fd, False)
                self._ready.watch(seat.fd)
            except OSError:
                os.close(seat.fd)
                self._leave(seat.channel)
                continue
            self._seats[seat.fd] = self._rows.setdefault(seat.channel, {})[seat.fd] = seat
            self._give(seat, {})
            self._breathe()

    def _serve(self) -> None:
        """Send what is new in the channels that were stirred."""
        with self._lock:
            channels, self._stirred = list(self._stirred), {}
        for channel in channels:
            batches: dict = {}
            for seat in list(self._rows.get(channel, {}).values()):
                if not seat.waits and seat.fd >= 0:
                    self._give(seat, batches)
                self._breathe()

    def _tick(self) -> None:
        """Say something to those who heard nothing for a while: a proxy in between would hang up, and who is gone shows."""
        now = time.monotonic()
        if now - self._ticked < TICK:
            return
        self._ticked = now
        batches: dict[Channel, dict] = {}
        for seat in list(self._seats.values()):
            if seat.waits or seat.fd < 0:
                continue
            if seat.seq < seat.channel.head or seat.channel.over:  # a fault came in between: nobody stays behind
                self._give(seat, batches.setdefault(seat.channel, {}))
            elif now - seat.heard > seat.patience:
                self._write(seat, seat.ping)
            self._breathe()

    def _hear(self, seat: Seat, room: bool) -> None:
        """A socket has room again, or something to say, which is mostly that it has gone."""
        if room and seat.waits:
            rest, seat.rest = seat.rest, b""
            if rest and not self._write(seat, seat.write, [], rest):
                return
            if seat.last:
                self._end(seat)
                return
            seat.waits = False
            self._give(seat, {})
            if seat.fd >= 0 and not seat.waits:
                self._ready.watch(seat.fd, room=False)
            return
        try:
            gone = not os.read(seat.fd, 4096)  # nobody has anything to say on a stream; it is not listened to
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone:
            self._end(seat)

    def _give(self, seat: Seat, batches: dict) -> None:
        """Send all that this seat has not had yet. `batches` keeps what was put together for others at the same place."""
        channel = seat.channel
        while seat.seq != channel.head and channel.over != "reset":
            batch = seat.next(batches)
            if not batch[0]:
                break
            if not self._write(seat, seat.write, *batch):
                return
        if channel.over:
            if self._write(seat, seat.say_goodbye):
                self._end(seat)
        elif channel.counters is not seat.counted:
            seat.counted = channel.counters
            self._write(seat, seat.say, seat.counted)

    def _write(self, seat: Seat, write: Callable[..., bool], *what) -> bool:
        """Write to a seat: False when not all of it went, and it is left where it is until its socket has room, or has gone."""
        try:
            whole = write(*what)
        except OSError:
            self._end(seat)
            return False
        if not whole and not seat.waits:
            seat.waits = True
            self._ready.watch(seat.fd, room=True)
        return whole

    def _end(self, seat: Seat) -> None:
        if seat.fd < 0:
            return
        del self._seats[seat.fd]
        row = self._rows[seat.channel]
        del row[seat.fd]
        if not row:
            del self._rows[seat.channel]
        self._ready.forget(seat.fd)
        os.close(seat.fd)
        seat.fd = -1
        self._leave(seat.channel)
