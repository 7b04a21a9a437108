"""Reporting an entry, an idea or a story: a page with the reasons, for whoever is signed in."""

from flask import Blueprint, abort, g, request, url_for
from wtforms import StringField
from wtforms.validators import Length

from launchpad.database import db, writing
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import flag_rows, flags
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("flags", __name__, url_prefix="/<slug>/report"))

SEEN_BY = {"entry": "thread.read", "idea": "idea.see", "story": "story.see"}  # who may see it may report it


class FlagForm(Form):
    reason = StringField(validators=[Length(max=20, message="Choose what is wrong with it.")])
    words = StringField(validators=[Length(max=250, message="At most 250 characters fit here.")])


@blueprint.get("/<any(entry, idea, story):kind>/<int:id>", endpoint="page")
@permit("flag.send")
def form(kind: str, id: int):
    """The thing, and what may be wrong with it; who is not signed in is asked to first."""
    if not may(SEEN_BY[kind]):
        abort(403)
    if me() is None:
        return done(url_for("sign_in.page", next=request.path))
    return private(page("flags/report.html", **_values(kind, id)))


@blueprint.post("/<any(entry, idea, story):kind>/<int:id>")
@limiter.limit("10/minute;60/hour", key_func=person)
@permit("flag.send")
def send(kind: str, id: int):
    """Report it. Once more by the same person is once."""
    if me() is None or not may(SEEN_BY[kind]):
        abort(403, "Sign in to report something.")
    form = FlagForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors)))
        with writing():
            flags.send(g.campaign, me(), kind, id, form.reason.data or "", form.words.data or "")
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404, refusal.message)
        db.session.rollback()
        refresh(refused=True)
        given = {"reason": form.reason.data or "", "words": (form.words.data or "")[:250]}
        return private(refused(refusal, "flags/report.html", **_values(kind, id), given=given))
    return done(url_for("flags.page", kind=kind, id=id))


def _values(kind: str, id: int) -> dict:
    row = flags.subject(g.campaign, kind, id)
    reported = bool(flag_rows.flagged_by(me().id, kind, [id]))
    if row is None and not reported:
        abort(404, "This is not shown any more, so there is nothing to report.")
    back = {"entry": "thread.one", "story": "stories.story"}.get(kind)
    address = url_for(back, id=id) if back else url_for("ideas.board", _anchor=f"idea-{id}")
    kept = row is not None and flags.kept(kind, row)
    return {"kind": kind, "row": row, "reported": reported, "kept": kept, "reasons": rules.REASONS, "back": address}
