"""What has to be told after the commit: services say that something changed; app.py wires who is told.

Topics: `letters` (some are due), `thread` (a campaign has new events), `timetable` (a campaign's openings moved),
`crowd` (the crowd of a rehearsal waits to be played), `hooks` (webhooks were stored),
`passes` (one has ended and goes to the next in line).
"""

from collections.abc import Callable

from flask import current_app

from launchpad.database import afterwards, db

Listener = Callable[[int | None], None]


def wake(topic: str, campaign_id: int | None = None) -> None:
    """Tell the topic's listener after the commit, once a transaction however often it is said."""
    said = db.session().info.setdefault("wakes", set())
    if (topic, campaign_id) in said:
        return
    said.add((topic, campaign_id))
    listener: Listener = current_app.extensions["wakes"][topic]

    def tell() -> None:
        listener(campaign_id)

    afterwards(tell)
