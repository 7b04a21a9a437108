"""Polls of a preview, one page each; the campaign's page shows the same cards."""

from flask import Blueprint, g, request

from launchpad.database import writing
from launchpad.models import Poll
from launchpad.rules.refusals import Refusal
from launchpad.services import polls
from launchpad.web.answers import done, page, refused
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("polls", __name__, url_prefix="/<slug>/polls"))

MOST = 100  # values of `choice` that are looked at


@blueprint.get("/<int:id>")
@permit("campaign.see")
def poll(id: int):
    """One poll, for members; anyone else reads what it is."""
    number = row_or_404(Poll, id).number
    if not may("poll.see"):
        return page("polls/members_only.html", 403)
    return page("polls/poll.html", fragment="polls/_poll.html", card=polls.card(g.campaign, me(), number))


@blueprint.post("/<int:id>")
@limiter.limit("60/minute", key_func=person)
@permit("poll.vote")
def vote(id: int):
    """Vote, change the vote, or take it back with `withdraw`."""
    number = row_or_404(Poll, id).number
    try:
        with writing():
            if request.form.get("withdraw"):
                polls.withdraw(g.campaign, me(), number)
            else:
                polls.vote(g.campaign, me(), number, _choices())
    except Refusal as refusal:
        refresh(refused=True)
        shown = polls.card(g.campaign, me(), number)
        return refused(refusal, "polls/poll.html", fragment="polls/_poll.html", card=shown)
    refresh()
    return done(f"/{g.slug}/polls/{id}", "polls/_poll.html", lambda: {"card": polls.card(g.campaign, me(), number)})


def _choices() -> list[int]:
    """The ids that were chosen; what is no id is none of the answers shown."""
    sent = request.form.getlist("choice")[:MOST]
    return [int(one) if one.isascii() and one.isdigit() and len(one) < 10 else 0 for one in sent]
