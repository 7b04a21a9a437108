"""The audit log: who did what, when, before and after, and why; filtered, and as a file of exactly that."""

from flask import current_app, g, request, url_for

from launchpad.models import Campaign
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, campaigns
from launchpad.services.audit import Filter
from launchpad.web.answers import page, refused
from launchpad.web.permit import permit
from launchpad.web.sheets import streamed
from launchpad.web.team import audit_filter, audit_lines
from launchpad.web.team.frame import cursor, room, site
from launchpad.web.team.wording import act_words

MOST = 50
AT_ONCE = 500  # rows a part of the file: between two of them no connection is held


@room.get("/audit")
@permit("audit.see")
def campaign_log():
    """The log of one campaign."""
    return _log(g.campaign, url_for("room.campaign_log"), "room.campaign_log_sheet")


@site.get("/audit")
@permit("audit.see")
def log():
    """The log of everything."""
    return _log(None, url_for("team.log"), "team.log_sheet")


@room.get("/audit.csv")
@permit("audit.see")
def campaign_log_sheet():
    """The rows that the page's filter finds. Reading leaves no row: a GET writes nothing."""
    return _sheet(g.campaign, f"{g.slug}-audit")


@site.get("/audit.csv")
@permit("audit.see")
def log_sheet():
    """The same of everything."""
    return _sheet(None, "audit")


def _log(campaign: Campaign | None, address: str, sheet: str):
    refusal, wanted = None, Filter(campaign.id if campaign else None)
    try:
        wanted = audit_filter.wanted(campaign)
    except Refusal as fault:
        refusal = fault
    rows = audit.find(wanted, cursor(), MOST + 1) if refusal is None else []
    older = None
    chosen = audit_filter.chosen()
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for(request.endpoint, before=rows[-1].id, **chosen)
    every = campaigns.every()
    values = {
        "here": "audit",
        "lines": audit_lines.lines(rows, every),
        "asked": chosen,
        "about": audit_lines.about_words(wanted.subject, campaign),
        "acts": [("", "Everything")] + [(a, act_words(a)) for a in audit.acts(campaign)],
        "actors": [("", "Everyone"), (str(audit.COMMAND_LINE), audit_lines.COMMAND_LINE)]
        + [(p.id, p.name or p.email) for p in audit.actors(campaign)],
        "reaches": [] if campaign else [("", "Every campaign"), *((c.slug, c.name) for c in every)],
        "zone": audit_filter.zone(campaign),
        "address": address,
        "sheet": url_for(sheet, **chosen),
        "older": older,
        "newer": url_for(request.endpoint, **chosen) if cursor() else None,
    }
    return refused(refusal, "team/audit.html", **values) if refusal else page("team/audit.html", **values)


def _sheet(campaign: Campaign | None, name: str):
    """All of it as of now: what is done while it is written stays out."""
    app, wanted = current_app._get_current_object(), audit_filter.wanted(campaign)
    newest = audit.find(wanted, None, 1)
    top = newest[0].id + 1 if newest else 1

    def parts():
        before = top
        while before > 1:
            with app.app_context():
                rows = audit.find(wanted, before, AT_ONCE)
                part = [audit_lines.cells(line) for line in audit_lines.lines(rows, campaigns.every())]
                before = rows[-1].id if len(rows) == AT_ONCE else 0
            yield part

    return streamed(name, audit_lines.HEAD, parts())
