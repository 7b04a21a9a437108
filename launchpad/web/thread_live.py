"""The changes of the thread as they happen: its stream, and the same for polling."""

from flask import Response, g, request

from launchpad.web import changes, live, viewers
from launchpad.web.answers import keep
from launchpad.web.keeping import for_strangers
from launchpad.web.permit import may, permit, still_may
from launchpad.web.thread import blueprint

__all__ = ["blueprint"]


@blueprint.get("/stream")
@permit("thread.read")
def stream():
    """The changes as they happen, as server-sent events."""
    if not may("thread.moderate"):
        return live.stream(g.campaign)
    still = still_may("thread.moderate")
    return live.stream(g.campaign, team=True, viewer=lambda *line: viewers.Guarded(*line, still=still))


@blueprint.get("/since/<int:seq>")
@permit("thread.read")
@for_strangers
def since(seq: int):
    """The changes after `seq` as one answer that anyone may share: its header X-Seq is the `seq` to ask with next,
    X-State tells that something else about the campaign has changed.

    410 when the backlog cannot be served: load the page anew.
    """
    newest = g.campaign.seq
    if not newest - changes.BACKLOG <= seq <= newest:
        response = Response("The thread has moved on. Load it again.\n", 410, mimetype="text/plain")
    else:
        new = changes.read(g.campaign.id, seq)
        response = Response("".join(change.html for change in new), mimetype="text/html")
        response.headers["X-Seq"] = str(new[-1].seq if new else seq)
        if any(change.is_state for change in new):
            response.headers["X-State"] = "changed"
        response.add_etag()
        response.make_conditional(request)
    return keep(response, 1, "public, ")
