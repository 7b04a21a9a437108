"""Changing one row of a list in a campaign's file: polls, prompts. The table goes the way of every edit, by `keep`."""

from collections.abc import Callable

from flask import g

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.refusals import Refusal
from launchpad.services import plans
from launchpad.web.load import refresh
from launchpad.web.team.keeping import Picture, keep

MOST = 50  # rows of a list, as in the file


def changed(name: str, act: str, change: Callable[[list[dict]], None], asks: bool = True) -> Refusal | None:
    """Change the list of that name in place and keep the campaign; what was wrong with it, at the field of a form.

    `asks`: a moment that moves needs a reason.
    """
    campaign: Campaign = g.campaign
    table = campaign_file.unparse(plans.plan_of(campaign))
    rows = table.setdefault(name, [])
    try:
        change(rows)
        keep(table, Picture(b"", campaign.hero_alt, False), campaign, by_file=False, act=act, asks=asks)
    except Refusal as refusal:
        return _said(refusal)
    except Fault as fault:
        return _said(Refusal("fault", fault.message, fault.key))
    return None


def moved(rows: list[dict], place: int, up: bool) -> None:
    """Let a row change places with its neighbour; at the end of the list it stays."""
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]


def _said(refusal: Refusal) -> Refusal:
    """With the field of a row's form in place of the key of a file, and the sentence whole."""
    db.session.rollback()
    refresh()
    key, words = refusal.field or "", refusal.message
    if refusal.reason == "fault":
        words = "Please fill this in." if words == "is missing" else f"{words[:1].upper()}{words[1:].rstrip('.')}."
        if "]" in key:
            key = key.partition("]")[2].strip(".").partition(".")[0].partition("[")[0]
        elif "." in key:
            words = f"{key} {refusal.message}"
    return Refusal(refusal.reason, words, key, refusal.status)
