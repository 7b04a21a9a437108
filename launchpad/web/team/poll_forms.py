"""The polls of a campaign, written in the control room: made, changed, moved up and down, taken out.

What people have voted in keeps its number, its kind and its answers; whoever writes here is told which part is fixed.
"""

from datetime import datetime

from flask import abort, g, request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from launchpad.database import db
from launchpad.models import Poll, Vote
from launchpad.rules import campaign_file
from launchpad.rules.polls import in_thread
from launchpad.rules.refusals import Refusal
from launchpad.services import plans, polls
from launchpad.web.answers import done, page, refused
from launchpad.web.load import row_or_404
from launchpad.web.permit import permit
from launchpad.web.team import lists, versions
from launchpad.web.team.field_values import number, written
from launchpad.web.team.frame import room, said
from launchpad.web.team.polls import values

KINDS = [("single", "One answer"), ("multiple", "Several answers"), ("rating", "A rating from 1 to 5")]
RESULTS = [
    ("after_vote", "Once they have voted"),
    ("always", "All the time"),
    ("on_close", "Once it has closed"),
    ("team", "Never: only the team does"),
]
NEW = {"kind": "single", "results": "after_vote"}


@room.get("/polls/new", endpoint="poll_new")
@permit("campaign.edit")
def new():
    """An empty form."""
    return page("team/poll.html", **_form(None), kept=NEW)


@room.post("/polls/new", endpoint="poll_make")
@permit("campaign.edit")
def make():
    """One more, at the end."""
    return _changed(None, "poll.make", lambda rows: rows.append(_row({})))


@room.get("/polls/<int:id>", endpoint="poll")
@permit("campaign.edit")
def one(id: int):
    """A poll as a form."""
    poll = _asked(id)
    return page("team/poll.html", **_form(poll), kept=_fields(_tables()[poll.number - 1]))


@room.post("/polls/<int:id>", endpoint="poll_edit")
@permit("campaign.edit")
def edit(id: int):
    """Other words, another closing; while nobody has voted, anything."""
    poll = _asked(id)
    place, fixed = poll.number - 1, _fixed(poll)

    def change(rows: list[dict]) -> None:
        rows[place] = _row(rows[place], fixed)

    return _changed(poll, "poll.edit", change)


@room.post("/polls/<int:id>/move", endpoint="poll_move")
@permit("campaign.edit")
def move(id: int):
    """One place up or down."""
    poll = _asked(id)
    place, up = poll.number - 1, request.form.get("to") == "up"
    return _moved(lists.changed("polls", "poll.move", lambda rows: lists.moved(rows, place, up), asks=False))


@room.post("/polls/<int:id>/remove", endpoint="poll_remove")
@permit("campaign.edit")
def remove(id: int):
    """Take it out; those after it move up."""
    poll = _asked(id)
    place = poll.number - 1
    refusal = lists.changed("polls", "poll.remove", lambda rows: rows.pop(place), asks=False)
    if refusal is None:
        return done(url_for("room.polls"))
    poll = _asked(id)
    return refused(refusal, "team/poll.html", **_form(poll), kept=_fields(_tables()[poll.number - 1]), failed="remove")


def _asked(id: int) -> Poll:
    """A poll of the campaign's own list; those in the thread are started there, and stay as they are."""
    poll = row_or_404(Poll, id)
    if in_thread(poll.number):
        abort(404)
    return poll


def _changed(poll: Poll | None, act: str, change):
    id = poll.id if poll else None
    refusal = lists.changed("polls", act, change)
    if refusal is None:
        return done(url_for("room.polls"))
    try:
        poll = _asked(id) if id else None
    except NotFound:
        raise NotFound("Somebody took this poll out meanwhile.") from None
    return refused(refusal, "team/poll.html", **_form(poll), kept=request.form, failed="edit")


def _moved(refusal: Refusal | None):
    if refusal is None:
        return done(url_for("room.polls"))
    return refused(refusal, "team/polls.html", **values())


def _form(poll: Poll | None) -> dict:
    votes = db.session.scalar(select(func.count()).select_from(Vote).where(Vote.poll_id == poll.id)) if poll else 0
    opens, closes = polls.window(g.campaign, poll.number) if poll else (None, None)
    return {
        "here": "polls", "poll": poll, "votes": votes, "fixed": votes > 0, "kinds": KINDS, "results": RESULTS,
        "has_closed": closes is not None and closes <= g.now, "version_fields": versions.fields, "closes_at": closes,
    }  # fmt: skip


def _fixed(poll: Poll) -> bool:
    return db.session.scalar(select(Vote.id).where(Vote.poll_id == poll.id).limit(1)) is not None


def _tables() -> list[dict]:
    return campaign_file.unparse(plans.plan_of(g.campaign)).get("polls", [])


def _fields(row: dict) -> dict[str, str]:
    """A poll of the file as the form shows it."""
    choices = row.get("choices", {})
    return {
        "question": row["question"], "kind": row["kind"], "options": "\n".join(row["options"]), "results": row["results"],
        "min": choices.get("min", ""), "max": choices.get("max", ""), "closes": written(row.get("closes"), g.campaign.timezone),
    }  # fmt: skip


def _row(was: dict, fixed: bool = False) -> dict:
    """The form as a poll of the file. What is `fixed` stays as it was, whatever was sent. Raises Fault, Refusal."""
    row = {"question": said("question", 1000), "results": said("results", 20)}
    if fixed:
        row |= {key: was[key] for key in ("kind", "options", "choices") if key in was}
    else:
        options = [line.strip() for line in said("options", 12_000).splitlines()]
        row |= {"kind": said("kind", 20), "options": [words for words in options if words]}
        least, most = number("polls[0].choices", said("min", 20)), number("polls[0].choices", said("max", 20))
        if row["kind"] == "multiple":
            row["choices"] = {key: value for key, value in (("min", least), ("max", most)) if value != ""}
    closes = _closes(was)
    return row | ({"closes": closes} if closes else {})


def _closes(was: dict) -> datetime | str:
    """The moment as it was, when the form shows it as it was: it may have seconds."""
    text = said("closes", 40)
    if "closes" in was and text == written(was["closes"], g.campaign.timezone):
        return was["closes"]
    try:
        return datetime.fromisoformat(text) if text else ""
    except ValueError:
        return text
