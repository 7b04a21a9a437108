"""A channel: the recent changes of one campaign, kept once for all who follow it in this process."""

import threading
from collections import deque

from launchpad.web import changes
from launchpad.web.changes import BACKLOG, Change, Rendered


class Channel:
    """What happens in one campaign, for one audience, since the first of its viewers came."""

    def __init__(self, campaign_id: int, team: bool, seq: int):
        self.campaign_id, self.team = campaign_id, team
        self.viewers = 0
        self.floor = self.head = seq  # the changes kept are those after floor, up to head
        self.kept: deque[Change] = deque()
        self.rendered = Rendered()
        self.over = ""  # "done" once the campaign is archived, "reset" when its log is not the one we followed
        self.changed = threading.Condition()

    def take(self, new: list[Change]) -> None:
        """Add changes, oldest first. Kept ones about the same entries are made anew, so that nothing hidden is sent."""
        touched = {change.entry_id for change in new} - {None}
        with self.changed:
            for change in self.kept:
                if change.entry_id in touched and not change.quiet:
                    change.say(changes.html(change.kind, change.entry_id, self.rendered))
            for change in new:
                if change.seq > self.head:
                    self.kept.append(change)
                    self.head = change.seq
            while len(self.kept) > BACKLOG:
                self.floor = self.kept.popleft().seq
            if len(self.rendered) > 2 * BACKLOG:
                self.rendered.drop_all_but({change.entry_id for change in self.kept})
            self.changed.notify_all()

    def end(self, over: str) -> None:
        """Tell every viewer that it is over."""
        with self.changed:
            self.over = over
            self.changed.notify_all()

    def after(self, seq: int, timeout: float) -> tuple[list[Change] | None, str]:
        """Wait for changes after `seq`: them (None when they are no longer kept), and whether it is over."""
        with self.changed:
            self.changed.wait_for(lambda: self.head > seq or self.over, timeout)
            if self.over == "reset" or seq < self.floor:
                return None, self.over
            new = []
            for change in reversed(self.kept):
                if change.seq <= seq:
                    break
                new.append(change)
            return new[::-1], self.over
