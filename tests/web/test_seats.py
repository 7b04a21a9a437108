"""Seats: many sockets, one thread that waits for none of them."""

import os
import random
import re
import socket
import threading

import pytest
from flask import Flask

from launchpad.web import changes, channels, seat, seats
from launchpad.web.changes import Change
from launchpad.web.channels import Channel
from launchpad.web.hub import Hub
from launchpad.web.seat import Seat
from launchpad.web.seats import Seats
from tests.waiting import until


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Changes whose HTML is what the test says, so that no database is needed."""
    monkeypatch.setattr(changes, "html", lambda kind, id, rendered: rendered.get(id)[0])


class Room:
    """A channel whose viewers have seats, and the other ends of their sockets."""

    def __init__(self):
        self.left, self.ends = [], []
        self.seats = Seats(self.left.append)
        self.channel = Channel(1, False, 0, self.seats.stir)

    def sit(self, seq: int = 0, chunked: bool = True) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.settimeout(20)
        self.seats.take(Seat(ours.detach(), seq, self.channel, chunked))
        self.ends.append(theirs)
        return theirs

    def waiting(self, number: int) -> list[Seat]:
        """Those whose sockets are full, once there are so many of them."""
        found = [seat for seat in self.seats._seats.values() if seat.waits]
        return found if len(found) == number else []

    def say(self, seq: int, words: str, entry: int | None = None) -> None:
        entry = seq if entry is None else entry
        self.channel.rendered.put(entry, seq, words, "")
        self.channel.take([Change(seq, "new", entry, words)])


@pytest.fixture
def room():
    room = Room()
    yield room
    for end in room.ends:
        end.close()


def read(end: socket.socket, until: str, chunked: bool = True) -> str:
    """What came, out of its chunks, up to and with the words `until`."""
    raw = b""
    while True:
        text = "" if until != "(end)" and until.encode() not in raw else _unpacked(raw) if chunked else raw.decode()
        if until in text:
            return text
        got = end.recv(65536)
        assert got, f"hung up after {text[-200:]!r}"
        raw += got


def _unpacked(raw: bytes) -> str:
    text = b""
    while b"\r\n" in raw:
        size, _, rest = raw.partition(b"\r\n")
        length = int(size, 16)
        if len(rest) < length + 2:
            break
        assert rest[length : length + 2] == b"\r\n"
        text, raw = text + rest[:length], rest[length + 2 :]
        if length == 0:
            text += b"(end)"
    return text.decode()


def ids(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"(?m)^id: (\d+)$", text)]


def test_everyone_gets_everything_once_and_in_order(room):
    ends = [room.sit() for _ in range(40)]
    old = room.sit(chunked=False)  # HTTP/1.0, as most proxies ask: no chunks
    for n in range(1, 31):
        room.say(n, f"word {n}.")
    for end in ends:
        assert ids(read(end, "word 30.")) == list(range(1, 31))
    assert ids(read(old, "word 30.", chunked=False)) == list(range(1, 31))
    late = room.sit(seq=28)
    assert ids(read(late, "word 30.")) == [29, 30]


def test_who_stops_reading_disturbs_nobody_and_loses_nothing(room):
    stalled = [room.sit() for _ in range(5)]
    brisk = room.sit()
    for n in range(1, 101):
        room.say(n, "x" * 5000 + f" word {n}.")
    assert ids(read(brisk, "word 100.")) == list(range(1, 101))
    held = until(lambda: room.waiting(5))
    assert len(held) == 5 and all(len(seat.rest) < 6000 for seat in held)  # the rest of one message at most
    for end in stalled:
        assert ids(read(end, "word 100.")) == list(range(1, 101))


def test_what_was_hidden_while_somebody_did_not_read_never_reaches_them(room):
    stalled, brisk = room.sit(), room.sit()
    for n in range(1, 101):
        room.say(n, "x" * 5000 + f" word {n}.")
    read(brisk, "word 100.")
    (behind,) = until(lambda: room.waiting(1))
    assert behind.seq < 90  # entry 90 has not been sent to them
    room.say(101, "Taken down", entry=90)
    text = read(stalled, "id: 101")
    assert ids(text) == list(range(1, 102)) and "word 89." in text
    assert "word 90." not in text and text.count("Taken down") == 2


def test_who_fell_behind_what_is_kept_is_told_to_begin_anew(room, monkeypatch):
    monkeypatch.setattr(channels, "BACKLOG", 10)
    stalled, brisk = room.sit(), room.sit()
    for n in range(1, 121):
        room.say(n, "x" * 5000 + f" word {n}.")
        if n % 5 == 0:
            assert ids(read(brisk, f"word {n}."))[-1] == n
            assert until(lambda n=n: all(one.waits or one.seq == n for one in room.seats._seats.values()))
    text = read(stalled, "event: reset")
    seen = ids(text)
    assert seen[-1] == 120 and seen[:-1] == list(range(1, len(seen)))


def test_counters_come_without_a_number_the_last_ones_to_newcomers_too(room):
    first = room.sit()
    room.channel.count(b"event: counters\ndata: 1\n\n")
    read(first, "data: 1")
    room.channel.count(b"event: counters\ndata: 1\n\n")  # the same: not sent again
    room.channel.count(b"event: counters\ndata: 2\n\n")
    assert read(first, "data: 2").count("counters") == 1
    text = read(room.sit(), "data: 2")
    assert text.count("counters") == 1 and ids(text) == []


@pytest.mark.parametrize("over", ["done", "reset"])
def test_at_the_end_everyone_is_told_and_the_answer_is_whole(room, over):
    end = room.sit()
    room.say(1, "last words")
    read(end, "last words")
    room.channel.end(over)
    assert f"event: {over}" in read(end, "(end)")
    assert end.recv(10) == b"" and until(lambda: room.left == [room.channel])


def test_who_hangs_up_leaves_and_who_says_something_stays(room):
    gone, here = room.sit(), room.sit()
    here.sendall(b"GET / HTTP/1.1\r\n\r\n")  # nobody listens
    gone.close()
    assert until(lambda: room.left == [room.channel]) and len(room.seats) == 1
    room.say(1, "still here")
    read(here, "still here")


def test_silence_is_broken_and_not_for_all_at_once(room, monkeypatch):
    monkeypatch.setattr(seats, "TICK", 0.02)
    monkeypatch.setattr(seat, "PING", (0.05, 0.1))
    assert ": still here" in read(room.sit(), "still here")
    monkeypatch.undo()
    patience = {round(Seat(0, 0, room.channel, True).patience, 2) for _ in range(100)}
    assert len(patience) > 30 and all(8 <= seconds <= 12 for seconds in patience)


def test_a_fault_in_the_middle_of_a_round_leaves_nobody_behind(room, monkeypatch):
    ends, truly, faults = [room.sit() for _ in range(3)], os.write, iter([ValueError("once")])
    for end in ends:
        room.channel.count(b"data: here\n\n")
        read(end, "here")

    def write(fd, block):
        if b"word" in block and (fault := next(faults, None)):
            raise fault
        return truly(fd, block)

    monkeypatch.setattr(seats.os, "write", write)
    room.say(1, "word 1.")
    for end in ends:
        assert ids(read(end, "word 1.")) == [1]


def test_sockets_that_take_a_few_bytes_at_a_time_get_whole_messages(room):
    """Every way in which a write may stop in the middle: buffers as small as the system lets them be."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    theirs.settimeout(20)
    room.ends.append(theirs)
    room.seats.take(Seat(ours.detach(), 0, room.channel, True))
    dice, said = random.Random(5), 0

    def write():
        for n in range(1, 121):
            room.say(n, "é" * dice.randrange(1, 3000) + f" word {n}.")

    writer = threading.Thread(target=write)
    writer.start()
    raw = b""
    while not raw.endswith(b"word 120.\n\n\r\n") and said < 100_000:
        raw += theirs.recv(dice.randrange(1, 9000))
        said += 1
    writer.join()
    assert ids(_unpacked(raw)) == list(range(1, 121))


def test_the_thread_ends_with_the_last_seat_and_the_next_one_starts_another(room):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    for _ in range(3):
        end = room.sit()
        room.channel.count(f"data: {random.random()}\n\n".encode())
        read(end, "data:")
        end.close()
        assert until(lambda: room.seats._thread is None)
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before


def test_where_no_thread_can_be_started_the_next_one_to_come_brings_one(room, monkeypatch):
    """Of the seats and of the hub alike; and nobody is counted who was not let in."""

    def none_left(thread):
        raise RuntimeError("can't start new thread")

    live = Hub(Flask("live"), 10)
    ours, early = socket.socketpair()
    early.settimeout(20)
    room.ends.append(early)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError):
            room.seats.take(Seat(ours.detach(), 0, room.channel, True))
        with pytest.raises(RuntimeError):
            live.join(1, False, 0)
    assert (live.streams, live.channels, live._thread) == (0, {}, None)
    room.say(1, "one")
    assert "one" in read(room.sit(), "one")
    assert "one" in read(early, "one"), "who came before has a seat too"
    monkeypatch.setattr(Hub, "_run", lambda hub: None)
    channel = live.join(1, False, 0)
    assert live._thread is not None and live.streams == 1
    live.leave(channel)
