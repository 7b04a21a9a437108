"""Two of the team at one timetable: a form says which version it was made from, and is refused when that changed."""

from flask import g, request
from markupsafe import Markup
from sqlalchemy.orm.exc import ObjectDeletedError

from launchpad.rules.refusals import Refusal
from launchpad.services import audit
from launchpad.services.timetable import locked
from launchpad.web.filters import local
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
    seen = request.form.get("seen", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 9 else 0
    rows = [row for row in audit.listed(campaign, most=5) if row.id > since]
    people = audit.people(rows)
    told = [
        f"{_who(people.get(row.person_id))} {act_words(row.act)} at {local(row.at, campaign.zone, 'HH:mm')}"
        for row in rows
    ]
    what = ": " + "; ".join(told) if told else ""
    raise Refusal(
        "changed", f"The campaign was changed since you opened this page{what}. Look again, then repeat.", "version"
    )


def _who(person) -> str:
    return "the command line" if person is None else person.name or person.email


def check_name(campaign_name: str) -> None:
    """An act that cannot be taken back asks for the campaign's name: refuse when another was typed."""
    if said("typed", 500).casefold() != (clean(campaign_name) or "").casefold():
        raise Refusal("typed", f"Type the campaign's name to confirm: {campaign_name}", "typed")
