"""A campaign beside another one, or beside a file: what is different, key by key. Nothing is changed here."""

from flask import abort, g, request

from launchpad.rules import access, campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_text import table_of
from launchpad.services import campaigns, plans, standing
from launchpad.web.answers import page
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.differing import told
from launchpad.web.team.file_sent import text_sent
from launchpad.web.team.frame import room


@room.get("/compare")
@permit("campaign.edit")
def compare():
    """With the campaign that `other` names, one that its reader may change as well; without it, the choice."""
    slug = request.args.get("other", "")[:80]
    if not slug:
        return page("team/compare.html", **_choice())
    other = next((c for c in _others() if c.slug == slug), None)
    if other is None:
        abort(404)
    before, after = (campaign_file.unparse(plans.plan_of(row)) for row in (g.campaign, other))
    shown = {"sections": told(before, after, apart=True), "other": other, "with_words": other.name}
    return page("team/compare.html", **_choice(slug), **shown)


@room.post("/compare", endpoint="compare_file")
@permit("campaign.edit")
def compare_file():
    """With a file, pasted or uploaded."""
    text = ""
    try:
        content, text = text_sent()
        plan = campaign_file.parse(table_of(content))
    except Fault as fault:
        return page("team/compare.html", 422, **_choice(), text=text, fault=fault)
    before, after = campaign_file.unparse(plans.plan_of(g.campaign)), campaign_file.unparse(plan)
    shown = {"sections": told(before, after, apart=plan.slug != g.slug), "with_words": "the file", "of_file": plan.slug}
    return page("team/compare.html", **_choice(), text=text, **shown)


def _choice(slug: str = "") -> dict:
    every = [(c.slug, f"{c.name} · /{c.slug}/{' (rehearsal)' if c.rehearsal else ''}") for c in _others()]
    return {"here": "edit", "every": every, "chosen": slug, "version_fields": versions.fields}


def _others() -> list:
    """The other campaigns that its reader may change: their whole content is shown."""
    return [c for c in campaigns.every() if c.id != g.campaign.id and _may_edit(c)]


def _may_edit(campaign) -> bool:
    return access.may("campaign.edit", standing.staff_roles(me(), campaign), *standing.stage(campaign, campaign.now))
