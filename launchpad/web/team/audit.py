"""The audit log: who did what, when, before and after, and why."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import g, request, url_for

from launchpad.models import Audit, Campaign
from launchpad.services import audit, campaigns
from launchpad.web.answers import page
from launchpad.web.filters import local, milestone_label
from launchpad.web.forms import clean
from launchpad.web.permit import permit
from launchpad.web.team.frame import cursor, room, site
from launchpad.web.team.wording import act_words

MOST = 50
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


@room.get("/audit")
@permit("audit.see")
def campaign_log():
    """The log of one campaign."""
    return _log(g.campaign, url_for("room.campaign_log"))


@site.get("/audit")
@permit("audit.see")
def log():
    """The log of everything."""
    return _log(None, url_for("team.log"))


def _log(campaign: Campaign | None, address: str):
    act, person = clean(request.args.get("act", ""))[:60], request.args.get("person", "")
    person_id = int(person) if person.isascii() and person.isdigit() and len(person) <= 9 else None
    rows = audit.listed(campaign, act, person_id, cursor(), MOST + 1)
    people, every = audit.people(rows), {c.id: c for c in campaigns.every()}
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        chosen = {"act": act or None, "person": person_id}
        older = url_for(request.endpoint, before=rows[-1].id, **chosen)
    return page(
        "team/audit.html",
        here="audit",
        lines=[_line(row, people, every) for row in rows],
        act=act,
        person=person_id or "",
        acts=[("", "Everything")] + [(a, act_words(a)) for a in audit.acts(campaign)],
        actors=[("", "Everyone")] + [(p.id, p.name or p.email) for p in audit.actors(campaign)],
        address=address,
        older=older,
        newer=address if cursor() else None,
    )


def _line(row: Audit, people: dict, every: dict[int, Campaign]) -> Line:
    person, campaign = people.get(row.person_id), every.get(row.campaign_id)
    who = person.name or person.email if person else "Command line"
    return Line(row, who, act_words(row.act), _about(row, campaign), campaign, changes(row, campaign))


def _about(row: Audit, campaign: Campaign | None) -> str:
    """What it was done to, when that says more than the act: the name of a milestone, the number of an entry."""
    kind, _, id = row.subject.partition(":")
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
