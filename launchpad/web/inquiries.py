"""Asking the team in private, about a place, a checkout or an order; and reading what it answered.

Who is signed in asks for themselves. Who is not may hold the address of an order: then it is its buyer who asks.
"""

import secrets
from dataclasses import dataclass

from flask import Blueprint, abort, g, request
from sqlalchemy import select
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.models import Inquiry, Order, Person
from launchpad.rules import inquiries as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import inquiries, tokens
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("inquiries", __name__, url_prefix="/<slug>/help"))

UNREADABLE = "This form cannot be read. Load the page again."


class AskForm(Form):
    """A question, or more words to one."""

    about = StringField(validators=[Length(max=20, message="Choose what it is about.")])
    text = TextAreaField(validators=[Length(max=100_000, message=f"{rules.LONGEST:,} characters is the most.")])
    name_agreed = BooleanField()
    key = StringField(validators=[Length(max=100, message=UNREADABLE)])


@dataclass(frozen=True)
class Asker:
    """Who asks, and the order by whose address they came, with the token that they showed for it."""

    person: Person | None
    order: Order | None = None
    token: str = ""


def _asker() -> Asker:
    """By the order's own address it is its buyer; else whoever is signed in; else nobody."""
    number = request.values.get("order", "")
    if not (number.isascii() and number.isprintable() and 0 < len(number) <= 60):
        return Asker(me())
    order = db.session.scalar(select(Order).where(Order.number == number, Order.campaign_id == g.campaign.id))
    if order is not None and me() is not None and me().id == order.person_id:
        return Asker(me(), order)
    token = request.values.get("token", "")
    if order is not None and tokens.read("order", token) == order.id:
        return Asker(order.person, order, token)
    return Asker(me())


@blueprint.get("", endpoint="page")
@permit("help.ask")
def ask():
    """The form, and what was asked before."""
    return private(page("inquiries/help.html", **_values()))


def _values(**more) -> dict:
    asker = _asker()
    mine = []
    if asker.person is not None:
        signed_in = me() is not None and me().id == asker.person.id
        mine = inquiries.of(g.campaign, asker.person) if signed_in else inquiries.about_order(asker.order)
    about = request.values.get("about", "order" if asker.order else "")
    values = {"asker": asker, "mine": mine, "kinds": list(rules.ABOUT.items()), "about": about if about in rules.ABOUT else ""}
    return {**values, "longest": rules.LONGEST, "key": secrets.token_urlsafe(12), "path_of": path_of, "typed": {}, **more}


def path_of(row: Inquiry) -> str:
    """The path of an exchange; with its token, for who is not signed in as the one who asked."""
    signed_in = me() is not None and me().id == row.person_id
    return f"/{g.slug}/help/{row.id}" + ("" if signed_in else f"?token={tokens.make('inquiry', row.id)}")


@blueprint.post("", endpoint="send")
@limiter.limit("20/hour", key_func=person)
@permit("help.ask")
def send():
    """Put the question."""
    form = AskForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error)
        with writing():
            asker = _asker()
            if asker.person is None:
                why = "Sign in first, or come by the link of your order: the answer is for one person."
                raise Refusal("nobody", why, status=403)
            row = inquiries.ask(
                g.campaign, asker.person, form.about.data or "", form.text.data or "", asker.order,
                bool(form.name_agreed.data), form.key.data or "",
            )  # fmt: skip
    except Refusal as refusal:
        refresh(refused=True)
        return private(refused(refusal, "inquiries/help.html", **_values(**_again(form, refusal))))
    refresh()
    return done(path_of(row))


def _again(form: AskForm, refusal: Refusal) -> dict:
    typed = {"text": (form.text.data or "")[: 2 * rules.LONGEST], "about": (form.about.data or "")[:20]}
    values: dict = {"typed": {**typed, "name_agreed": bool(form.name_agreed.data)}}
    if refusal.reason != "key" and form.key.data:
        values["key"] = form.key.data[:100]
    return values


@blueprint.get("/<int:id>", endpoint="one")
@permit("help.ask")
def one(id: int):
    """The exchange, for the one who asked."""
    return private(page("inquiries/inquiry.html", **_one(_mine(id))))


@blueprint.post("/<int:id>", endpoint="add")
@limiter.limit("20/hour", key_func=person)
@permit("help.ask")
def add(id: int):
    """Say more."""
    _mine(id)
    form = AskForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error)
        with writing():
            inquiries.add(g.campaign, _mine(id), form.text.data or "", form.key.data or "")
    except Refusal as refusal:
        refresh(refused=True)
        return private(refused(refusal, "inquiries/inquiry.html", **_one(_mine(id), **_again(form, refusal))))
    refresh()
    return done(path_of(_mine(id)) + "#last")


def _mine(id: int) -> Inquiry:
    """The exchange, for its person or whoever has its token; else there is nothing here, whether or not it exists."""
    row = row_or_404(Inquiry, id)
    if (me() is None or me().id != row.person_id) and tokens.read("inquiry", request.values.get("token", "")) != row.id:
        abort(404)
    return row


def _one(row: Inquiry, **more) -> dict:
    values = {"row": row, "path": path_of(row), "longest": rules.LONGEST, "key": secrets.token_urlsafe(12), "about": rules.ABOUT}
    return {**values, "typed": {}, **more}
