"""What the preview brought: every poll's results, whatever others see, and the ideas with the team's word on them."""

from collections.abc import Callable

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.models import Idea
from launchpad.rules.refusals import Refusal
from launchpad.services import idea_answers, ideas
from launchpad.services import polls as ballots
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room, said

RULES = {
    "always": "Everyone sees the results all the time.",
    "after_vote": "Others see the results once they have voted.",
    "on_close": "Others see the results once it has closed.",
    "team": "Only the team sees the results.",
}


@room.get("/polls")
@permit("team.see")
def polls():
    """Both lists on one page."""
    return page("team/polls.html", **values())


def values() -> dict:
    """What the page shows."""
    rows = ideas.rows_of(g.campaign, None)
    return {
        "here": "polls",
        "cards": ballots.cards(g.campaign, me()),
        "rules": RULES,
        "version_fields": versions.fields,
        "ideas": sorted(rows, key=lambda row: (row.idea.state == "hidden", -row.votes, row.idea.id)),
        "states": [(state, state.capitalize()) for state in idea_answers.STATES],
    }


@room.post("/ideas/<int:id>/answer")
@permit("idea.answer")
def answer_idea(id: int):
    """Say what becomes of it."""

    def act(idea: Idea) -> None:
        words = said("answer", idea_answers.LONGEST)
        had = said("had", idea_answers.LONGEST + 1)
        idea_answers.answer(g.campaign, me(), idea, said("was", 60), said("state", 60), words, had=had)

    return _act(id, "answer", act)


@room.post("/ideas/<int:id>/hide")
@permit("idea.answer")
def hide_idea(id: int):
    """Take it off the board."""
    return _act(id, "hide", lambda idea: idea_answers.hide(g.campaign, me(), idea, said("reason")))


@room.post("/ideas/<int:id>/show")
@permit("idea.answer")
def show_idea(id: int):
    """Put it back."""
    return _act(id, "show", lambda idea: idea_answers.show(g.campaign, me(), idea))


def _act(id: int, form: str, act: Callable[[Idea], None]):
    row_or_404(Idea, id)
    try:
        with writing():
            act(row_or_404(Idea, id))
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/polls.html", **values(), failed=f"{form}-{id}", sent=request.form)
    return done(url_for("room.polls", _anchor=f"idea-{id}"))
