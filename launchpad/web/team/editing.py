"""Making and changing a campaign: by a form, or by the text of its file. Both go through the rules of the file."""

from collections.abc import Callable, Mapping

import tomli_w
from flask import Response, abort, g, request, url_for

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.rules import access, campaign_file, timetable
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_text import table_of
from launchpad.rules.phases import Phase
from launchpad.rules.ranking import SOURCES
from launchpad.rules.refusals import Refusal
from launchpad.services import plans, standing
from launchpad.web.answers import done, page
from launchpad.web.forms import clean
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.campaign_fields import Filled, fields_of, rows_of
from launchpad.web.team.differing import told
from launchpad.web.team.file_sent import text_sent
from launchpad.web.team.frame import room, site
from launchpad.web.team.keeping import Trial, keep, picture, trial

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


@site.get("/new/file")
@permit("campaign.create")
def new_file():
    """A place for a campaign file."""
    return page("team/file.html", here="campaigns", text="", alt="")


@site.post("/new/file")
@permit("campaign.create")
def create_from_file():
    """Make a campaign of a file."""
    return _from_text(None)


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


@room.get("/edit/file")
@permit("campaign.edit")
def edit_file():
    """The campaign as the text of its file."""
    return page(
        "team/file.html", here="edit", text=_text(g.campaign), alt=g.campaign.hero_alt, version_fields=versions.fields
    )


@room.post("/edit/file")
@permit("campaign.edit")
def change_by_file():
    """Change it as the text says."""
    return _from_text(g.campaign)


@room.get("/campaign.toml")
@permit("campaign.edit")
def download():
    """The campaign as a file to keep."""
    response = Response(_text(g.campaign), mimetype="application/toml")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.slug}.toml"'
    return response


def _text(campaign: Campaign) -> str:
    return tomli_w.dumps(campaign_file.unparse(plans.plan_of(campaign)), multiline_strings=True)


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
        return _fault(fault, lambda at, fault: _form(fields, filled.field_at(at) if filled else at, fault))
    return done(url_for("room.room", slug=row.slug))


def _from_text(campaign: Campaign | None):
    """Take in the text of a file. For a campaign that is there, first show what would change; with `confirmed`, keep it."""
    text, sure = request.form.get("text", ""), "confirmed" in request.form
    try:
        content, text = text_sent()
        table = table_of(content)
        sent = picture(campaign)
        if campaign is not None and not sure:
            return _changes(text, trial(table, sent, campaign))
        try:
            row = keep(table, sent, campaign, by_file=True)
        except Refusal as refusal:
            if campaign is None or refusal.status == 404:
                raise
            _again()
            return _changes(text, trial(table, sent, campaign, checks=False), refusal)
    except (Fault, Refusal) as fault:
        values = {"text": text, "alt": clean(request.form.get("hero_alt", "")), "version_fields": versions.fields}
        here = "edit" if campaign else "campaigns"
        return _fault(
            fault, lambda at, fault: page("team/file.html", 422, here=here, fault=fault, fault_at=at, **values)
        )
    return done(url_for("room.room", slug=row.slug))


def _changes(text: str, found: Trial, refusal: Refusal | None = None) -> Response:
    """What the file would change, and the second step; again when that was refused, as it would be now."""
    refresh()
    response = page(
        "team/file_changes.html",
        refusal.status if refusal else 200,
        here="edit",
        sections=told(found.before, found.after),
        text=text,
        alt=clean(request.form.get("hero_alt", ""))[:250],
        picture=found.picture or request.form.get("picture", ""),
        moves=found.moves,
        refusal=refusal,
        version_fields=versions.fields,
    )
    if refusal:
        response.headers["X-Refusal"] = refusal.reason
    return response


def _again() -> None:
    """Let go of what was begun, and read the campaign anew."""
    db.session.rollback()
    refresh()


def _fault(fault: Fault | Refusal, show: Callable) -> Response:
    """The page again, with what was wrong at its key; nothing was changed."""
    if isinstance(fault, Refusal) and fault.status == 404:
        abort(404)
    if g.get("campaign"):
        _again()
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
    rows = {kind: rows_of(fields, kind) for kind in ("tiers", "variants")}
    for kind, most in (("tiers", 20), ("variants", 50)):
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
