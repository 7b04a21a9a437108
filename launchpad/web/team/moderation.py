"""The one queue of what the team looks at, with its filters, bulk acts and undo; beside it what is said in the thread."""

from flask import abort, g, jsonify, request, url_for

from launchpad.database import db, writing
from launchpad.models import Audit
from launchpad.rules import moderation as rules
from launchpad.rules import posts, wording
from launchpad.rules.refusals import Refusal
from launchpad.services import moderation, moderation_acts, slow_mode, thread
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import may, me, permit
from launchpad.web.team import decisions
from launchpad.web.team.frame import cursor, room, said

MOST = 40  # entries of the thread on one page
QUEUE = 30  # things of the queue on one page: the most urgent
BULK = 100
# Which right a kind asks for.
ACTIONS = {
    "entry": "thread.moderate", "idea": "idea.answer", "story": "stories.review", "testimonial": "testimonials.review",
    "appeal": "people.sanction",
}  # fmt: skip
FILTERS = {
    "": "Everything", "reported": "Reported", "entry": "Posts", "idea": "Ideas", "story": "Stories",
    "testimonial": "Testimonials", "photos": "With photos", "appeal": "Appeals",
}  # fmt: skip
ACTS = {"keep": moderation_acts.keep, "down": moderation_acts.take_down}


@room.get("/moderation", endpoint="moderation")
@permit("thread.moderate")
def queue():
    """The queue, the most urgent first; entries of the thread, the newest first."""
    return page("team/moderation.html", **values())


@room.get("/moderation/waiting", endpoint="moderation_waiting")
@permit("thread.moderate")
def waiting():
    """What an open page of the queue asks for: what waits now, as its forms would name it, and how many of each filter."""
    items, counts = moderation.standing(g.campaign, _kinds(), _show())
    answer = jsonify(picks=[item.pick for item in items], counts=counts)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _show() -> str:
    """The filter that is asked for; everything for what is none."""
    show = request.args.get("show", "")
    return show if show in FILTERS else ""


def _kinds() -> list[str]:
    """The kinds that this request's person decides about."""
    return [kind for kind, action in ACTIONS.items() if may(action)]


def values() -> dict:
    """What the page shows."""
    show = _show()
    waiting, counts = moderation.standing(g.campaign, _kinds(), show)
    items = moderation.with_records(g.campaign, waiting[:QUEUE])
    rows = thread.latest(g.campaign, cursor(), MOST + 1)
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for("room.moderation", before=rows[-1].id, show=show or None, _anchor="thread")
    return {
        "here": "moderation",
        "items": items,
        "picks": [item.pick for item in waiting],
        "counts": counts,
        "show": show,
        "filters": [(key, words) for key, words in FILTERS.items() if key in counts],
        "more": max(0, counts[show] - len(items)),
        "reasons": rules.REASONS,
        "trust": {item.key: rules.trust(item.record, g.now) for item in items if item.record},
        "lately": decisions.lately(_mine),
        "pace": slow_mode.seconds(g.campaign),
        "paces": rules.PACES,
        "span_of": rules.span,
        "entries": rows,
        "editable": {row.id for row in rows if thread.may_edit(g.campaign, me(), row)},
        "scopes": wording.SCOPES,
        "longest": posts.LONGEST,
        "older": older,
        "newer": url_for("room.moderation", show=show or None, _anchor="thread") if cursor() is not None else None,
    }


def _mine(kind: str) -> bool:
    return may(ACTIONS.get(kind, "people.sanction"))


@room.post("/moderation/decide", endpoint="moderation_decide")
@permit("thread.moderate")
def decide():
    """Keep or take down what was picked: one thing from its own form, or many that were ticked, for one reason."""
    bulk = "bulk" in request.form
    failed = "bulk" if bulk else ""
    try:
        picks = [_pick(value) for value in request.form.getlist("pick")[:BULK]]
        if not picks:
            raise Refusal("pick", "Tick what you decide about first.")
        failed = failed or f"{picks[0][0]}-{picks[0][1]}"
        act, reason = ACTS.get(said("act", 20)), said("reason")
        if act is None:
            raise Refusal("act", "Choose what becomes of it.")
        left = _all(act, picks, reason)
        if left:
            count = len(picks) - len(left)
            raise left[0] if not bulk or len(picks) == 1 else Refusal(
                left[0].reason, f"{count} of {len(picks)} done. {left[0].message}", left[0].field
            )
    except Refusal as refusal:
        return again(refusal, failed)
    return done(url_for("room.moderation", show=request.args.get("show") or None, _anchor="queue"))


def _all(act, picks: list[tuple[str, int, int]], reason: str) -> list[Refusal]:
    """Decide about each in one transaction; what was refused, because somebody was faster, is told."""
    left = []
    with writing():
        for kind, id, version in moderation_acts.in_turn(picks):
            try:
                act(g.campaign, me(), kind, id, reason, version)
            except Refusal as refusal:
                if refusal.reason == "reason":
                    raise
                left.append(refusal)
    return left


def _pick(value: str) -> tuple[str, int, int]:
    """What a tick names: kind, id and version."""
    kind, id, version = (*value.split("-"), "", "")[:3]
    numbers = [text for text in (id, version) if text.isascii() and text.isdigit() and len(text) <= 9]
    if kind not in ACTIONS or len(numbers) != 2:
        raise Refusal("pick", "This form cannot be read. Load the page again.")
    if not may(ACTIONS[kind]):
        abort(403)
    return kind, int(id), int(version)


@room.post("/moderation/undo/<int:id>", endpoint="moderation_undo")
@permit("thread.moderate")
def undo(id: int):
    """Take a decision back."""
    row = db.session.get(Audit, id)
    if row is None or row.campaign_id != g.campaign.id:
        abort(404)
    if not _mine(row.subject.partition(":")[0]):
        abort(403)
    try:
        with writing():
            moderation_acts.undo(g.campaign, me(), id)
    except Refusal as refusal:
        return again(refusal, "undo")
    return done(url_for("room.moderation", _anchor="lately"))


@room.post("/moderation/slow", endpoint="slow_mode")
@permit("thread.moderate")
def slow():
    """How long one waits between two posts of one's own; back to the page it was set on."""
    try:
        text = said("slow", 10)
        with writing():
            slow_mode.set_to(g.campaign, me(), int(text) if text.isascii() and text.isdigit() else -1)
    except Refusal as refusal:
        return again(refusal, "slow")
    here = "room.today" if request.form.get("from") == "today" else "room.moderation"
    return done(url_for(here, _anchor="slow"))


def again(refusal: Refusal, failed: str):
    """The page once more, with what was wrong in the form that was sent."""
    if refusal.status == 404:
        abort(404)
    db.session.rollback()
    refresh()
    shown = values()
    here = {item.key for item in shown["items"]} | {f"{act}-{row.id}" for row in shown["entries"] for act in ("act", "edit")}
    lost = failed not in here | {"slow"}
    return refused(refusal, "team/moderation.html", **shown, failed=failed, sent=request.form, lost=lost)
