"""The draw, for whoever wants to check it: what was sealed, the seed, and every lot, so that anyone can do it again."""

from flask import Blueprint, Response, abort, g, request, url_for

from launchpad.rules import ranking
from launchpad.services import line_story, lines
from launchpad.web.answers import keep, page
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.permit import permit

blueprint = of_campaign(Blueprint("draw", __name__, url_prefix="/<slug>"))

MOST = 5000  # lots on one page of the list


@blueprint.get("/draw", endpoint="page")
@permit("campaign.see")
def draw():
    """How lots are drawn, what is sealed now, and the seed once it is public."""
    if g.campaign.rule != "draw":
        abort(404)
    return page("waitlist/draw.html")


@blueprint.get("/draw.txt", endpoint="lots")
@limiter.limit("60/minute")
@permit("campaign.see")
def lots():
    """Every place that counts with its lot, in the order of the line, after the lot in `after`; no names, no people."""
    seed = line_story.seed(g.campaign)
    if seed is None:
        abort(404, "Lots have not been drawn yet.")
    after = request.args.get("after", "")
    places = lines.lots(g.campaign, after if set(after) <= set("0123456789abcdef") else "", MOST + 1)
    rows = [f"{place_id} {ranking.lot(seed, place_id)}" for place_id, _ in places[:MOST]]
    if len(places) > MOST:
        rows.append(f"# goes on at {url_for('draw.lots', after=places[MOST - 1][1])}")
    head = f"# place and lot, the first in line first; seed {seed}"
    return keep(Response("\n".join([head, *rows, ""]), mimetype="text/plain"), 1)
