"""The streams of the live thread: who comes in, from where they go on, and what they are told first.

What then comes is the hub's (web.hub); how it reaches them is the seats' (web.seats), or a viewer's own (web.viewers).
"""

import random
from collections.abc import Callable
from urllib.parse import parse_qs

from flask import Response, request

from launchpad.database import let_go
from launchpad.models import Campaign
from launchpad.rules.phases import Phase
from launchpad.web import changes, handover
from launchpad.web.changes import BACKLOG, sse
from launchpad.web.channels import Channel
from launchpad.web.hub import Hub, hub
from launchpad.web.permit import me
from launchpad.web.viewers import Seated, Viewer

FOLLOWED = "launchpad.followed"  # in a request's environment: the channel that a stranger was let into
TOO_MANY = b"Too many follow live just now. The page asks again by itself.\n"
UNREADABLE = -1  # a cursor that is none of ours


def cursor(environ: dict) -> int | None:
    """The last seq that the viewer saw: Last-Event-ID wins over `after`. None without either, UNREADABLE for others."""
    text = environ.get("HTTP_LAST_EVENT_ID") or parse_qs(environ.get("QUERY_STRING", "")).get("after", [""])[0]
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else UNREADABLE


def stream(campaign: Campaign, team: bool = False, viewer: Callable[..., Viewer] = Viewer) -> Response:
    """The campaign's changes from the viewer's cursor on, as server-sent events. Check the right first."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return Response(mimetype="text/event-stream", headers=headers)
    here, id, after, stranger = hub(), campaign.id, cursor(request.environ), me() is None
    if campaign.phase == Phase.ARCHIVED:
        return Response(_all_there_is(campaign, team, after), mimetype="text/event-stream", headers=headers)
    channel = here.join(id, team, campaign.seq)
    if channel is None:
        headers["Retry-After"] = str(random.randint(3, 9))
        return Response(TOO_MANY, 503, headers, mimetype="text/plain")
    try:
        begin, seq = beginning(campaign.seq, after)
        begin = hello(here.streams) + begin
        channel.reach_back(seq)
    except BaseException:
        here.leave(channel)
        raise
    finally:
        let_go()
    if viewer is Viewer:
        request.environ[FOLLOWED] = channel if stranger and not team else None
        follower = line(here, channel, begin, seq, request.environ)
    else:
        follower = viewer(begin, seq, channel, here.leave)
    response = Response(follower, mimetype="text/event-stream", headers=headers)
    response.call_on_close(follower.close)
    return response


def line(here: Hub, channel: Channel, begin: bytes, seq: int, environ: dict) -> Viewer:
    """Somebody who has joined a channel as this request: with a seat, where the server lets go of its connection."""
    connection = handover.connection(environ)
    if connection is None:
        return Viewer(begin, seq, channel, here.leave)
    chunked = environ["SERVER_PROTOCOL"] != "HTTP/1.0"
    return Seated(begin, seq, channel, here.leave, connection=connection, chunked=chunked, seats=here.seats)


def hello(streams: int) -> bytes:
    """The first words, and how long to wait before coming back: the longer the more there are, so that after a restart
    not all come at once.
    """
    return b": live\nretry: %d\n\n" % random.randint(1000, 3000 + streams)


def beginning(newest: int, after: int | None) -> tuple[bytes, int]:
    """What a viewer with this cursor is told at once, and the seq to go on from."""
    if after is None:  # the number it begins at, so that one who drops before anything happened goes on from there
        return b"id: %d\n\n" % newest if newest else b"", newest
    if not newest - BACKLOG <= after <= newest or after < 0:
        return sse("reset", "reset", newest), newest
    return b"", after


def _all_there_is(campaign: Campaign, team: bool, after: int | None) -> bytes:
    """The stream of a campaign that is archived: what was missed, and the end."""
    begin, seq = beginning(campaign.seq, after)
    missed = changes.read(campaign.id, seq, team)
    return hello(0) + begin + b"".join(change.message for change in missed) + sse("done", "done")
