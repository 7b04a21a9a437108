"""My own page: what I am here, what I did, which letters I get, my copy of it, and the way out."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, json, request, session, url_for
from flask_login import logout_user
from wtforms import StringField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.models import Person
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, erasure, people, profile, standing
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.permit import me, permit

blueprint = Blueprint("profile", __name__, url_prefix="/me")


class NameForm(Form):
    name = StringField(validators=[Length(max=60, message="A name has at most 60 characters here.")])


@blueprint.before_request
def somebody():
    """These pages are each person's own: nobody in particular is asked to sign in first."""
    if me() is None:
        return done(url_for("sign_in.page", next="/me"))
    return None


@blueprint.get("")
@permit("profile.see")
def mine():
    """Everything about me on one page."""
    return page("profile/profile.html", **_shown())


@blueprint.post("")
@limiter.limit("30/minute", key_func=person)
@permit("profile.see")
def change():
    """Change the name that others see."""
    form = NameForm()
    if not form.validate():
        return refused(Refusal("name", form.first_error, "name"), "profile/profile.html", **_shown())
    with writing():
        _me().name = " ".join((form.name.data or "").split())
    return done("/me")


@blueprint.post("/letters")
@limiter.limit("30/minute", key_func=person)
@permit("profile.see")
def letters():
    """Switch letters about launches on (`marketing` is sent) or off."""
    with writing():
        if request.form.get("marketing"):
            consents.agree_to_marketing(_me(), "profile")
        else:
            consents.stop_marketing(_me(), "profile")
    return done("/me#letters")


@blueprint.get("/export.json")
@limiter.limit("10/minute", key_func=person)
@permit("profile.see")
def export():
    """Every row about me."""
    answer = Response(json.dumps(profile.everything(me()), indent=1, ensure_ascii=False), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-rows.json"'
    return private(answer)


@blueprint.post("/sign-out-everywhere")
@permit("profile.see")
def sign_out_everywhere():
    """End every session of mine, this one as well."""
    with writing():
        people.sign_out_everywhere(_me())
    logout_user()
    session.clear()
    return done("/sign-in")


@blueprint.get("/erase")
@permit("profile.see")
def before_erasing():
    """What erasing takes and what it leaves."""
    return page("profile/erase.html")


@blueprint.post("/erase")
@limiter.limit("10/minute", key_func=person)
@permit("profile.see")
def erase():
    """Erase me, once the box is ticked."""
    if not request.form.get("sure"):
        return refused(Refusal("sure", "Tick the box to say that you are sure.", "sure"), "profile/erase.html")
    try:
        with writing():
            erasure.erase(_me())
    except Refusal as refusal:
        return refused(refusal, "profile/erase.html")
    logout_user()
    session.clear()
    return done("/me/erased")


gone = Blueprint("erased", __name__)


@gone.get("/me/erased")
@permit("public")
def erased():
    """That it is done."""
    return page("profile/erased.html")


def _me() -> Person:
    """My row inside `writing()`, which ended the request's first transaction."""
    return db.session.get(Person, me().id)


def _shown() -> dict:
    person = me()
    return {
        "person": person,
        "utc": ZoneInfo("UTC"),
        "role": standing.everywhere(person) - {"stranger"},
        "parts": profile.contributions(person),
        "letters": profile.letters(person),
        "letter_count": profile.letter_count(person),
        "wants": person.unsubscribed_at is None and consents.given(person.id, consents.MARKETING),
    }
