"""People: who has a key to the control room, invite codes, and members from a file."""

from collections import Counter
from datetime import UTC, datetime, time

from flask import request

from launchpad.database import writing
from launchpad.rules import members_csv
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, invites, members_file
from launchpad.web.permit import me, permit
from launchpad.web.team import desk
from launchpad.web.team.frame import said, site

AT_ONCE = 500  # people a transaction: the site goes on writing in between
LARGEST = 10_000_000  # bytes; a larger file goes through `launchpad members load`
SHOWN = 10  # refused lines that are named


@site.get("/people")
@permit("staff.edit")
def people():
    """All three."""
    return desk.show()


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

    return desk.act("invite", act)


@site.post("/people/members")
@permit("staff.edit")
def load_members():
    """Take in a file of members, as the command does."""
    return desk.act("members", _load)


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
