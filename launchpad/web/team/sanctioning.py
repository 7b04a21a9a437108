"""One person as moderators see them: their record, what they wrote, and what keeps them from writing."""

from flask import abort, g, request, url_for

from launchpad.database import db, writing
from launchpad.models import Entry, Idea, Person, Sanction, Story
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import moderation_acts, moderation_load, records, sanctions
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room, said

SHOWN = 20  # of what somebody wrote


@room.get("/moderation/people/<int:id>", endpoint="author")
@permit("people.sanction")
def author(id: int):
    """Their record, the newest of what they wrote, and every sanction."""
    return page("team/author.html", **_values(_person(id)))


def _person(id: int) -> Person:
    """Somebody who wrote here, or was sanctioned here; others are nobody's business."""
    person = db.session.get(Person, id)
    models = (Entry, Idea, Story, Sanction)
    if person is None or not any(
        db.session.query(model.id).filter_by(campaign_id=g.campaign.id, person_id=id).first() for model in models
    ):
        abort(404)
    return person


def _values(person: Person) -> dict:
    mine = {"campaign_id": g.campaign.id, "person_id": person.id}
    record = records.of(g.campaign, person)
    written = [
        *((row, "entry", row.text) for row in _newest(Entry, mine)),
        *((row, "idea", row.title) for row in _newest(Idea, mine)),
        *((row, "story", row.text) for row in _newest(Story, mine)),
    ]
    return {
        "here": "moderation",
        "person": person,
        "record": record,
        "trust": rules.trust(record, g.now),
        "written": sorted(written, key=lambda one: one[0].at, reverse=True)[:SHOWN],
        "sanctions": _newest(Sanction, mine),
        "running": sanctions.running(g.campaign, person),
        "lengths": _lengths(),
        "now": g.now,
    }


def _newest(model, mine: dict) -> list:
    return db.session.query(model).filter_by(**mine).order_by(model.id.desc()).limit(SHOWN).all()


def _lengths() -> list[tuple[str, str]]:
    def words(hours: int | None) -> str:
        if hours is None:
            return "until it is lifted"
        count, unit = (hours // 24, "day") if hours > 24 else (hours, "hour")
        return f"{count} {unit}s" if count > 1 else f"one {unit}"

    silences = [(f"silence-{hours}", f"Silence for {words(hours)}") for hours in rules.SILENCES]
    return silences + [(f"ban-{hours or 0}", f"Ban {'for ' if hours else ''}{words(hours)}") for hours in rules.BANS]


@room.post("/moderation/people/<int:id>", endpoint="author_sanction")
@permit("people.sanction")
def give(id: int):
    """Silence or ban them; with `all`, take down what they wrote as well."""
    person = _person(id)
    try:
        kind, _, hours = said("length", 20).partition("-")
        if not (hours.isascii() and hours.isdigit()):
            raise Refusal("hours", "Choose how long it lasts.", "length")
        reason = said("reason")
        with writing():
            person = db.session.get_one(Person, id)
            sanctions.give(g.campaign, me(), person, kind, int(hours[:6]) or None, reason)
            if "all" in request.form:
                moderation_acts.take_all_down(g.campaign, me(), person, reason)
    except Refusal as refusal:
        return _again(id, refusal, "give")
    return done(url_for("room.author", id=id))


@room.post("/moderation/sanctions/<int:id>/lift", endpoint="sanction_lift")
@permit("people.sanction")
def lift(id: int):
    """End it before its time."""
    person_id = row_or_404(Sanction, id).person_id
    try:
        reason = said("reason")
        with writing():
            sanctions.lift(g.campaign, me(), row_or_404(Sanction, id), reason)
    except Refusal as refusal:
        return _again(person_id, refusal, "lift")
    return done(url_for("room.author", id=person_id))


def _again(id: int, refusal: Refusal, failed: str):
    db.session.rollback()
    refresh()
    return refused(refusal, "team/author.html", **_values(_person(id)), failed=failed, sent=request.form)


@room.get("/moderation/load", endpoint="moderation_load")
@permit("thread.moderate")
def load():
    """Who decided how much in the last days, and how long things waited."""
    asked = request.args.get("days", "")
    days = int(asked) if asked in map(str, moderation_load.DAYS) else moderation_load.DAYS[1]
    rows = moderation_load.load(g.campaign, days)
    return page("team/moderation_load.html", here="moderation", rows=rows, days=days, choices=moderation_load.DAYS)
