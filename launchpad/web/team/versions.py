"""Two of the team at one timetable: a form says which version it was made from, and is refused when that changed."""

from datetime import datetime

from flask import g, request
from markupsafe import Markup
from sqlalchemy.orm.exc import ObjectDeletedError

from launchpad.rules.refusals import Refusal
from launchpad.services import audit
from launchpad.services.timetable import locked
from launchpad.web.filters import local, milestone_label
from launchpad.web.forms import clean
from launchpad.web.team.frame import said
from launchpad.web.team.wording import act_words


def fields() -> Markup:
    """The hidden fields of a form that changes this request's campaign."""
    return Markup('<input type="hidden" name="version" value="{}"><input type="hidden" name="seen" value="{}">').format(
        g.campaign.version, audit.newest(g.campaign)
    )


def check() -> None:
    """Lock the campaign; refuse when somebody changed it since the form was made, saying what. Needs writing()."""
    try:
        campaign = locked(g.campaign.id)
    except ObjectDeletedError:
        campaign = None
    if campaign is None:
        raise Refusal("gone", "This campaign was wiped meanwhile.", status=404)
    if request.form.get("version") == str(campaign.version):
        return
    told = changes(request.form.get("seen", ""))
    what = ": " + "; ".join(told) if told else ""
    raise Refusal(
        "changed", f"The campaign was changed since you opened this page{what}. Look again, then repeat.", "version"
    )


def changes(seen: str) -> list[str]:
    """What was done to this request's campaign after the row `seen` of the log: who, what, when; the newest first."""
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 9 else 0
    rows = [row for row in audit.listed(g.campaign, most=5) if row.id > since]
    people = audit.people(rows)
    return [
        f"{_who(people.get(row.person_id))} {_what(row)} at {local(row.at, g.campaign.zone, 'HH:mm')}" for row in rows
    ]


def _what(row) -> str:
    """The act in words; a move with its moment: moved “Doors open for everyone” to Sat 12 Dec, 19:00."""
    kind, _, id = row.subject.partition(":")
    if row.act != "milestone.move" or kind != "milestone":
        return act_words(row.act)
    moved = next((m for m in g.campaign.milestones if str(m.id) == id and m.name in (row.after or {})), None)
    if moved is None:
        return act_words(row.act)
    to = local(datetime.fromisoformat(row.after[moved.name]), g.campaign.zone)
    return f"moved “{milestone_label(moved.name)}” to {to}"


def _who(person) -> str:
    return "the command line" if person is None else person.name or person.email


def check_name(campaign_name: str) -> None:
    """An act that cannot be taken back asks for the campaign's name: refuse when another was typed."""
    if said("typed", 500).casefold() != (clean(campaign_name) or "").casefold():
        raise Refusal("typed", f"Type the campaign's name to confirm: {campaign_name}", "typed")
