"""One seat: a viewer's socket that the web server has let go of, and how it is written to without ever waiting for it."""

import os
import random
import time

from launchpad.web.changes import sse
from launchpad.web.channels import Channel

PING = 8.0, 12.0  # seconds of silence after which a comment is sent; spread, so that not all are due at once
ROOM = 16 * 1024  # bytes of several messages that are written at once
END = b"0\r\n\r\n"  # the last chunk of an answer

Batch = tuple[list[tuple[int, bytes]], bytes]  # messages with their numbers, and all of them as they are written


class Seat:
    """One who follows: a socket, the last `seq` that went out whole or begun, and what is left of a message."""

    __slots__ = ("channel", "chunked", "counted", "fd", "heard", "last", "patience", "rest", "seq", "waits")

    def __init__(self, fd: int, seq: int, channel: Channel, chunked: bool):
        self.fd, self.seq, self.channel, self.chunked = fd, seq, channel, chunked
        self.rest = b""
        self.counted = b""  # the counters sent last
        self.waits = False  # for its socket to have room again
        self.last = False  # when the rest is gone, so is the seat
        self.heard = time.monotonic()
        self.patience = random.uniform(*PING)

    def write(self, pieces: list[tuple[int, bytes]], block: bytes) -> bool:
        """Write without waiting. False when not all of it went: then the message that was begun is kept, and no more.

        Raises OSError when nobody is there any more.
        """
        try:
            sent = os.write(self.fd, block)
        except BlockingIOError:
            sent = 0
        self.heard = time.monotonic()
        if sent == len(block):
            if pieces:
                self.seq = pieces[-1][0]
            return True
        if pieces:
            for seq, piece in pieces:
                framed = _framed(piece, self.chunked)
                if sent < len(framed):
                    break
                self.seq = seq
                sent -= len(framed)
            if sent:
                self.seq, self.rest = seq, framed[sent:]
        else:
            self.rest = block[sent:]
        return False

    def say(self, message: bytes) -> bool:
        """Write a message that has no number."""
        return self.write([], _framed(message, self.chunked))

    def ping(self) -> bool:
        """Say that somebody is still here."""
        return self.say(b": still here\n\n")

    def say_goodbye(self) -> bool:
        """Write how it ended; the answer is whole with it."""
        channel = self.channel
        last = sse("done", "done") if channel.over == "done" else sse("reset", "reset", channel.head)
        self.last = True
        return self.write([], _framed(last, self.chunked) + (END if self.chunked else b""))

    def next(self, batches: dict[tuple, Batch]) -> Batch:
        """What comes next for it. `batches` keeps what was put together for others at the same place."""
        key = self.seq, self.chunked, self.channel.turn
        if (batch := batches.get(key)) is None:
            pieces = self.channel.pieces(self.seq, ROOM)
            batch = batches[key] = pieces, b"".join(_framed(piece, self.chunked) for _, piece in pieces)
        return batch


def _framed(message: bytes, chunked: bool) -> bytes:
    """A message as a chunk of the answer; as it is where the answer has none (HTTP/1.0, so most proxies)."""
    return b"%X\r\n%b\r\n" % (len(message), message) if chunked else message
