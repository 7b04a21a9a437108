"""The live hub: reads each campaign's new events once a process and hands the same bytes to all its viewers.

A channel lives as long as somebody follows it. One thread a process looks whenever a ring says so, and each second
anyway; another writes to all who have a seat. A viewer costs a write to its socket, and holds no database connection.
"""

import logging
import resource
import threading
import time

import redis
from flask import Flask, current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.outside import rings
from launchpad.rules.phases import Phase
from launchpad.services import presence
from launchpad.web import changes, counters
from launchpad.web.channels import Channel
from launchpad.web.seats import Seats

LOOK = 1.0  # seconds between looks when no ring is heard
OTHER_FILES = 500  # descriptors for requests, the database, Redis and the rest

log = logging.getLogger(__name__)


class Hub:
    """The channels of one process, and the thread that feeds them."""

    def __init__(self, app: Flask, limit: int):
        self.app, self.limit = app, limit
        self.streams = 0
        self.channels: dict[tuple[int, bool], Channel] = {}
        self.seats = Seats(self.leave)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self, campaign_id: int, team: bool, seq: int) -> Channel | None:
        """Begin to follow; None when as many follow as may. Every join is followed by one leave."""
        with self._lock:
            if self.streams >= self.limit:
                return None
            if self._thread is None:  # first of all: where the system has no thread left, nobody is counted who is not here
                thread = threading.Thread(target=self._run, name="live", daemon=True)
                thread.start()
                self._thread = thread
            self.streams += 1
            channel = self.channels.get((campaign_id, team))
            if channel is None or channel.over:
                channel = self.channels[campaign_id, team] = Channel(
                    campaign_id, team, seq, self.seats.stir
                )
            channel.viewers += 1
            return channel

    def enter(self, channel: Channel) -> bool:
        """Join a channel that is known, if it is still followed and there is room."""
        with self._lock:
            if self.streams >= self.limit or channel.over:
                return False
            if self.channels.get((channel.campaign_id, channel.team)) is not channel:
                return False
            self.streams += 1
            channel.viewers += 1
            return True

    def leave(self, channel: Channel) -> None:
        """Stop following."""
        with self._lock:
            self.streams -= 1
            channel.viewers -= 1
            place = (channel.campaign_id, channel.team)
            if channel.viewers == 0 and self.channels.get(place) is channel:
                del self.channels[place]

    def _run(self) -> None:
        """Look at each ring and each second, until nobody follows. Nothing that goes wrong ends this thread."""
        looked = 0.0
        while True:
            try:
                for rung in rings.heard(self.app.extensions["redis"], LOOK):
                    if self._idle():
                        return
                    everything = time.monotonic() - looked >= LOOK
                    looked = time.monotonic() if everything else looked
                    self._look(None if everything else rung)
            except redis.RedisError:  # no ring comes through: look anyway
                pass
            except Exception:
                log.warning("the live thread stumbled", exc_info=True)
            if self._idle():
                return
            self._look(None)
            time.sleep(LOOK)

    def _idle(self) -> bool:
        """True when nobody follows; then the next one to join starts a thread of their own."""
        with self._lock:
            if not self.channels:
                self._thread = None
            return self._thread is None

    def _look(self, campaign_id: int | None) -> None:
        """Read what is new in one campaign, or in all of them. A database away is found again by the next look."""
        with self._lock:
            channels = [c for c in self.channels.values() if campaign_id is None or c.campaign_id == campaign_id]
        for channel in channels:
            try:
                with self.app.app_context():
                    look(channel, ends=campaign_id is None)
            except Exception:
                log.warning("a look at the thread failed", exc_info=True, extra={"campaign": channel.campaign_id})
        if campaign_id is None:
            self._count(channels)

    def _count(self, channels: list[Channel]) -> None:
        """Tell the other processes how many follow here, and all who follow what the numbers are."""
        try:
            with self.app.app_context():
                presence.tell({channel.campaign_id: channel.viewers for channel in channels if not channel.team})
                told: dict[int, bytes] = {}
                for channel in channels:
                    if channel.campaign_id not in told:
                        campaign = db.session.get(Campaign, channel.campaign_id)
                        told[channel.campaign_id] = counters.sample(campaign) if campaign is not None else b""
                    channel.count(told[channel.campaign_id])
        except Exception:
            log.warning("the counters could not be read", exc_info=True)


def look(channel: Channel, ends: bool = True) -> None:
    """Bring a channel up to date from the database."""
    newest = db.session.scalar(select(Campaign.seq).where(Campaign.id == channel.campaign_id))
    if newest is None or newest < channel.head:
        channel.end("reset")
        return
    if not channel.kept and channel.head > 0:
        # at hand for whose page just missed it, and to have run once all that the first post will need
        channel.reach_back(channel.head - 1)
    with channel.reading:
        while newest > channel.head:
            new = changes.read(channel.campaign_id, channel.head, channel.team, channel.rendered)
            if not new:
                break
            channel.take(new)
    if ends and _archived(db.session.get_one(Campaign, channel.campaign_id)):
        channel.end("done")


def _archived(campaign: Campaign) -> bool:
    """True when the campaign is archived and that was recorded, so that nothing more will be announced."""
    return campaign.phase == Phase.ARCHIVED and all(m.reached_at for m in campaign.milestones if m.phase == "archived")


def _room() -> int:
    """How many may follow without taking the descriptors that everything else needs."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 10**9 if files == resource.RLIM_INFINITY else max(files - OTHER_FILES, files // 4)


def hub() -> Hub:
    """The hub of this process."""
    extensions = current_app.extensions
    if "live" not in extensions:
        app = current_app._get_current_object()
        extensions.setdefault("live", Hub(app, min(extensions["settings"].stream_limit, _room())))
    return extensions["live"]
