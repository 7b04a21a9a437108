"""Making and changing a campaign by a form, through the rules of its file. By its file: file_editing."""

from collections.abc import Callable, Mapping

from flask import Response, abort, g, request, url_for

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.rules import access, timetable
from launchpad.rules.campaign_file import Fault
from launchpad.rules.phases import Phase
from launchpad.rules.ranking import SOURCES
from launchpad.rules.referrals import MOST_REWARDS
from launchpad.rules.refusals import Refusal
from launchpad.services import plans, standing
from launchpad.web.answers import done, page
from launchpad.web.forms import clean
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.campaign_fields import Filled, fields_of, rows_of
from launchpad.web.team.frame import room, site
from launchpad.web.team.keeping import keep, picture
from launchpad.web.team.referral_fields import REWARDS

NEW = {
    "campaign.timezone": "Europe/Lisbon",
    "campaign.currency": "EUR",
    "campaign.hue": "74",
    "campaign.membership": "open",
    "waitlist.access": "all",
    "waitlist.rule": "first_come",
    "limits.per_person": "2",
    "limits.hold_minutes": "10",
    "tiers[0].tier": "member",
    "tiers[0].hours": "24",
}
ROWS = (("tiers", 20), ("variants", 50), (REWARDS, MOST_REWARDS))  # lists of the form, and how long each may be
LONGEST = 60_000  # characters of one field


@site.get("/new")
@permit("campaign.create")
def new():
    """An empty form."""
    return _form(NEW)


@site.post("/new")
@permit("campaign.create")
def create():
    """Make a campaign of the form."""
    return _filled(None)


@room.get("/edit")
@permit("campaign.edit")
def edit():
    """The campaign as a form."""
    return _form(fields_of(plans.plan_of(g.campaign)) | {"hero_alt": g.campaign.hero_alt})


@room.post("/edit")
@permit("campaign.edit")
def change():
    """Change it as the form says."""
    return _filled(g.campaign)


def _filled(campaign: Campaign | None):
    """Take in a form; with `more` in it, only give it back with another empty row."""
    fields = {
        key: clean(value)[:LONGEST]
        for key, value in request.form.items()
        if key not in ("csrf_token", "version", "seen")
    }
    if "more" in request.form:
        return _form(fields, more=request.form["more"])
    filled = None
    try:
        plan = plans.plan_of(campaign) if campaign else None
        if campaign is not None:
            fields["campaign.slug"] = campaign.slug
        filled = Filled(fields, plan, _opened(campaign))
        row = keep(filled.table, picture(), campaign, by_file=False)
    except (Fault, Refusal) as fault:
        return shown(fault, lambda at, fault: _form(fields, filled.field_at(at) if filled else at, fault))
    return done(url_for("room.room", slug=row.slug))


def again() -> None:
    """Let go of what was begun, and read the campaign anew."""
    db.session.rollback()
    refresh()


def shown(fault: Fault | Refusal, show: Callable) -> Response:
    """The page again, with what was wrong at its key; nothing was changed."""
    if isinstance(fault, Refusal) and fault.status == 404:
        abort(404)
    if g.get("campaign"):
        again()
    if isinstance(fault, Refusal):
        response = show(fault.field or "", fault)
        response.headers["X-Refusal"] = fault.reason
        return response
    return show(fault.key, fault)


def _opened(campaign: Campaign | None) -> frozenset[str]:
    found = timetable.openings(campaign.milestones) if campaign else []
    return frozenset(m.name for m, at in found if at is not None and at <= g.now)


def _form(fields: Mapping[str, str], at: str = "", fault: Fault | Refusal | None = None, more: str = "") -> Response:
    """The form with its fields; two empty rows more than are filled."""
    rows = {kind: rows_of(fields, kind) for kind, _ in ROWS}
    for kind, most in ROWS:
        begun = [n for n in rows[kind] if any(v for k, v in fields.items() if k.startswith(f"{kind}[{n}]."))]
        empty = 3 if more == kind else 1
        rows[kind] = (begun + [n for n in range(100) if n not in begun][:empty])[:most]
    return page(
        "team/edit.html",
        422 if fault else 200,
        line_sources=SOURCES,
        here="edit" if g.get("campaign") else "campaigns",
        fields=fields,
        rows=rows,
        fault=fault,
        fault_at=at,
        opened=_opened(g.get("campaign")),
        may_clone=access.may("campaign.create", standing.staff_roles(me()), Phase.DRAFT),
        version_fields=versions.fields,
    )
