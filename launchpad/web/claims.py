"""That was me with another address: asked for on one's own page, settled by the button of a letter to that address."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from launchpad.database import db, writing
from launchpad.models import Order, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import claims
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import address, limiter, person
from launchpad.web.permit import me, permit

blueprint = Blueprint("claims", __name__, url_prefix="/me/another-address")


class ClaimForm(Form):
    number = StringField(validators=[InputRequired("Enter the order's number. It is in its letter."), Length(max=60)])
    email = StringField(validators=[InputRequired("Enter the address that the order was made with."), Length(max=254)])


@blueprint.get("", endpoint="page")
@permit("address.claim")
def form():
    """The form, for whoever is signed in."""
    if me() is None:
        return done(url_for("sign_in.page", next=url_for("claims.page")))
    return private(page("claims/claim.html"))


@blueprint.post("", endpoint="ask")
@limiter.limit("5/minute;20/hour", key_func=person)
@permit("address.claim")
def ask():
    """Write to that address. The answer is the same, whether there is such an order or not."""
    if me() is None:
        return done(url_for("sign_in.page", next=url_for("claims.page")))
    form, mine = ClaimForm(), me().id
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors), None))
        with writing():
            claims.ask(db.session.get(Person, mine), form.number.data, form.email.data)
    except Refusal as refusal:
        return private(refused(refusal, "claims/claim.html", typed=form.data))
    return done(url_for("claims.sent"))


@blueprint.get("/sent")
@permit("address.claim")
def sent():
    """What to do now."""
    return private(page("claims/sent.html"))


@blueprint.get("/joined")
@permit("address.claim")
def joined():
    """That it is done."""
    return private(page("claims/joined.html"))


@blueprint.get("/<token>", endpoint="confirm_page")
@permit("address.claim")
def confirming(token: str):
    """Who asks, and what would become theirs. A GET changes nothing: mail scanners open links."""
    return private(_confirm_page(token))


@blueprint.post("/<token>", endpoint="confirm")
@limiter.limit("10/minute", key_func=address)
@permit("address.claim")
def confirm(token: str):
    """Join the two. It signs nobody in: who reads this letter need not be at their own browser."""
    try:
        with writing():
            row = claims.confirm(token)
    except Refusal as refusal:
        return private(refused(refusal, "claims/confirm.html", **_claim(token)))
    return done(url_for("claims.joined")) if row is not None else private(_confirm_page(token))


def _confirm_page(token: str) -> Response:
    values = _claim(token)
    return page("claims/confirm.html", 200 if values["claim"] else 410, **values)


def _claim(token: str) -> dict:
    row = claims.usable(token)
    order = db.session.get(Order, row.order_id) if row else None
    return {"claim": row, "order": order, "theirs": claims.theirs(row.other) if row else None, "token": token}
