"""What a mishap is played on: one rehearsal, its site, and strangers' browsers that no one of the crowd has."""

import threading
from dataclasses import dataclass

import urllib3
from flask import Flask

from jobs.browser import Browser
from jobs.tally import Tally
from launchpad.services import actors


@dataclass
class Ground:
    """The rehearsal that a mishap is played in."""

    app: Flask
    campaign_id: int
    slug: str
    stop: threading.Event

    @property
    def home(self) -> str:
        return f"/{self.slug}/"

    def browser(self, actor: str, pool: urllib3.PoolManager, tally: Tally) -> Browser:
        """A browser counted as `actor` alone, as if it had a network address of its own."""
        signature = actors.signature(self.app.config["SECRET_KEY"], f"{self.campaign_id}:{actor}")
        base_url = self.app.extensions["settings"].base_url
        return Browser(pool, base_url, signature, tally, self.stop, actor)


def pool(connections: int) -> urllib3.PoolManager:
    """Connections of a mishap's own, so that the crowd's are not kept waiting."""
    return urllib3.PoolManager(
        num_pools=2, maxsize=connections, block=False, retries=False, timeout=urllib3.Timeout(connect=5, read=60)
    )
