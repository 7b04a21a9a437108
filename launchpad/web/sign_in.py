"""Signing in by a letter's link or code, and signing out. A GET never signs in: mail scanners open links."""

from flask import Blueprint, current_app, request, session
from flask_login import login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from launchpad.database import db, writing
from launchpad.models import Person, SignIn
from launchpad.rules.refusals import Refusal
from launchpad.services import people, sign_in
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import address, limiter
from launchpad.web.pace import even
from launchpad.web.paths import ours
from launchpad.web.permit import permit

blueprint = Blueprint("sign_in", __name__, url_prefix="/sign-in")

NOTE = "launchpad_address"  # a cookie of these pages alone: which address the code was asked for
NOTE_LIFE = 15 * 60


class AddressForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    next = StringField(validators=[Length(max=250)])


class CodeForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    code = StringField(validators=[InputRequired("Please enter the six digits."), Length(max=20)])


@blueprint.get("", endpoint="page")
@permit("sign_in")
def form():
    """The form that asks for an address."""
    return private(page("sign_in/sign_in.html", next=ours(request.args.get("next"), ""), email=""))


@blueprint.post("")
@limiter.limit("30/minute;300/hour")
@permit("sign_in")
@even
def ask():
    """Write the letter, if there is somebody to write to; the answer is the same either way."""
    form = AddressForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, "email")
        with writing():
            sign_in.ask(form.email.data, ours(form.next.data, ""))
    except Refusal as refusal:
        values = {"next": ours(form.next.data, ""), "email": form.email.data or ""}
        return private(refused(refusal, "sign_in/sign_in.html", **values))
    response = done("/sign-in/code")
    response.set_cookie(
        NOTE, _notes().dumps(people.key_of(form.email.data)), max_age=NOTE_LIFE, path="/sign-in", httponly=True,
        samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


@blueprint.get("/code")
@permit("sign_in")
def code():
    """What to do now: open the link, or enter the digits here."""
    return private(page("sign_in/code.html", email=_noted()))


@blueprint.post("/code")
@limiter.limit("30/minute;300/hour")
@permit("sign_in")
@even
def enter_code():
    """Sign in by the digits of a letter."""
    form = CodeForm()
    row = None
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, "code")
        with writing():  # a wrong code is counted, and so committed
            row = sign_in.by_code(form.email.data, form.code.data)
        if row is None:
            raise Refusal("code", "That code is not right, or no longer valid. Check it, or ask for a new one.", "code")
    except Refusal as refusal:
        return private(refused(refusal, "sign_in/code.html", email=form.email.data or ""))
    return _welcome(row)


@blueprint.get("/<token>")
@permit("sign_in")
def link(token: str):
    """The button that a link leads to."""
    row = sign_in.usable(token)
    return private(page("sign_in/link.html", 200 if row else 410, usable=row is not None, token=token))


@blueprint.post("/<token>")
@limiter.limit("10/minute", key_func=address)
@permit("sign_in")
def enter(token: str):
    """Sign in by the link of a letter: the first to press the button."""
    with writing():
        row = sign_in.by_link(token)
    if row is None:
        return private(page("sign_in/link.html", 410, usable=False, token=token))
    return _welcome(row)


out = Blueprint("sign_out", __name__)


@out.post("/sign-out")
@permit("sign_in")
def sign_out():
    """End this browser's session."""
    logout_user()
    session.clear()
    return done("/")


def let_in(person: Person) -> None:
    """Sign this browser in as a person: a new session, kept for 60 days, that nothing of the old one enters."""
    session.clear()
    login_user(person, remember=False)
    session.permanent = True


def _welcome(row: SignIn) -> Response:
    let_in(db.session.get(Person, row.person_id))
    response = done(ours(row.next, "/me"))
    response.delete_cookie(NOTE, path="/sign-in")
    return response


def _notes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="sign-in-address")


def _noted() -> str:
    try:
        return str(_notes().loads(request.cookies.get(NOTE, ""), max_age=NOTE_LIFE))
    except BadSignature:
        return ""
