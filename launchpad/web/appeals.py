"""A sanction as its person sees it: why, until when, and the one appeal."""

from flask import Blueprint, abort, g, request, url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.models import Sanction
from launchpad.rules.refusals import Refusal
from launchpad.services import appeals
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("appeals", __name__, url_prefix="/<slug>/appeal"))


class AppealForm(Form):
    appeal = TextAreaField(
        validators=[Length(max=appeals.LONGEST, message=f"{appeals.LONGEST:,} characters is the most.")]
    )


@blueprint.get("/<int:id>", endpoint="page")
@permit("appeal.send")
def form(id: int):
    """How it stands; who is not signed in is asked to first."""
    if me() is None:
        return done(url_for("sign_in.page", next=request.path))
    return private(page("flags/appeal.html", **_values(id)))


@blueprint.post("/<int:id>")
@limiter.limit("6/minute;30/hour", key_func=person)
@permit("appeal.send")
def send(id: int):
    """Appeal, once."""
    if me() is None:
        abort(403, "Sign in first: only whom it is about can appeal.")
    form = AppealForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, "appeal")
        with writing():
            appeals.send(g.campaign, me(), _mine(id), form.appeal.data or "")
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        db.session.rollback()
        refresh(refused=True)
        given = (form.appeal.data or "")[: 2 * appeals.LONGEST]
        return private(refused(refusal, "flags/appeal.html", **_values(id), given=given))
    return done(url_for("appeals.page", id=id))


def _mine(id: int) -> Sanction:
    """A sanction of mine that was decided here; other campaigns that a ban binds lead to this address."""
    row = db.session.get(Sanction, id)
    if row is None or row.person_id != me().id or row.campaign_id != g.campaign.id:
        abort(404)
    return row


def _values(id: int) -> dict:
    row = _mine(id)
    runs = row.lifted_at is None and (row.until is None or row.until > g.campaign.moment)
    return {"sanction": row, "runs": runs, "most": appeals.LONGEST}
