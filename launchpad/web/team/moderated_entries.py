"""What the team does to one entry of the thread from its list: hide, show, pin, and edit what is its own."""

from collections.abc import Callable

from flask import g, url_for

from launchpad.database import writing
from launchpad.models import Entry
from launchpad.rules import posts
from launchpad.rules.refusals import Refusal
from launchpad.services import thread
from launchpad.web.answers import done
from launchpad.web.load import row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, room, said
from launchpad.web.team.moderation import again

ACTS = {"hide": thread.hide, "show": thread.show, "pin": thread.pin, "unpin": thread.unpin}


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
        return again(refusal, form)
    return done(url_for("room.moderation", before=cursor(), _anchor=anchor))
