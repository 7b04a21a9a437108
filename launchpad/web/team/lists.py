"""Changing one row of a list in a campaign's file: polls, prompts. The table goes the way of every edit, by `keep`."""

import re
from collections.abc import Callable

from flask import g

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_words import words_of
from launchpad.rules.refusals import Refusal
from launchpad.services import plans
from launchpad.web.load import refresh
from launchpad.web.team.keeping import Picture, keep

_OF_ROW = re.compile(r"\w+\[\d+\]\.(\w+)(?:\[(\d+)\])?.*")  # polls[0].options[1]


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
    """With the field of a row's form in place of the key of a file, and its name before what is wrong with it."""
    db.session.rollback()
    refresh()
    key, words = refusal.field or "", refusal.message
    if refusal.reason == "fault":
        found = _OF_ROW.fullmatch(key)
        label = words_of(key) if found else key
        if found and found[2]:  # one of several: Answer 2
            label = f"{label.removesuffix('s')} {int(found[2]) + 1}"
        words = f"{label}: please fill this in." if words == "is missing" else f"{label} {words.rstrip('.')}."
        key = found[1] if found else key
    return Refusal(refusal.reason, words, key, refusal.status)
