"""Polls in the thread: the form to start one, voting beneath the entry, ending it early."""

import json
import secrets

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from launchpad.database import db, writing
from launchpad.models import Entry
from launchpad.rules import polls as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import poll_entries, thread_polls, tokens
from launchpad.services.beside import beside
from launchpad.web import counters
from launchpad.web.answers import done, keep, page, refused
from launchpad.web.entry_marks import marked
from launchpad.web.forms import Form
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("thread_polls", __name__, url_prefix="/<slug>/thread"))

MOST = 100  # values of `choice` that are looked at
KINDS = [("single", "One answer each"), ("multiple", "As many answers as one likes")]
RESULTS = [
    ("after_vote", "To whoever has voted"),
    ("always", "To everyone, all the time"),
    ("on_close", "To everyone, once it has closed"),
    ("team", "To the team alone"),
]


class PollForm(Form):
    """What is asked. Whether it makes sense is the rule's to say (rules.polls.check_asked)."""

    question = StringField(validators=[Length(max=1000, message="That is too long for a question.")])
    answers = TextAreaField(validators=[Length(max=5000, message="Those answers are too long.")])
    poll_kind = StringField(validators=[Length(max=20, message="Choose whether one or several answers count.")])
    results = StringField(validators=[Length(max=20, message="Choose when the results are shown.")])
    minutes = IntegerField(
        validators=[
            InputRequired(message="Say how many minutes it lasts."),
            NumberRange(1, rules.MINUTES, message=f"A poll in the thread lasts 1 to {rules.MINUTES:,} minutes."),
        ]
    )
    key = StringField(validators=[Length(max=100, message="This form cannot be read. Load the page again.")])


def _values(**more) -> dict:
    fresh = {"question": "", "answers": "", "poll_kind": "single", "results": "after_vote", "minutes": 10}
    return {"kinds": KINDS, "results": RESULTS, "rules": rules, "kept": fresh, "key": secrets.token_urlsafe(12), **more}


@blueprint.get("/poll")
@permit("thread.moderate")
def new():
    """The form to start one."""
    return page("thread/ask.html", **_values())


@blueprint.post("/poll")
@permit("thread.moderate")
def start():
    """Start it: it stands in the thread at once. The same form sent twice is one poll."""
    form = PollForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors)))
        answers = (form.answers.data or "").splitlines()
        with writing():
            entry = thread_polls.start(
                g.campaign, me(), form.question.data or "", answers, form.poll_kind.data or "", form.results.data or "",
                form.minutes.data, form.key.data or "",
            )  # fmt: skip
    except Refusal as refusal:
        db.session.rollback()
        refresh(refused=True)
        kept = {name: request.form.get(name, "")[:5000] for name in ("question", "answers", "poll_kind", "results", "minutes")}
        return refused(refusal, "thread/ask.html", **_values(kept=kept, key=form.key.data or secrets.token_urlsafe(12)))
    refresh()
    return done(url_for("thread.page", _anchor=f"entry-{entry.id}"))


@blueprint.post("/<int:id>/vote")
@limiter.limit("60/minute", key_func=person)
@permit("thread.vote")
def vote(id: int):
    """Vote, or change the vote; to htmx the poll as it is for me now."""
    entry = row_or_404(Entry, id)
    try:
        with writing():
            thread_polls.vote(g.campaign, me(), entry, _choices())
    except Refusal as refusal:
        db.session.rollback()
        refresh(refused=True)
        if refusal.status == 404:
            raise
        entry = row_or_404(Entry, id)
        return refused(refusal, "thread/one.html", fragment="thread/_poll.html", entry=entry, answers=[], **marked([entry]))
    refresh()
    back = url_for("thread.page", _anchor=f"entry-{id}")
    return done(back, "thread/_poll.html", lambda: {"entry": entry, "beside": beside(g.campaign, [entry], me())})


@blueprint.get("/<int:id>/vote")
@permit("thread.read")
def ask(id: int):
    """Where the same button leads somebody who has not signed in; it changes nothing."""
    row_or_404(Entry, id)
    entry = url_for("thread.one", id=id)
    return redirect(entry if me() else url_for("sign_in.page", next=entry), 303)


@blueprint.get("/<int:id>/totals/<token>")
@permit("thread.read")
@for_strangers
def totals(id: int, token: str):
    """How a running poll stands, to whoever was given this address because they may know: the same bytes for all of them."""
    entry = row_or_404(Entry, id)
    if entry.poll_id is None or tokens.read("totals", token) != entry.poll_id:
        abort(404)
    now = poll_entries.running(g.campaign).get(id)
    if now is None or now.rule not in ("after_vote", "always"):
        abort(404)
    text = json.dumps(counters.poll(now, everyone=True), separators=(",", ":"))
    return keep(Response(text, mimetype="application/json"), 1, "public, ")


@blueprint.app_template_global("poll_totals")
def _totals_of(entry: Entry) -> str:
    """For templates: where a page that shows how a poll stands asks for it again."""
    return url_for("thread_polls.totals", id=entry.id, token=tokens.make("totals", entry.poll_id))


@blueprint.post("/<int:id>/close")
@permit("thread.moderate")
def close(id: int):
    """End a poll before its minutes are over."""
    entry = row_or_404(Entry, id)
    with writing():
        thread_polls.close(g.campaign, me(), entry)
    return done(url_for("thread.page", _anchor=f"entry-{id}"))


def _choices() -> list[int]:
    """The ids that were chosen; what is no id is none of the answers shown."""
    sent = request.form.getlist("choice")[:MOST]
    return [int(one) if one.isascii() and one.isdigit() and len(one) < 10 else 0 for one in sent]
