"""Making and changing a campaign: by a form, or by the text of its file. Both go through the rules of the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import tomli_w
from flask import Response, abort, g, request, url_for
from sqlalchemy.exc import IntegrityError

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.outside import photos
from launchpad.rules import campaign_file, stories, timetable
from launchpad.rules.campaign_file import Fault, Plan
from launchpad.rules.file_text import table_of
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, pictures, plans
from launchpad.web.answers import done, page
from launchpad.web.forms import clean
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.campaign_fields import Filled, fields_of, rows_of
from launchpad.web.team.frame import room, said, site

NEW = {
    "campaign.timezone": "Europe/Lisbon", "campaign.currency": "EUR", "campaign.hue": "74", "campaign.membership": "open",
    "waitlist.access": "all", "waitlist.rule": "first_come", "limits.per_person": "2", "limits.hold_minutes": "10",
    "tiers[0].tier": "member", "tiers[0].hours": "24",
}  # fmt: skip
LONGEST = 60_000  # characters of one field


@dataclass(frozen=True)
class Picture:
    """The picture of a form: its bytes if one was chosen, what it shows, and whether the one there is shall go."""

    content: bytes
    shows: str
    drop: bool


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
    return page("team/file.html", here="edit", text=_text(g.campaign), alt=g.campaign.hero_alt, version_fields=versions.fields)


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
    fields = {key: clean(value)[:LONGEST] for key, value in request.form.items() if key not in ("csrf_token", "version", "seen")}
    if "more" in request.form:
        return _form(fields, more=request.form["more"])
    filled = None
    try:
        plan = plans.plan_of(campaign) if campaign else None
        if campaign is not None:
            fields["campaign.slug"] = campaign.slug
        filled = Filled(fields, plan, _opened(campaign))
        row = _keep(filled.table, _picture(), campaign, by_file=False)
    except (Fault, Refusal) as fault:
        return _fault(fault, lambda at: _form(fields, filled.field_at(at) if filled else at, fault))
    return done(url_for("room.room", slug=row.slug))


def _from_text(campaign: Campaign | None):
    """Take in the text of a file, uploaded or pasted; a file that was chosen wins."""
    text = request.form.get("text", "")
    try:
        chosen = request.files.get("file")
        content = chosen.stream.read() if chosen is not None and chosen.filename else text.encode("utf-8", "replace")
        text = content.decode("utf-8-sig", "replace")
        row = _keep(table_of(content), _picture(), campaign, by_file=True)
    except (Fault, Refusal) as fault:
        values = {"text": text, "alt": clean(request.form.get("hero_alt", "")), "version_fields": versions.fields}
        here = "edit" if campaign else "campaigns"
        return _fault(fault, lambda at: page("team/file.html", 422, here=here, fault=fault, fault_at=at, **values))
    return done(url_for("room.room", slug=row.slug))


def _fault(fault: Fault | Refusal, show: Callable) -> Response:
    """The page again, with what was wrong at its key; nothing was changed."""
    if isinstance(fault, Refusal) and fault.status == 404:
        abort(404)
    if g.get("campaign"):
        db.session.rollback()
        refresh()
    if isinstance(fault, Refusal):
        response = show(fault.field or "")
        response.headers["X-Refusal"] = fault.reason
        return response
    return show(fault.key)


def _opened(campaign: Campaign | None) -> frozenset[str]:
    found = timetable.openings(campaign.milestones) if campaign else []
    return frozenset(m.name for m, at in found if at is not None and at <= g.now)


def _keep(table: dict, picture: Picture, campaign: Campaign | None, by_file: bool) -> Campaign:
    """Parse, take the picture in, and load it all in one transaction. Raises Fault or Refusal, and changes nothing then."""
    plan = campaign_file.parse(table)
    if campaign is None and campaigns.by_slug(plan.slug) is not None:
        raise Fault("campaign.slug", "is another campaign's. Choose another, or change that one on its page Edit")
    if campaign is not None and plan.slug != campaign.slug:
        raise Fault("campaign.slug", f"must stay {campaign.slug}: people have that address")
    reason = _reason(plan, campaign)
    if picture.content and not picture.shows:
        raise Fault("hero_alt", "say in a few words what the picture shows, for those who cannot see it")
    db.session.rollback()  # lets go of the connection while the picture is decoded and kept
    key = pictures.take_in(picture.content, photos.HERO).key if picture.content else None
    try:
        with writing():
            if campaign is not None:
                versions.check()
            row = plans.load(plan, me(), reason)
            _set_picture(row, plan, key, picture, by_file)
            return row
    except IntegrityError:
        pictures.drop([key] if key else [])
        raise Fault("campaign.slug", "was taken by another campaign just now") from None
    except BaseException:
        pictures.drop([key] if key else [])
        raise


def _set_picture(row: Campaign, plan: Plan, key: str | None, picture: Picture, by_file: bool) -> None:
    gone = plan.hero is None if by_file else picture.drop
    if key or gone:
        plans.set_hero(row, key)
    elif by_file and row.hero is None:
        raise Fault("campaign.hero", f"names {plan.hero}: choose that picture below, or take the line out")
    row.hero_alt = picture.shows if row.hero else ""


def _reason(plan: Plan, campaign: Campaign | None) -> str:
    """Why; needed when a moment changes, as with every move by hand."""
    reason = said("reason")
    if campaign is not None and not reason:
        mine = {m.name: m.due for m in campaign.milestones if not m.hours}
        if any(mine.get(m.name) not in (None, m.due) for m in plan.milestones):
            raise Refusal("reason", "A moment changes: say why, in a few words. It is kept in the log.", "reason")
    return reason


def _picture() -> Picture:
    chosen = request.files.get("hero")
    content = chosen.stream.read(stories.PHOTO_BYTES + 1) if chosen is not None and chosen.filename else b""
    if len(content) > stories.PHOTO_BYTES:
        raise Fault("campaign.hero", f"is larger than {stories.PHOTO_BYTES // 2**20} MB")
    return Picture(content, said("hero_alt"), "drop_hero" in request.form)


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
        here="edit" if g.get("campaign") else "campaigns",
        fields=fields,
        rows=rows,
        fault=fault,
        fault_at=at,
        opened=_opened(g.get("campaign")),
        version_fields=versions.fields,
    )
