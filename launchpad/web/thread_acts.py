"""What is done to an entry that stands: its author edits it or takes it back, the team hides, shows and pins."""

from flask import Blueprint, g, request, url_for
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.models import Entry
from launchpad.rules import posts
from launchpad.rules.refusals import Refusal
from launchpad.services import testimonials, thread
from launchpad.web.answers import done, page, refused
from launchpad.web.entry_marks import marked
from launchpad.web.forms import Form
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("thread_acts", __name__, url_prefix="/<slug>/thread"))


class ActForm(Form):
    """Why the team does it, and the page to go back to."""

    reason = StringField(validators=[Length(max=250, message="Say why in up to 250 characters.")])
    next = StringField(validators=[Length(max=250, message="This form cannot be read. Load the page again.")])


class EditForm(Form):
    """The new words."""

    text = TextAreaField(validators=[Length(max=100_000, message=f"{posts.LONGEST:,} characters is the most.")])


def act(id: int, verb):
    """Do something to an entry; back to the page it was done on, or to htmx the entry as it is now."""
    form = ActForm()
    if not form.validate():
        raise Refusal("form", form.first_error)
    entry = row_or_404(Entry, id)
    with writing():
        verb(entry, form.reason.data or "")
    refresh()
    address = ours(form.next.data, url_for("thread.page", _anchor=f"entry-{id}"))
    return done(address, "thread/_entry.html", lambda: {"entry": entry, **marked([entry])})


@blueprint.post("/<int:id>/hide")
@permit("thread.moderate")
def hide(id: int):
    """Take an entry down."""
    return act(id, lambda entry, reason: thread.hide(g.campaign, me(), entry, reason))


@blueprint.post("/<int:id>/show")
@permit("thread.moderate")
def show(id: int):
    """Put a hidden entry back."""
    return act(id, lambda entry, reason: thread.show(g.campaign, me(), entry, reason))


@blueprint.post("/<int:id>/pin")
@permit("thread.moderate")
def pin(id: int):
    """Keep an entry on top."""
    return act(id, lambda entry, reason: thread.pin(g.campaign, me(), entry, reason))


@blueprint.post("/<int:id>/unpin")
@permit("thread.moderate")
def unpin(id: int):
    """Let an entry go back to its place."""
    return act(id, lambda entry, reason: thread.unpin(g.campaign, me(), entry, reason))


@blueprint.post("/<int:id>/withdraw")
@permit("thread.read")
def withdraw(id: int):
    """The author takes their words back; the service refuses anyone else."""
    if me() is None:
        raise Refusal("not_yours", "Sign in first: only who wrote an entry can take it back.", status=403)
    return act(id, _take_back)


def _take_back(entry: Entry, _reason: str) -> None:
    thread.withdraw(g.campaign, me(), entry)
    if entry.kind == "testimonial":
        testimonials.withdraw_said(g.campaign, me(), entry)


@blueprint.get("/<int:id>/edit")
@permit("thread.post")
def edit(id: int):
    """The form with the words as they are, for who may change them."""
    entry = row_or_404(Entry, id)
    if not thread.may_edit(g.campaign, me(), entry):
        raise Refusal("not_yours", "These words cannot be changed any more.", status=403)
    return page("thread/edit.html", entry=entry, text=entry.text)


@blueprint.post("/<int:id>/edit")
@permit("thread.post")
def save(id: int):
    """Change the words."""
    entry, form = row_or_404(Entry, id), EditForm()
    text = form.text.data or ""
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, "text")
        with writing():
            thread.edit(g.campaign, me(), entry, text, request.form.get("reason", "")[:250])
    except Refusal as refusal:
        db.session.rollback()
        refresh()
        return refused(refusal, "thread/edit.html", entry=entry, text=text[: 2 * posts.LONGEST])
    refresh()
    address = url_for("thread.page", _anchor=f"entry-{id}")
    return done(address, "thread/_entry.html", lambda: {"entry": entry, **marked([entry])})
