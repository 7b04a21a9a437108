"""People: who has a key to the control room, invite codes, and members from a file."""

from collections import Counter
from datetime import UTC, datetime, time

from flask import Response, abort, current_app, request, session, url_for

from launchpad.database import writing
from launchpad.rules import members_csv
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, invites, members_file, sign_in, team
from launchpad.web.answers import done, page, refused
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import said, site

AT_ONCE = 500  # people a transaction: the site goes on writing in between
LARGEST = 10_000_000  # bytes; a larger file goes through `launchpad members load`
SHOWN = 10  # refused lines that are named
SHOW = "team_shows"  # in the session: what one page is to show once, after the redirect to it


@site.get("/people")
@permit("staff.edit")
def people():
    """All three."""
    return page("team/people.html", **_values(session.pop(SHOW, {})))


@site.post("/people/staff")
@permit("staff.edit")
def add_staff():
    """Give a key, and show the one-time link that goes with it."""

    def act() -> dict:
        role = said("role", 20)
        if role not in team.ROLES:
            raise Refusal("role", "Choose owner or moderator.", "role")
        with writing():
            person = team.add(said("email", 254), role, actor=me())
            return {"link": _base() + sign_in.link_for(person, next="/team/"), "email": person.email}

    return _act("staff", act)


@site.post("/people/staff/<int:id>/remove")
@permit("staff.edit")
def remove_staff(id: int):
    """Take a key back."""

    def act() -> dict:
        with writing():
            team.remove(id, me())
        return {}

    return _act("remove", act)


@site.post("/people/invites")
@permit("staff.edit")
def add_invite():
    """Make an invite code."""

    def act() -> dict:
        with writing():
            row = invites.make_invite(
                said("code", 60), said("source"), said("tier", 60), _most(), _expires(), actor=me()
            )
            return {"invite": row.code}

    return _act("invite", act)


@site.post("/people/members")
@permit("staff.edit")
def load_members():
    """Take in a file of members, as the command does."""
    return _act("members", _load)


def _load() -> dict:
    chosen = request.files.get("file")
    content = chosen.stream.read(LARGEST + 1) if chosen is not None else b""
    if not content:
        raise Refusal("file", "Choose a file with at least one line.", "file")
    if len(content) > LARGEST:
        raise Refusal(
            "file", f"That is larger than {LARGEST // 10**6} MB. Load it with the command members load.", "file"
        )
    try:
        listing = members_csv.read(content, members_file.known_tiers())
    except members_csv.FileFault as fault:
        raise Refusal("file", f"The file {fault}.", "file") from None
    counts: Counter = Counter()
    for start in range(0, len(listing.entries), AT_ONCE):
        with writing():
            counts += members_file.take(listing.entries[start : start + AT_ONCE], listing.source)
    kept = {name: counts[name] for name in ("new", "known", "members", "without")} | {"refused": len(listing.refused)}
    with writing():
        audit.record(me(), "members.load", after=kept | {"source": listing.source})
    lines = [[line, why[:120]] for line, why in listing.refused[:SHOWN]]
    return {"counts": kept, "refused": lines, "source": listing.source}


def _act(form: str, act) -> Response:
    """Do it and show the page once with what came of it; else the page again with what was wrong in that form."""
    try:
        session[SHOW] = {form: act()}
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        return refused(refusal, "team/people.html", **_values({}), failed=form, sent=request.form)
    return done(url_for("team.people"))


def _most() -> int | None:
    text = said("most", 20)
    if text and not (text.isascii() and text.isdigit()):
        raise Refusal("most", "How many may use it: a whole number, or nothing for any.", "most")
    return int(text) if text else None


def _expires() -> datetime | None:
    """The end of a day, in UTC."""
    text = said("expires", 20)
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time.max, UTC) if text else None
    except ValueError:
        raise Refusal("expires", "Choose a date.", "expires") from None


def _base() -> str:
    return current_app.extensions["settings"].base_url


def _values(shows: dict) -> dict:
    tiers = [(tier, tier) for tier in sorted(members_file.known_tiers())]
    return {
        "here": "people",
        "staff": team.every(),
        "invites": invites.every(),
        "shows": shows,
        "tiers": tiers,
        "base": _base(),
    }
