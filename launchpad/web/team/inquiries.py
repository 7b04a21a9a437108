"""Private questions in the control room: who waits longest comes first; answered, set aside, published in other words."""

import secrets

from flask import g, request, url_for

from launchpad.database import db, writing
from launchpad.models import Inquiry, Order, Place
from launchpad.rules import inquiries as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, inquiry_answers
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, room, said

PAGE = 50


@room.get("/help", endpoint="help")
@permit("help.answer")
def listed():
    """Those that wait, then those that were answered."""
    answered = inquiry_answers.answered(g.campaign, cursor(), PAGE + 1)
    older = url_for("room.help", before=answered[PAGE - 1].id) if len(answered) > PAGE else None
    waiting = inquiry_answers.waiting(g.campaign) if cursor() is None else []
    return page(
        "team/help.html", here="help", waiting=waiting, answered=answered[:PAGE], older=older,
        newer=url_for("room.help") if cursor() is not None else None, about=rules.ABOUT, moment=g.campaign.moment,
    )  # fmt: skip


@room.get("/help/<int:id>", endpoint="inquiry")
@permit("help.answer")
def one(id: int):
    """One exchange, with who asks beside it."""
    return page("team/inquiry.html", **_one(id))


def _one(id: int) -> dict:
    row = row_or_404(Inquiry, id)
    mine = {"campaign_id": g.campaign.id, "person_id": row.person_id}
    first = next((line.text for line in row.lines if not line.team), "")
    last = next((line.text for line in reversed(row.lines) if line.team), "")
    return {
        "here": "help",
        "row": row,
        "about": rules.ABOUT,
        "moment": g.campaign.moment,
        "authors": audit.people_of({line.person_id for line in row.lines if line.person_id}),
        "orders": db.session.query(Order).filter_by(**mine).order_by(Order.id.desc()).limit(10).all(),
        "place": db.session.query(Place).filter_by(**mine).one_or_none(),
        "public": {"question": row.public_question or first, "answer": row.public_answer or last},
        "longest": rules.LONGEST,
        "key": secrets.token_urlsafe(12),
    }


@room.post("/help/<int:id>/answer", endpoint="inquiry_answer")
@permit("help.answer")
def answer(id: int):
    """Answer; the next one that waits comes up."""

    def act(row: Inquiry) -> None:
        inquiry_answers.answer(g.campaign, me(), row, said("text", rules.LONGEST), said("key", 100), _seen())

    return _act(id, "answer", act)


@room.post("/help/<int:id>/aside", endpoint="inquiry_aside")
@permit("help.answer")
def aside(id: int):
    """It needs no answer."""
    return _act(id, "aside", lambda row: inquiry_answers.set_aside(g.campaign, me(), row, _seen()))


@room.post("/help/<int:id>/publish", endpoint="inquiry_publish")
@permit("help.answer")
def publish(id: int):
    """Let everyone read it, in these words."""

    def act(row: Inquiry) -> None:
        question, told = said("question", rules.LONGEST), said("answer", rules.LONGEST)
        inquiry_answers.publish(g.campaign, me(), row, question, told, _seen())

    return _act(id, "publish", act)


@room.post("/help/<int:id>/unpublish", endpoint="inquiry_unpublish")
@permit("help.answer")
def unpublish(id: int):
    """Take it off that page."""
    return _act(id, "publish", lambda row: inquiry_answers.unpublish(g.campaign, me(), row))


def _act(id: int, form: str, act):
    row_or_404(Inquiry, id)
    try:
        with writing():
            act(row_or_404(Inquiry, id))
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/inquiry.html", **_one(id), failed=form, sent=request.form)
    return done(url_for("room.inquiry", id=id, _anchor="last" if form == "answer" else form))


def _seen() -> int | None:
    """The version of the exchange that the form was made from."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
