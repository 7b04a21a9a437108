"""Two addresses that are one person: seen side by side, then joined by typing the one that goes."""

from flask import abort, url_for
from werkzeug.wrappers import Response

from launchpad.database import db, writing
from launchpad.models import Person
from launchpad.rules.refusals import Refusal
from launchpad.services import claims, merging, people, profile
from launchpad.web.answers import done, page, refused
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import said, site


@site.get("/people/merge")
@permit("people.merge")
def merge_search():
    """Which two."""
    return page("team/merge.html", here="people", pair=None, sent={})


@site.post("/people/merge")
@permit("people.merge")
def merge_find():
    """Find both; the page that shows them names them by id, so that no log holds an address."""
    sent = {}
    try:
        sent = {name: said(name) for name in ("keep", "gone")}
        keep, gone = (_found(sent[name], name) for name in ("keep", "gone"))
        if keep.id == gone.id:
            raise Refusal("same", "These are one person already.", "gone")
    except Refusal as refusal:
        return refused(refusal, "team/merge.html", here="people", pair=None, sent=sent)
    return done(url_for("team.merge_shown", keep=keep.id, gone=gone.id))


@site.get("/people/merge/<int:keep>/<int:gone>")
@permit("people.merge")
def merge_shown(keep: int, gone: int):
    """Both side by side, and whether they can be joined."""
    return page("team/merge.html", **_pair(keep, gone))


@site.post("/people/merge/<int:keep>/<int:gone>")
@permit("people.merge")
def merge(keep: int, gone: int):
    """Join them. The address that goes is typed, because nothing brings the two back."""
    actor = me().id
    try:
        typed, reason = said("typed"), said("reason")
        if not reason:
            raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
        with writing():
            rows = [db.session.get(Person, id) for id in (keep, gone)]
            if None in rows:
                abort(404)
            if typed.strip().lower() != rows[1].email:
                raise Refusal("typed", "Type the address that goes, exactly.", "typed")
            merging.merge(rows[0], rows[1], db.session.get(Person, actor), reason)
    except Refusal as refusal:
        return _again(refusal, keep, gone)
    return done(url_for("team.merged", id=keep))


@site.get("/people/merged/<int:id>")
@permit("people.merge")
def merged(id: int):
    """Who they are now."""
    person = db.session.get(Person, id)
    if person is None:
        abort(404)
    return page("team/merge.html", here="people", pair=None, sent={}, made=_seen(person))


def _again(refusal: Refusal, keep: int, gone: int) -> Response:
    return refused(refusal, "team/merge.html", **_pair(keep, gone))


def _found(email: str, field: str) -> Person:
    try:
        found = people.find(email)
    except Refusal as refusal:
        raise Refusal("address", refusal.message, field) from None
    if found is None:
        raise Refusal("unknown", "Nobody has this address here.", field)
    return found


def _pair(keep: int, gone: int) -> dict:
    rows = [db.session.get(Person, id) for id in (keep, gone)]
    if None in rows:
        abort(404)
    return {"here": "people", "pair": [_seen(row) for row in rows], "no": merging.refusal(*rows), "sent": {}}


def _seen(person: Person) -> dict:
    parts = profile.contributions(person)
    return {
        "person": person,
        "theirs": claims.theirs(person),
        "votes": sum(len(part.votes) for part in parts),
        "stories": sum(len(part.stories) for part in parts),
        "letters": profile.letter_count(person),
        "others": merging.addresses(person),
    }
