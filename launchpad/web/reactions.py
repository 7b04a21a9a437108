"""Pressing a reaction beside an entry, and asking for the numbers where no stream tells them."""

import json

from flask import Blueprint, Response, g, redirect, request, url_for

from launchpad.database import writing
from launchpad.models import Entry
from launchpad.rules import counts
from launchpad.rules import reactions as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import reactions, thread
from launchpad.services.beside import beside
from launchpad.web import counters
from launchpad.web.answers import done, keep
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("reactions", __name__, url_prefix="/<slug>/thread"))

NEWEST = 100  # entries whose counts are told to who asks


@blueprint.app_template_global("reaction_kinds")
def kinds() -> dict[str, tuple[str, str]]:
    """For templates: each kind with its words and its icon."""
    return {kind: (words, rules.ICONS[kind]) for kind, words in rules.KINDS.items()}


@blueprint.app_template_global("rounding_rule")
def rounding_rule() -> str:
    """For templates: how the numbers are said."""
    return counts.RULE


@blueprint.app_template_filter("short_count")
def short_count(number: int) -> str:
    """For templates: a count as it stands on a button (rules.counts)."""
    return counts.short(number)


@blueprint.post("/<int:id>/react/<kind>")
@limiter.limit("60/minute", key_func=person)
@permit("thread.react")
def react(id: int, kind: str):
    """React to an entry, or take it back; htmx gets the row of reactions as it is now."""
    if kind not in rules.KINDS:
        raise Refusal("kind", "There is no such reaction.", status=404)
    entry = row_or_404(Entry, id)
    with writing():
        reactions.toggle(g.campaign, me(), entry, kind)
    refresh()
    back = ours(request.form.get("next", "")[:250], url_for("thread.page", _anchor=f"entry-{id}"))
    return done(back, "thread/_reactions.html", lambda: {"entry": entry, "beside": beside(g.campaign, [entry], me())})


@blueprint.get("/<int:id>/react/<kind>")
@permit("thread.read")
def ask(id: int, kind: str):
    """Where the same button leads somebody who has not signed in; it changes nothing."""
    row_or_404(Entry, id)
    entry = url_for("thread.one", id=id)
    return redirect(entry if me() else url_for("sign_in.page", next=entry), 303)


@blueprint.get("/counters")
@permit("thread.read")
def numbers():
    """What the stream's `counters` say, for all of the newest entries: for who was away, or has no stream."""
    ids = thread.newest(g.campaign, NEWEST)
    text = json.dumps(counters.told(g.campaign, reactions.counts(ids, none_too=True)), separators=(",", ":"), sort_keys=True)
    return keep(Response(text, mimetype="application/json"), 1, "public, ")
