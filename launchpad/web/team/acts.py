"""An act on the timetable in two steps: seen first, with its effect on everything after it, and then confirmed.

The first POST changes nothing and answers with the effect; the second carries `confirmed`, and the version of the
timetable that the effect was shown for. Whoever comes second sees what changed and the effect as it is now.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import abort, g, request, url_for

from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services.outlook import Outlook, outlook
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.paths import ours
from launchpad.web.team import versions
from launchpad.web.team.frame import said


@dataclass(frozen=True)
class Act:
    """One act as a person does it.

    form     of the first step, so that a refusal is shown where it belongs; also names the act for the template
    title    what is about to happen; `button` is the word on its button, `note` a sentence more
    after    the timetable as it would be, as copies. Raises Refusal
    call     does it, with the reason, in a transaction. Raises Refusal
    first    template and values of the page with the form
    typed    the campaign's name is asked for: always, or when something would open at once (`at_once`), or never
    carried  what the form said, for the second step
    then     the campaign's now after the act, when the act makes it jump
    """

    form: str
    title: str
    button: str
    after: Callable[[], list]
    call: Callable[[str], None]
    first: tuple[str, Callable[[], dict]]
    back: str
    typed: str = "never"
    note: str = ""
    carried: Callable[[], dict[str, str]] = field(default=lambda: {})
    then: Callable[[], datetime | None] = field(default=lambda: None)


def run(act: Act):
    """The first or the second step, as the form says."""
    confirmed = "confirmed" in request.form
    try:
        reason = said("reason")
        if not reason:
            raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
        if not confirmed:
            return page("team/moving.html", **_values(act, _seen(act)))
        with writing():
            versions.check()
            if _asks(act, _seen(act)):
                versions.check_name(g.campaign.name)
            act.call(reason)
    except Refusal as refusal:
        return _again(act, refusal, confirmed)
    here = url_for("room.timetable")
    after = ours(request.form.get("next"), here)
    return done(after if after.startswith(f"/team/{g.slug}/") else here)


def _seen(act: Act) -> Outlook:
    g.now = g.campaign.now
    return outlook(g.campaign, act.after(), g.now, act.then())


def _asks(act: Act, seen: Outlook) -> bool:
    return act.typed == "always" or (act.typed == "at_once" and bool(seen.at_once))


def _values(act: Act, seen: Outlook) -> dict:
    return {
        "here": "timetable",
        "act": act,
        "outlook": seen,
        "asks": _asks(act, seen),
        "carried": {"reason": said("reason"), "next": request.form.get("next", "")[:500], **act.carried()},
        "sent_name": request.form.get("typed", "")[:500],
        "version_fields": versions.fields,
    }


def _again(act: Act, refusal: Refusal, confirmed: bool):
    """The step that was sent, with what is wrong; what was typed stays. A second step that cannot be shown any more,
    because of what changed meanwhile, is the first one again."""
    if refusal.status == 404:
        abort(404)
    refresh()
    if confirmed and refusal.field in ("version", "typed"):
        try:
            return refused(refusal, "team/moving.html", **_values(act, _seen(act)), failed=act.form)
        except Refusal as gone:
            if gone.status == 404:
                abort(404)
    template, values = act.first
    return refused(refusal, template, **values(), failed=act.form, sent=request.form)
