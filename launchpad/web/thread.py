"""The live thread: its page, posting, and one entry by itself.

Its stream is in web.thread_live, what is done to an entry that stands in web.thread_acts, the feed for readers in
web.thread_feed.
"""

from datetime import datetime

from flask import Blueprint, abort, g, request, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from launchpad.database import db, writing
from launchpad.models import Entry
from launchpad.rules import photos, posts, timetable
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import pictures, thread
from launchpad.services.screening import TooSoon
from launchpad.web import bounds, composer, errors, photo_fields, thread_panel
from launchpad.web.answers import done, page, refused, wants_fragment
from launchpad.web.entry_marks import marked
from launchpad.web.forms import Form, clean
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import client, limiter
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("thread", __name__, url_prefix="/<slug>/thread"))

PAGE = 30  # entries


class PostForm(Form):
    """What somebody says. The limits of the text are the service's."""

    text = TextAreaField(validators=[Length(max=100_000, message=f"{posts.LONGEST:,} characters is the most.")])
    kind = StringField(validators=[Length(max=20, message="Choose a post or a question.")])
    reply_to = IntegerField(
        validators=[Optional(), NumberRange(1, 2**31 - 1, message="What you answer to is no longer there.")]
    )
    key = StringField(validators=[Length(max=100, message="This form cannot be read. Load the page again.")])


def _answered(id: int | None) -> Entry | None:
    if id is None or not 0 < id < 2**31:
        return None
    return db.session.query(Entry).filter_by(id=id, campaign_id=g.campaign.id, state="shown").one_or_none()


def _page(before: int | None = None, **typed) -> dict:
    """The whole page. The seq is read before the entries: what comes in between arrives twice, and shows once."""
    seq = g.campaign.seq
    entries = thread.latest(g.campaign, before=before, limit=PAGE + 1)
    shown, more = entries[:PAGE], len(entries) > PAGE
    return {
        "seq": seq,
        "before": before,
        "entries": shown,
        "here": {entry.id for entry in shown},
        "older": url_for("thread.page", before=shown[-1].id) if more else None,
        "pinned": thread.pinned(g.campaign),
        "moments": thread.key_moments(g.campaign),
        "live": before is None and g.phase != Phase.ARCHIVED,
        "ended": _ended(),
        **thread_panel.values(),
        **marked(shown),
        **composer.values(**typed),
    }


def _ended() -> datetime | None:
    """When the archive opened that is on now."""
    openings = [opens for m, opens in timetable.openings(g.campaign.milestones) if m.phase == Phase.ARCHIVED]
    return max((opens for opens in openings if opens is not None and opens <= g.now), default=None)


@blueprint.get("", endpoint="page")
@permit("thread.read")
@for_strangers
def show():
    """The thread, newest first; `?before=<entry>` goes on from an older one, `?reply_to=<entry>` answers to one."""
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**31:
        abort(404)
    return page("thread/thread.html", **_page(before, answered=_answered(request.args.get("reply_to", type=int))))


def _poster() -> str:
    return f"person:{me().id}" if me() else client()


@blueprint.post("")
@limiter.limit(bounds.pace, key_func=_poster)
@permit("thread.post")
def send():
    """Post something; the same form sent twice is one entry."""
    form = PostForm()
    reply_to = form.reply_to.data
    try:
        if not form.validate():
            raise Refusal("form", form.first_error)
        entry, id = _taken(form)
    except Refusal as refusal:
        return _again(refusal, form.key.data, reply_to)
    return done(url_for("thread.page", _anchor=f"entry-{id}"), "thread/_posted.html", lambda: _posted(entry))


def _posted(entry: Entry) -> dict:
    refresh()
    return {"entry": entry, **marked([entry]), **composer.values()}


def _taken(form: PostForm) -> tuple[Entry, int]:
    """The entry of a form, and its id. Its photos are made ours and kept before the transaction, which waits for nobody (O1)."""
    sent, alts = photo_fields.chosen()
    photos.check([len(content) for content in sent], alts, "A post")
    said = form.text.data or "", form.kind.data or "post", form.reply_to.data, form.key.data or None
    kept, used = [], set()
    if sent:
        db.session.rollback()  # lets go of the connection while pictures are decoded and kept
        kept = pictures.take_in_all(sent)
    try:
        with writing():
            entry = thread.post(g.campaign, me(), *said, photos=kept, alts=alts, machine=bool(request.form.get("website")))
            id, taken = entry.id, {photo.key for photo in entry.photos}
        used = taken
    finally:
        pictures.drop([picture.key for picture in kept if picture.key not in used])
    return entry, id


def _again(refusal: Refusal, key: str | None, reply_to: int | None) -> Response:
    """The form once more, with the words that were typed and what was wrong with them."""
    db.session.rollback()
    refresh(refused=True)
    text = (clean(request.form.get("text")) or "")[: 2 * posts.LONGEST]
    alts = [(clean(alt) or "")[: photos.ALT] for alt in request.form.getlist("alt")][: photos.PHOTOS]
    values = {"answered": _answered(reply_to), "text": text, "error": refusal.message, "alts": alts, "fault": refusal.field}
    if refusal.reason != "key" and key:
        values["key"] = key[:100]
    if wants_fragment():
        response = refused(refusal, "thread/_composer.html", **composer.values(**values))
    else:
        response = refused(refusal, "thread/thread.html", **_page(**values))
    if isinstance(refusal, TooSoon):
        response.headers["Retry-After"] = str(bounds.real(refusal.seconds))
    return response


@blueprint.errorhandler(RateLimitExceeded)
def too_fast(error: RateLimitExceeded):
    """A post that came too soon keeps its words."""
    if request.endpoint != "thread.send" or not may("thread.post"):
        response = errors.show(429)
        response.headers["Retry-After"] = "60"
        return response
    response = _again(
        Refusal("pace", "That was a lot at once. Wait a minute, then send it again.", status=429), None, None
    )
    response.headers["Retry-After"] = "60"
    return response


@blueprint.get("/unseen")
@permit("thread.read")
def unseen():
    """What one wrote that others do not see, as it stands now; an open page asks when that changed."""
    return page("thread/_unseen.html", unseen=thread.unseen(g.campaign, me()))


@blueprint.get("/<int:id>")
@permit("thread.read")
@for_strangers
def one(id: int):
    """One entry with what was answered to it: the address to share."""
    entry = row_or_404(Entry, id)
    mine = me() is not None and entry.person_id == me().id
    if entry.state not in thread.SEEN and not (mine or may("thread.moderate")):
        abort(404)
    answers = thread.answers(g.campaign, entry)
    return page("thread/one.html", entry=entry, answers=answers, **marked([entry, *answers]))
