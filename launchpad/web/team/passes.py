"""Passes and what follows them: who has one, until when; the next wave; what came back, offered to the line first."""

from collections.abc import Callable

from flask import g, request, url_for
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Pass
from launchpad.rules import head_start, timetable
from launchpad.rules import passes as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import pass_acts, pass_registers, passing, restocks
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import cursor, room, said

MOST, MOST_WAVES = 50, 10_000
WORDS = {
    "live": "live", "in_use": "in a checkout", "used": "used", "expired": "ran out", "declined": "given on",
    "revoked": "taken back", "left": "left the line",
}  # fmt: skip
TONES = {"live": "good", "in_use": "warn", "revoked": "bad"}


@room.get("/passes")
@permit("waitlist.see")
def passes():
    """Tiers with their next wave, and a page of passes: `state` and `before` in the address."""
    return page("team/passes.html", **_whole())


@room.post("/passes/release/<tier>", endpoint="passes_release")
@permit("passes.change")
def release(tier: str):
    """Give the next wave of a tier now."""

    def act(reason: str) -> None:
        versions.check()
        pass_acts.release(g.campaign, me(), tier, _number("wave", "wave", 0, MOST_WAVES), reason)

    return _act(act, f"release-{tier}"[:60])


@room.post("/passes/list", endpoint="passes_list")
@permit("passes.change")
def serve():
    """Offer what is left, and what comes back, to the line first."""

    def act(reason: str) -> None:
        versions.check()
        restocks.serve(g.campaign, me(), _number("hours", "hours", 1, restocks.MOST_HOURS), reason)

    return _act(act, "list", then_pass_on=True)


@room.post("/passes/list/stop", endpoint="passes_list_stop")
@permit("passes.change")
def stop():
    """Sell to everyone again."""

    def act(reason: str) -> None:
        versions.check()
        restocks.stop(g.campaign, me(), reason)

    return _act(act, "list-stop", then_pass_on=True)


@room.get("/passes/<int:id>", endpoint="pass_one")
@permit("waitlist.see")
def one(id: int):
    """One pass, with what can be done to it."""
    return page("team/pass.html", **_one(id))


@room.post("/passes/<int:id>/revoke", endpoint="pass_revoke")
@permit("passes.change")
def revoke(id: int):
    """Take it back; it goes to the next in line."""
    return _on(id, "revoke", pass_acts.revoke)


@room.post("/passes/<int:id>/resend", endpoint="pass_resend")
@permit("passes.change")
def resend(id: int):
    """Have its letter sent again."""
    return _on(id, "resend", pass_acts.resend)


def _act(act: Callable[[str], None], form: str, then_pass_on: bool = False):
    try:
        reason = said("reason")
        with writing():
            act(reason)
        if then_pass_on:
            with writing():
                passing.pass_on(g.campaign.id)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/passes.html", **_whole(), failed=form, sent=request.form)
    return done(url_for("room.passes"))


def _on(id: int, form: str, act):
    row_or_404(Pass, id)
    try:
        reason = said("reason")
        with writing():
            act(g.campaign, me(), id, reason)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/pass.html", **_one(id), failed=form, sent=request.form)
    return done(url_for("room.pass_one", id=id))


def _whole() -> dict:
    state = request.args.get("state", "")
    state = state if state in pass_registers.STATES else ""
    rows = pass_registers.listed(g.campaign, state, cursor(), MOST + 1)
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for("room.passes", before=rows[-1].row.id, state=state or None)
    launch = timetable.opening(g.campaign.milestones, "launch")
    public = head_start.is_public(g.now, launch)
    return {
        "here": "passes",
        "tallies": pass_registers.tallies(g.campaign, timetable.head_start_tiers(g.campaign.milestones))
        if g.campaign.access == "passes" or rows else [],
        "rows": rows,
        "state": state,
        "states": [("", "All"), *((name, WORDS[name].capitalize()) for name in pass_registers.STATES)],
        "words": WORDS,
        "tones": TONES,
        "public": public,
        "served": head_start.offered_to_the_line(g.now, g.campaign.list_first_until) if public else False,
        "least": rules.LEAST,
        "hours": restocks.HOURS,
        "older": older,
        "newer": url_for("room.passes", state=state or None) if cursor() is not None else None,
        "version_fields": versions.fields,
    }  # fmt: skip


def _one(id: int) -> dict:
    row = row_or_404(Pass, id)
    after = db.session.scalar(select(Pass).where(Pass.of_id == id))
    state = pass_registers.state_of(row, g.now)
    return {
        "here": "passes", "row": row, "after": after, "state": state, "words": WORDS, "tones": TONES,
        "version_fields": versions.fields,
    }  # fmt: skip


def _number(name: str, field: str, least: int, most: int) -> int:
    text = said(name, 20)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Refusal(field, f"Write a whole number from {least} to {most:,}.", field)
    return int(text)
