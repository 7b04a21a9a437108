"""Who follows live: one open stream each, what it is sent, and whether it still may be.

Where the web server lets go of its connection, a viewer gets a seat, and the request ends. Elsewhere, and for the few of
the team who are asked again and again whether they still may, it waits on its channel. It holds no database connection.
"""

import socket
from collections.abc import Callable, Iterator

from launchpad.web import handover
from launchpad.web.changes import sse
from launchpad.web.channels import Channel
from launchpad.web.seat import Seat
from launchpad.web.seats import Seats

PING = 12.0  # seconds of silence after which a comment is sent
ASK = 4.0  # seconds between two looks at whether somebody of the team still may follow


class Viewer:
    """One open stream: what it gets, and its end, which comes once however it ends."""

    def __init__(self, begin: bytes, seq: int, channel: Channel, leave: Callable[[Channel], None]):
        self.begin, self.seq, self.channel, self._leave = begin, seq, channel, leave
        self.counted = b""  # the counters sent last
        self._closed = False

    def patience(self) -> float:
        """Seconds of silence after which something is sent."""
        return PING

    def still(self) -> bool:
        """Whether this viewer may go on following. Anyone may what anyone may read."""
        return True

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield self.begin
            yield from self.follow()
        finally:  # a server whose connection breaks just then may never close it
            self.close()

    def follow(self) -> Iterator[bytes]:
        """What comes after the beginning."""
        while True:
            new, over = self.channel.after(self.seq, self.patience(), self.counted)
            if not self.still():
                yield sse("reset", "reset", self.seq)  # the page is loaded anew, as what its reader is now
                return
            if new is None:
                self.seq = self.channel.head
                yield sse("reset", "reset", self.seq)
                if over:  # another log under the same name: the page is loaded anew
                    return
                continue
            if new:
                self.seq = new[-1].seq
                yield b"".join(change.message for change in new)
            elif over:
                yield sse("done", "done")
                return
            elif self.counted != self.channel.counters:
                self.counted = self.channel.counters
                yield self.counted
            else:
                yield b": still here\n\n"

    def close(self) -> None:
        """Leave the channel. May be called again."""
        if not self._closed:
            self._closed = True
            self._leave(self.channel)


class Seated(Viewer):
    """A viewer whose connection the web server lets go of: after the beginning it is given a seat."""

    def __init__(self, *line, connection: socket.socket, chunked: bool, seats: Seats):
        super().__init__(*line)
        self._connection, self._chunked, self._seats = connection, chunked, seats

    def follow(self) -> Iterator[bytes]:
        try:
            fd = handover.take(self._connection)
        except OSError:  # no descriptor is left: as it is, it needs none more
            yield from super().follow()
            return
        self._closed = True  # whoever gets up from a seat leaves the channel
        self._seats.take(Seat(fd, self.seq, self.channel, self._chunked))
        raise handover.over()


class Guarded(Viewer):
    """A viewer of the team, who sees more than others: before each thing sent, and every few seconds, asked whether
    they still may."""

    def __init__(self, *line, still: Callable[[], bool]):
        super().__init__(*line)
        self._still = still

    def patience(self) -> float:
        return min(PING, ASK)

    def still(self) -> bool:
        return self._still()


class Watcher(Guarded):
    """A viewer who is told that something happened and of what kind, not what."""

    def follow(self) -> Iterator[bytes]:
        over = ""
        while not over:
            new, over = self.channel.after(self.seq, self.patience())
            if not self.still():
                yield sse("gone", "gone")
                return
            self.seq = new[-1].seq if new else self.channel.head if new is None else self.seq
            kinds = " ".join(sorted({change.kind for change in new})) if new else "reset"
            yield b": still here\n\n" if new == [] else sse("changed", kinds, self.seq)
