"""What the fragment of an entry needs to know beside the entry: what stands around it, and who is looking."""

from flask import g

from launchpad.models import Entry
from launchpad.rules.phases import Phase
from launchpad.services import thread
from launchpad.services.beside import beside
from launchpad.web import changes
from launchpad.web.permit import may, me


def marked(entries: list[Entry]) -> dict:
    """What the fragment of an entry needs to know about these ones and about who is looking."""
    person, moderate, moment = me(), may("thread.moderate"), g.campaign.moment
    mine = [
        entry for entry in entries if person is not None and entry.person_id == person.id and entry.state == "shown"
    ]
    ours = [entry for entry in entries if may("thread.edit") and (entry.person_id is None or entry.marks.get("team"))]
    fresh = [entry for entry in mine if moment - entry.at <= thread.EDITABLE]
    return {
        "me": person,
        "moderate": moderate,
        "parents": changes.parents(entries),
        "beside": beside(g.campaign, entries, person),
        "archived": g.phase == Phase.ARCHIVED,
        "own": {entry.id for entry in mine},
        "editable": {entry.id for entry in fresh + ours},
    }
