"""Making and changing a campaign by the text of its file."""

import tomli_w
from flask import Response, g, request, url_for

from launchpad.models import Campaign
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_text import table_of
from launchpad.rules.refusals import Refusal
from launchpad.services import plans
from launchpad.web.answers import done, page
from launchpad.web.forms import clean
from launchpad.web.load import refresh
from launchpad.web.permit import permit
from launchpad.web.team import versions
from launchpad.web.team.differing import told
from launchpad.web.team.editing import again, shown
from launchpad.web.team.file_sent import text_sent
from launchpad.web.team.frame import room, site
from launchpad.web.team.keeping import Trial, keep, picture, trial


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
            again()
            return _changes(text, trial(table, sent, campaign, checks=False), refusal)
    except (Fault, Refusal) as fault:
        values = {"text": text, "alt": clean(request.form.get("hero_alt", "")), "version_fields": versions.fields}
        here = "edit" if campaign else "campaigns"
        return shown(
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
