"""What the team decided lately in its queue, as lines of a page."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g

from launchpad.database import db
from launchpad.models import Audit, Entry, Idea, Story
from launchpad.services import audit, moderation_acts
from launchpad.web.team.wording import act_words


@dataclass(frozen=True)
class Decision:
    """A line of what was decided lately: who did what, to which words."""

    row: Audit
    who: str
    did: str
    what: str


def lately(mine: Callable[[str], bool]) -> list[Decision]:
    """Decisions about kinds of things that are `mine` to decide about, the newest first."""
    rows = [row for row in moderation_acts.lately(g.campaign) if mine(row.subject.partition(":")[0])]
    people = audit.people(rows)
    found = []
    for row in rows:
        person = people.get(row.person_id)
        who = (person.name or person.email) if person else "The command line"
        found.append(Decision(row, who, act_words(row.act), _what(row)))
    return found


def _what(row: Audit) -> str:
    """The beginning of the words that a decision was about; nothing for a person."""
    kind, _, id = row.subject.partition(":")
    model = {"entry": Entry, "idea": Idea, "story": Story}.get(kind)
    thing = db.session.get(model, int(id)) if model and id.isdigit() else None
    return (getattr(thing, "title", "") or thing.text)[:80] if thing is not None else ""
