"""The board of ideas: members bring them and vote on them."""

from flask import Blueprint, g, request
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from launchpad.database import writing
from launchpad.models import Idea
from launchpad.rules.refusals import Refusal
from launchpad.services import ideas
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("ideas", __name__, url_prefix="/<slug>/ideas"))


class IdeaForm(Form):
    title = StringField(
        validators=[
            InputRequired("Please give the idea a title."),
            Length(max=ideas.TITLE, message=f"A title has at most {ideas.TITLE} characters."),
        ]
    )
    text = TextAreaField(validators=[Length(max=ideas.TEXT, message=f"An idea has at most {ideas.TEXT} characters.")])
    key = StringField(validators=[Length(max=100)])


@blueprint.get("")
@permit("campaign.see")
def board():
    """All ideas, the most wanted first; anyone who is no member reads what it is."""
    if not may("idea.see"):
        return page("polls/members_only.html", 403)
    return page("ideas/ideas.html", fragment="ideas/_board.html", board=ideas.board(g.campaign, me()))


@blueprint.post("")
@limiter.limit("10/minute;60/hour", key_func=person)
@permit("idea.post")
def post():
    """Bring an idea."""
    form = IdeaForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors)))
        with writing():
            ideas.post(g.campaign, me(), form.title.data, form.text.data or "", form.key.data)
    except Refusal as refusal:
        refresh(refused=True)
        given = {"title": form.title.data or "", "text": form.text.data or ""}
        shown = ideas.board(g.campaign, me())
        return refused(refusal, "ideas/ideas.html", fragment="ideas/_board.html", board=shown, given=given)
    refresh()
    return done(f"/{g.slug}/ideas", "ideas/_board.html", lambda: {"board": ideas.board(g.campaign, me())})


@blueprint.post("/<int:id>/vote")
@limiter.limit("60/minute", key_func=person)
@permit("idea.vote")
def vote(id: int):
    """Vote for an idea or take it back. `to` = yes or no says which, so that a double click is one vote."""
    row_or_404(Idea, id)
    wanted = {"yes": True, "no": False}.get(request.values.get("to", ""))
    try:
        with writing():
            ideas.set_vote(g.campaign, me(), id, wanted)
    except Refusal as refusal:
        refresh(refused=True)
        if refusal.status == 404:
            raise
        shown = ideas.row(g.campaign, me(), id)
        values = {"row": shown, "board": ideas.board(g.campaign, me())}
        return refused(refusal, "ideas/ideas.html", fragment="ideas/_idea.html", **values)
    refresh()
    return done(f"/{g.slug}/ideas#idea-{id}", "ideas/_idea.html", lambda: {"row": ideas.row(g.campaign, me(), id)})
