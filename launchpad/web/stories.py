"""Stories: the wall of what people made, sending one, taking it back, and the team's word on each."""

import secrets

from flask import Blueprint, abort, g, request, url_for
from wtforms import StringField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.models import Story
from launchpad.rules import stories as rules
from launchpad.rules import wording
from launchpad.rules.refusals import Refusal
from launchpad.services import pictures, stories
from launchpad.web import photo_fields
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import Form, clean
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign, row_or_404
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("stories", __name__, url_prefix="/<slug>/stories"))


class StoryForm(Form):
    """The words of a story; its photos and what they show are read beside it."""

    text = StringField(
        validators=[Length(max=rules.LONGEST, message=f"A story holds up to {rules.LONGEST:,} characters.")]
    )
    prompt = StringField(validators=[Length(max=12, message="That question is not asked now.")])
    key = StringField(validators=[Length(max=64, message="This form cannot be read. Load the page again.")])


def _wall(**more) -> dict:
    """What the page of all stories shows: the wall, its filter, my own, and the form for those who may send."""
    prompts = stories.prompts(g.campaign)
    chosen = next((prompt for prompt in prompts if prompt.id == request.args.get("prompt", type=int)), None)
    person = me()
    return {
        "rows": stories.approved(g.campaign, chosen.id if chosen else None),
        "prompts": prompts,
        "chosen": chosen,
        "mine": stories.of(g.campaign, person) if person else [],
        "words": wording,
        "rules": rules,
        "form": None,
        "key": _key(),
        **more,
    }


def _key() -> str:
    """The name of one filled form, so that a double click is one story."""
    return secrets.token_urlsafe(12)


@blueprint.get("", endpoint="page")
@permit("story.see")
@for_strangers
def wall():
    """The wall; `?prompt=<id>` shows the answers to one question."""
    return page("stories/stories.html", **_wall())


@blueprint.post("")
@limiter.limit("8/minute; 60/hour")
@permit("story.send")
def send():
    """Take in a story with its photos."""
    form = StoryForm()
    try:
        story = _taken(form)
    except Refusal as refusal:
        return refused(refusal, "stories/stories.html", **_wall(form=form, key=form.key.data or _key()))
    return done(url_for("stories.story", id=story.id))


def _taken(form: StoryForm) -> Story:
    """The story of a form. Its photos are made ours and kept before the transaction, which waits for nobody (O1)."""
    if not form.validate():
        raise Refusal("form", form.first_error, next(iter(form.errors)))
    sent, alts = photo_fields.chosen()
    text, consents = form.text.data or "", request.form.getlist("consent")
    rules.check(text, [len(content) for content in sent], alts, consents)
    prompt = _number(form.prompt.data)
    db.session.rollback()  # lets go of the connection while pictures are decoded and kept
    kept = pictures.take_in_all(sent)
    used: set[str] = set()
    try:
        with writing():
            story = stories.send(g.campaign, me(), text, prompt, kept, alts, consents, form.key.data or "")
            used = {photo.key for photo in story.photos}
    except BaseException:
        used.clear()
        raise
    finally:
        pictures.drop([picture.key for picture in kept if picture.key not in used])
    return story


def _number(words: str | None) -> int | None:
    """The id of a question, or None for none; what is no number is an unknown question."""
    if not words:
        return None
    return int(words) if words.isascii() and words.isdigit() and int(words) < 2**31 else -1


@blueprint.get("/<int:id>")
@permit("story.see")
@for_strangers
def story(id: int):
    """One story, once it is shown; before that its author and the team see it, with where it stands."""
    row = row_or_404(Story, id)
    person = me()
    mine = person is not None and row.person_id == person.id
    public = stories.is_shown(row)
    if row.state == "withdrawn" and mine:
        return page("stories/withdrawn.html")
    if row.state == "withdrawn" or not (public or mine or may("stories.review")):
        abort(404)
    return page("stories/story.html", row=row, mine=mine, public=public, words=wording)


@blueprint.post("/<int:id>/withdraw")
@permit("story.see")
def withdraw(id: int):
    """The author takes a story back, at once and for good."""
    row = row_or_404(Story, id)
    person = me()
    if person is None or row.person_id != person.id:
        abort(404)
    with writing():
        stories.withdraw(person, row)
    return done(url_for("stories.story", id=id))


@blueprint.post("/<int:id>/approve")
@permit("stories.review")
def approve(id: int):
    """Publish a story."""
    return _decided(id, stories.approve)


@blueprint.post("/<int:id>/reject")
@permit("stories.review")
def reject(id: int):
    """Keep a story off the site, or take a published one down; `reason` is shown to its author."""
    row = row_or_404(Story, id)
    return _decided(id, stories.take_down if row.state == "approved" else stories.reject)


def _decided(id: int, act):
    row = row_or_404(Story, id)
    with writing():
        act(g.campaign, me(), row, clean(request.form.get("reason", ""))[:250])
    return done(_back(id), "stories/_decided.html", lambda: {"row": row})


def _back(id: int) -> str:
    """Where the team came from, when the form names a path of the control room; else the story."""
    asked = request.form.get("next", "")
    return asked if asked.startswith("/team/") and "\\" not in asked else url_for("stories.story", id=id)
