"""Finding what a request is about: the campaign of its address, and the one moment it is answered at."""

import re

from flask import Blueprint, abort, g
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign
from launchpad.models.campaigns import STANDS_AT
from launchpad.rules import timetable
from launchpad.services import campaigns, previewing

_SLUG = re.compile(r"[a-z0-9-]{1,80}")


class RowId(IntegerConverter):
    """`<int:…>` in our addresses names a row or a number we keep: nothing beyond 31 bits."""

    def __init__(self, url_map, *args, **kwargs):
        super().__init__(url_map, max=2**31 - 1)


def of_campaign(blueprint: Blueprint) -> Blueprint:
    """Make a blueprint's addresses begin with a campaign's slug: it is loaded before the view and filled into links."""

    @blueprint.url_value_preprocessor
    def load(_endpoint, values):
        if values is not None and "slug" in values:
            use(values.pop("slug"))

    @blueprint.url_defaults
    def fill(_endpoint, values):
        if "campaign" in g and g.campaign is not None:
            values.setdefault("slug", g.slug)

    return blueprint


def use(slug: str) -> Campaign:
    """Load a campaign as the one this request is about; 404 when there is none.

    Sets g.campaign, g.slug, g.now, g.phase, g.head_start_open: everything in the answer is true at g.now.
    """
    campaign = campaigns.by_slug(slug) if _SLUG.fullmatch(slug) else None
    if campaign is None:
        abort(404)
    previewing.look(campaign)
    g.campaign, g.slug = campaign, campaign.slug
    refresh()
    return campaign


def refresh(refused: bool = False) -> None:
    """Take the moment of the answer anew, after something was changed; everything until its end is read as of then.

    With `refused`, it is the moment at which the clock was asked last, so that a page which says no states the moment
    of that no, and not one after an opening that came meanwhile.
    """
    db.session().info[STANDS_AT] = (refused and g.campaign.asked_at) or clock.now()
    g.now = g.campaign.now
    g.phase = timetable.phase(g.campaign.milestones, g.now)
    g.head_start_open = any(
        opening is not None and opening <= g.now and milestone.name.startswith("head_start_")
        for milestone, opening in timetable.openings(g.campaign.milestones)
    )
    g.pop("roles", None)


def row_or_404(model, id: int, **same):
    """One row by id that belongs to this request's campaign (and has the other values named); else 404."""
    row = db.session.scalar(select(model).filter_by(id=id, campaign_id=g.campaign.id, **same))
    if row is None:
        abort(404)
    return row
