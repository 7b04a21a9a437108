"""The acts on the timetable by hand: each seen first and then confirmed, with its reason, under the version seen."""

from collections.abc import Callable

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.rules import timetable as rules
from launchpad.rules.openings import copied
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand
from launchpad.web.answers import done, refused
from launchpad.web.load import refresh
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit
from launchpad.web.team import timetable, versions
from launchpad.web.team.acts import Act, run
from launchpad.web.team.frame import room, said
from launchpad.web.team.wording import end_words, move_words
from launchpad.web.team.written import moment_said


def _copies(name: str, **changes) -> list:
    return [copied(m, **(changes if m.name == name else {})) for m in g.campaign.milestones]


def _of(name: str) -> dict:
    return {"first": ("team/milestone.html", lambda: timetable.one(name)), "back": url_for("room.milestone", name=name)}


def _of_all() -> dict:
    return {"first": ("team/timetable.html", timetable.whole), "back": url_for("room.timetable")}


@room.post("/timetable/<name>/move")
@permit("timetable.edit")
def move(name: str):
    """Put it at another moment. Moving the next phase makes the one before longer or shorter."""

    def after():
        due = moment_said("due")
        if due < g.campaign.moment:
            raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
        return rules.with_dues(g.campaign.milestones, rules.move(g.campaign.milestones, name, due, g.now))

    return run(
        Act(
            "move", move_words(name), "Move it", after,
            lambda reason: by_hand.move(g.campaign, me(), name, moment_said("due"), reason),
            carried=lambda: {"due": moment_said("due").isoformat()}, **_of(name),
        )  # fmt: skip
    )


@room.post("/timetable/<name>/open")
@permit("timetable.edit")
def open_now(name: str):
    """Open it at once; opening the next phase ends the one before."""

    def after():
        _not_held()
        dues = rules.open_now(g.campaign.milestones, name, g.now)
        return [
            copied(m, due=dues.get(m.name, m.due), went_at=g.now if m.name == name and m.waits else m.went_at)
            for m in g.campaign.milestones
        ]

    return run(
        Act(
            "open", end_words(name), end_words(name), after,
            lambda reason: by_hand.open_now(g.campaign, me(), name, reason),
            typed="always", note="It cannot be taken back.", **_of(name),
        )  # fmt: skip
    )


@room.post("/timetable/<name>/go")
@permit("timetable.edit")
def go(name: str):
    """Give the go it waits for."""

    def after():
        _not_held()
        rules.go(g.campaign.milestones, name, g.now)
        return _copies(name, went_at=g.now)

    call = lambda reason: by_hand.go(g.campaign, me(), name, reason)  # noqa: E731
    return run(Act("go", "Give the go", "Go", after, call, **_of(name)))


@room.post("/timetable/<name>/wait")
@permit("timetable.edit")
def wait(name: str):
    """Let it wait for the team's go, or open by itself again."""
    waits = request.form.get("waits") == "1"

    def after():
        rules.wait(g.campaign.milestones, name, waits, g.now)
        return _copies(name, waits=waits, went_at=None)

    title = "Wait for my go" if waits else "Open by itself again"
    call = lambda reason: by_hand.wait(g.campaign, me(), name, waits, reason)  # noqa: E731
    return run(Act("wait", title, title, after, call, carried=lambda: {"waits": "1" if waits else ""}, **_of(name)))


@room.post("/timetable/hold")
@permit("timetable.edit")
def hold():
    """Make the milestones stand still."""

    def after():
        _not_held()
        said("message")
        return [copied(m, waits=True, went_at=None) if _coming(m.name) else copied(m) for m in g.campaign.milestones]

    return run(
        Act(
            "hold", "Hold the campaign", "Hold", after,
            lambda reason: by_hand.hold(g.campaign, me(), said("message"), reason),
            note="Orders, checkouts and letters go on. Nothing opens until you release it.",
            carried=lambda: {"message": said("message")}, **_of_all(),
        )  # fmt: skip
    )


@room.post("/timetable/release")
@permit("timetable.edit")
def release():
    """End the hold: shift what has not opened by the held time, or keep the dues."""
    shift = request.form.get("shift") != "keep"
    return run(
        Act(
            "release", "Release the campaign", "Release", lambda: timetable.released(shift),
            lambda reason: by_hand.release(g.campaign, me(), shift, reason, said("message")),
            typed="at_once", then=lambda: g.campaign.moment,
            carried=lambda: {"shift": "shift" if shift else "keep", "message": said("message")}, **_of_all(),
        )  # fmt: skip
    )


@room.post("/timetable/reopen")
@permit("timetable.edit")
def reopen():
    """Open launch day again, until another recap and archive."""
    letters = request.form.get("letters") == "1"

    def after():
        _not_held()
        moments = moment_said("recap"), moment_said("archive")
        said("message")
        rows = rules.reopen(g.campaign.milestones, *moments, g.now, letters)
        return rules.with_turn(g.campaign.milestones, rows)

    def carried():
        moments = {name: moment_said(name).isoformat() for name in ("recap", "archive")}
        return moments | {"letters": "1" if letters else "", "message": said("message")}

    def call(reason):
        moments = moment_said("recap"), moment_said("archive")
        by_hand.reopen(g.campaign, me(), *moments, letters, reason, said("message"))

    return run(
        Act(
            "reopen", "Open launch day again", "Open it again", after, call, ("team/reopen.html", timetable.again),
            url_for("room.reopening"), typed="always", carried=carried,
            note="Everyone may buy and write again at once."
            + ("" if letters else " Nobody is written to: you did not tick it."),
        )  # fmt: skip
    )


@room.post("/sales/stop")
@permit("sales.stop")
def stop_sales():
    """Shut the gates of buying, with a reason of one's own; the brake without a question is on `today`."""
    return _at_once(lambda reason: by_hand.stop_sales(g.campaign, me(), said("message"), reason), "stop")


@room.post("/sales/resume")
@permit("sales.stop")
def resume_sales():
    """Open the gates of buying again, as far as the clock has."""
    return _at_once(lambda reason: by_hand.resume_sales(g.campaign, me(), said("message"), reason), "resume")


def _at_once(call: Callable[[str], None], form: str):
    try:
        reason = said("reason")
        if not reason:
            raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
        with writing():
            versions.check()
            call(reason)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/timetable.html", **timetable.whole(), failed=form, sent=request.form)
    here = url_for("room.timetable")
    after = ours(request.form.get("next"), here)
    return done(after if after.startswith(f"/team/{g.slug}/") else here)


def _not_held() -> None:
    if g.campaign.held_at is not None:
        raise Refusal("held", "The campaign is on hold. Release it first.")


def _coming(name: str) -> bool:
    opens = rules.opening(g.campaign.milestones, name)
    return opens is None or opens > g.now
