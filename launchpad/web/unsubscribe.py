"""One-click unsubscribe (RFC 8058): the POST needs no cookie and no form of ours, the GET changes nothing."""

from flask import Blueprint, abort

from launchpad.database import db, writing
from launchpad.models import Person
from launchpad.services import unsubscribing
from launchpad.web.answers import page
from launchpad.web.forms import from_anywhere
from launchpad.web.permit import permit

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


@blueprint.get("/<token>")
@permit("public")
def show(token: str):
    """The button."""
    person = _person(token)
    return page("unsubscribe/unsubscribe.html", token=token, stopped=person.unsubscribed_at is not None)


@blueprint.post("/<token>")
@permit("public")
@from_anywhere
def stop(token: str):
    """Stop letters about launches. A mail program calls this by itself, and may do so twice."""
    id = _person(token).id
    with writing():
        unsubscribing.unsubscribe(db.session.get(Person, id))
    return page("unsubscribe/unsubscribe.html", token=token, stopped=True)


def _person(token: str) -> Person:
    person = unsubscribing.person_of(token)
    if person is None:
        abort(404)
    return person
