"""A channel: the recent changes of one campaign, kept once for all who follow it in this process."""

import threading
from collections import deque
from collections.abc import Callable

from launchpad.database import db
from launchpad.web import changes
from launchpad.web.changes import BACKLOG, Change, Rendered, sse


class Channel:
    """What happens in one campaign, for one audience, since its first viewer came, or from where one who returned went on."""

    def __init__(self, campaign_id: int, team: bool, seq: int, stirred: Callable[["Channel"], None] = lambda _: None):
        self.campaign_id, self.team, self._stirred = campaign_id, team, stirred
        self.viewers = 0
        self.floor = self.head = seq  # the changes kept are those after floor, up to head
        self.kept: deque[Change] = deque()
        self.rendered = Rendered()
        self.counters = b""  # the newest counters, as a message without a number
        self.over = ""  # "done" once the campaign is archived, "reset" when its log is not the one we followed
        self.turn = 0  # goes up whenever anything of the above changes
        self.changed = threading.Condition()
        self.reading = threading.Lock()  # held from reading changes to keeping them, so that none is kept as it was before

    def take(self, new: list[Change]) -> None:
        """Add changes, oldest first. Kept ones about the same entries are made anew, so that nothing hidden is sent."""
        touched = {change.entry_id for change in new} - {None}
        rules = [change.html for change in new if change.kind == changes.RULE]
        with self.changed:
            for change in self.kept:
                if change.entry_id in touched and not change.quiet:
                    change.say(changes.html(change.kind, change.entry_id, self.rendered))
                elif rules and change.kind == changes.RULE:
                    change.say(rules[-1])
            for change in new:
                if change.seq > self.head:
                    self.kept.append(change)
                    self.head = change.seq
            while len(self.kept) > BACKLOG:
                self.floor = self.kept.popleft().seq
            if len(self.rendered) > 2 * BACKLOG:
                self.rendered.drop_all_but({change.entry_id for change in self.kept})
            self._stir()

    def reach_back(self, seq: int) -> None:
        """Keep the changes after `seq` too, which is less than a backlog ago: all who return from there share them."""
        if seq >= self.floor:
            return
        with self.reading:
            if seq >= self.floor:
                return
            with self.changed:
                missing = self.floor - seq  # numbers have no gap
            db.session.rollback()  # read anew: whatever the channel began after is seen from here
            older = changes.read(self.campaign_id, seq, self.team, self.rendered, missing)
            with self.changed:
                for change in reversed(older):
                    self.kept.appendleft(change)
                self.floor = seq

    def count(self, message: bytes) -> None:
        """Have the counters sent to all when they differ from the last."""
        if message and message != self.counters:
            with self.changed:
                self.counters = message
                self._stir()

    def end(self, over: str) -> None:
        """Tell every viewer that it is over."""
        with self.changed:
            self.over = over
            self._stir()

    def _stir(self) -> None:
        self.turn += 1
        self.changed.notify_all()
        self._stirred(self)

    def after(self, seq: int, timeout: float, told: bytes | None = None) -> tuple[list[Change] | None, str]:
        """Wait for changes after `seq`, for counters other than those `told`, or the end: the changes (None when they
        are no longer kept), and whether it is over.
        """
        with self.changed:
            self.changed.wait_for(
                lambda: self.head > seq or self.over or (told is not None and self.counters != told), timeout
            )
            if self.over == "reset" or seq < self.floor:
                return None, self.over
            return self._since(seq), self.over

    def _since(self, seq: int) -> list[Change]:
        """The kept changes after `seq`, oldest first; `changed` is held."""
        new = []
        for change in reversed(self.kept):
            if change.seq <= seq:
                break
            new.append(change)
        return new[::-1]

    def pieces(self, seq: int, room: int) -> list[tuple[int, bytes]]:
        """What a seat that stands at `seq` is sent next: messages with their numbers, about `room` bytes of them."""
        with self.changed:
            if self.over == "reset" or seq < self.floor:
                return [(self.head, sse("reset", "reset", self.head))]
            pieces: list[tuple[int, bytes]] = []
            for change in self._since(seq):
                if pieces and room < len(change.message):
                    break
                room -= len(change.message)
                pieces.append((change.seq, change.message))
            return pieces
