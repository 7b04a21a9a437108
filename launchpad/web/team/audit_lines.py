"""Rows of the audit log in words: for the page, and for the file."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from launchpad.models import Audit, Campaign
from launchpad.services import audit
from launchpad.web.filters import local, milestone_label, zone_name
from launchpad.web.team.wording import act_words

COMMAND_LINE = "Command line"
HEAD = ("id", "at", "at_local", "zone", "who", "act", "words", "campaign", "subject", "about", "before", "after", "why")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True)
class Line:
    """One row in words; `changes` are (what, before, after)."""

    row: Audit
    who: str
    words: str
    about: str
    campaign: Campaign | None
    changes: list[tuple[str, str, str]]


def lines(rows: list[Audit], every: list[Campaign]) -> list[Line]:
    """Those rows, with the names of who acted."""
    people, of = audit.people(rows), {c.id: c for c in every}
    subjects = audit.people_of({int(id) for row in rows if (id := _person(row.subject))})
    return [_line(row, people, subjects, of) for row in rows]


def cells(line: Line) -> tuple:
    """One row of the file: every moment in UTC, and on the campaign's clocks where it is of one."""
    row, campaign = line.row, line.campaign
    here = (local(row.at, campaign.zone, "y-MM-dd HH:mm:ss"), zone_name(row.at, campaign.zone)) if campaign else ("", "")
    values = (json.dumps(v, ensure_ascii=False) if v is not None else "" for v in (row.before, row.after))
    slug = campaign.slug if campaign else ""
    return (row.id, row.at, *here, line.who, row.act, line.words, slug, row.subject, line.about, *values, row.reason)


def _line(row: Audit, people: dict, subjects: dict, of: dict[int, Campaign]) -> Line:
    person, campaign = people.get(row.person_id), of.get(row.campaign_id)
    who = COMMAND_LINE if person is None else person.name or person.email
    whom = subjects.get(int(_person(row.subject) or 0))
    about = (whom.name or whom.email) if whom else about_words(row.subject, campaign)
    return Line(row, who, act_words(row.act), about, campaign, changes(row, campaign))


def _person(subject: str) -> str:
    """The id of the person whom something was done to; empty for anything else."""
    kind, _, id = subject.partition(":")
    return id if kind == "person" and id.isascii() and id.isdigit() else ""


def about_words(subject: str, campaign: Campaign | None) -> str:
    """What it was done to, when that says more than the act: the name of a milestone, the number of an entry."""
    kind, _, id = subject.partition(":")
    if kind == "milestone" and campaign is not None:
        return next((milestone_label(m.name) for m in campaign.milestones if str(m.id) == id), "")
    return "" if kind in ("campaign", "") else f"{kind} {id}"


def changes(row: Audit, campaign: Campaign | None) -> list[tuple[str, str, str]]:
    """What changed, key by key; moments as the campaign's clocks show them."""
    before, after = row.before or {}, row.after or {}
    told = [
        (key.replace("_", " "), _said(before.get(key), campaign), _said(after.get(key), campaign))
        for key in {**before, **after}
    ]
    return [line for line in told if line[1] or line[2]]


def _said(value, campaign: Campaign | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and campaign is not None and _MOMENT.match(value):
        try:
            return local(datetime.fromisoformat(value), campaign.zone)
        except ValueError:
            return value
    return str(value)
