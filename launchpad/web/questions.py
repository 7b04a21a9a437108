"""What was asked and answered, on one page that can be searched; and the team's mark on an answer."""

from flask import Blueprint, g, request

from launchpad.models import Entry
from launchpad.services import questions
from launchpad.web.answers import page
from launchpad.web.forms import clean
from launchpad.web.keeping import for_strangers
from launchpad.web.load import of_campaign, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.thread_acts import act

blueprint = of_campaign(Blueprint("questions", __name__, url_prefix="/<slug>/thread"))


@blueprint.get("/answered", endpoint="answered")
@permit("thread.read")
@for_strangers
def answered():
    """Questions with their answers, the newest first; `?q=` finds those in which each word stands."""
    words = " ".join((clean(request.args.get("q", "")) or "").split())[: questions.LONGEST]
    found = questions.answered(g.campaign, words)
    return page("questions/answered.html", fragment="questions/_found.html", words=words, found=found)


@blueprint.post("/<int:id>/accept", endpoint="accept")
@permit("thread.moderate")
def accept(id: int):
    """This reply is the answer."""
    row_or_404(Entry, id)
    return act(id, lambda entry, _reason: questions.accept(g.campaign, me(), entry))


@blueprint.post("/<int:id>/unaccept", endpoint="unaccept")
@permit("thread.moderate")
def unaccept(id: int):
    """It is only a reply."""
    row_or_404(Entry, id)
    return act(id, lambda entry, _reason: questions.unaccept(g.campaign, me(), entry))


@blueprint.app_template_global("any_answered")
def any_answered() -> bool:
    """Whether a link to that page leads to something."""
    return questions.any_answered(g.campaign)
