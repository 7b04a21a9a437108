"""One queue: the stories that wait for the team, and what is said in the thread."""

from collections.abc import Callable

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.models import Entry, Story
from launchpad.rules import posts, wording
from launchpad.rules.refusals import Refusal
from launchpad.services import stories, thread
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import may, me, permit
from launchpad.web.team.frame import cursor, room, said

MOST = 40
QUEUE = 30  # stories on one page: the longest waiting
ACTS = {"hide": thread.hide, "show": thread.show, "pin": thread.pin, "unpin": thread.unpin}


@room.get("/moderation")
@permit("thread.moderate")
def moderation():
    """Stories, the longest waiting first; entries, the newest first."""
    return page("team/moderation.html", **_values())


def _values() -> dict:
    waiting = stories.queue(g.campaign) if may("stories.review") else []
    rows = thread.latest(g.campaign, cursor(), MOST + 1)
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for("room.moderation", before=rows[-1].id, _anchor="thread")
    return {
        "here": "moderation",
        "waiting": waiting[:QUEUE],
        "more": max(0, len(waiting) - QUEUE),
        "entries": rows,
        "editable": {row.id for row in rows if thread.may_edit(g.campaign, me(), row)},
        "scopes": wording.SCOPES,
        "longest": posts.LONGEST,
        "older": older,
        "newer": url_for("room.moderation", _anchor="thread") if cursor() is not None else None,
    }


@room.post("/moderation/stories/<int:id>/approve")
@permit("stories.review")
def approve_story(id: int):
    """Publish it."""
    return _story(id, stories.approve)


@room.post("/moderation/stories/<int:id>/reject")
@permit("stories.review")
def reject_story(id: int):
    """Keep it off the site. Its author reads the reason, so there is one."""

    def act(campaign, actor, story, reason) -> None:
        if not reason:
            raise Refusal("reason", "Say why: the author reads it.", "reason")
        stories.reject(campaign, actor, story, reason)

    return _story(id, act)


def _story(id: int, act: Callable):
    row_or_404(Story, id)

    def decide() -> None:
        act(g.campaign, me(), row_or_404(Story, id), said("reason"))

    return _act(f"story-{id}", "stories", decide)


@room.post("/moderation/entries/<int:id>/edit")
@permit("thread.edit")
def edit_entry(id: int):
    """Change what the team or the campaign itself said."""
    row_or_404(Entry, id)

    def act() -> None:
        seen = said("seen", 20)
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 9 else 0
        thread.edit(g.campaign, me(), row_or_404(Entry, id), said("text", posts.LONGEST), said("reason"), version)

    return _act(f"edit-{id}", f"entry-{id}", act)


@room.post("/moderation/entries/<int:id>/<any(hide, show, pin, unpin):act>")
@permit("thread.moderate")
def moderate_entry(id: int, act: str):
    """Hide an entry, show it again, pin or unpin it."""
    row_or_404(Entry, id)

    def change() -> None:
        ACTS[act](g.campaign, me(), row_or_404(Entry, id), said("reason"))

    return _act(f"act-{id}", f"entry-{id}", change)


def _act(form: str, anchor: str, act: Callable[[], None]):
    """Do it, and back to where it stood; or the page again with what was wrong in the form that was sent."""
    try:
        with writing():
            act()
    except Refusal as refusal:
        refresh()
        values = _values()
        lost = _lost(values, form)
        return refused(refusal, "team/moderation.html", **values, failed=form, sent=request.form, lost=lost)
    return done(url_for("room.moderation", before=cursor(), _anchor=anchor))


def _lost(values: dict, form: str) -> bool:
    """True when the form that was sent is not on the page any more, so that its refusal stands above the lists."""
    kind, _, id = form.partition("-")
    rows = values["waiting"] if kind == "story" else values["entries"]
    return id not in {str(row.id) for row in rows}
