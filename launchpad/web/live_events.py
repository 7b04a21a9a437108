"""Live events for everyone: what happens on the day, each event's page, and the letter that reminds of one."""

from flask import Blueprint, abort, g
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from launchpad.database import db, writing
from launchpad.models import LiveEvent, Reminder
from launchpad.rules.refusals import Refusal
from launchpad.services import live_events, reminders
from launchpad.services.live_events import Show
from launchpad.web import limits, played
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form, from_anywhere
from launchpad.web.keeping import for_strangers
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign, refresh, row_or_404
from launchpad.web.pace import even
from launchpad.web.paths import ours
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("live_events", __name__, url_prefix="/<slug>/events"))


class RemindForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    next = StringField(validators=[Length(max=250)])
    website = StringField()  # only machines fill it


@blueprint.get("", endpoint="page")
@permit("event.see")
@for_strangers
def schedule():
    """What happens on the day."""
    return page("events/events.html")


@blueprint.get("/<int:id>", endpoint="one")
@permit("event.see")
@for_strangers
def one(id: int):
    """One event: the countdown, the stream, what it is about, and the reminder."""
    return page("events/event.html", **_values(id))


@blueprint.post("/<int:id>/remind", endpoint="remind")
@limiter.limit("30/minute;500/hour", key_func=limits.person)
@permit("event.remind")
@even
def remind(id: int):
    """One tap for whoever is signed in; for anyone else the letter with the button. The same answer for every address."""
    row_or_404(LiveEvent, id)
    form = RemindForm()
    known, next = me() is not None, _next(form, id)
    try:
        if not known and not form.validate():
            raise Refusal("form", form.first_error, "email")
        with writing():
            event = row_or_404(LiveEvent, id)
            if known:
                reminders.ask(g.campaign, event, me())
            elif not form.website.data:
                reminders.ask_by_address(g.campaign, event, form.email.data, played.campaign_id())
    except Refusal as refusal:
        db.session.rollback()
        refresh()
        return refused(refusal, "events/event.html", **_values(id), typed=form.email.data or "")
    return done(next if known else f"/{g.slug}/events/{id}/asked")


@blueprint.get("/<int:id>/asked", endpoint="asked")
@permit("event.see")
@for_strangers
def asked(id: int):
    """What to do now. It names no address and says nothing about one."""
    return page("events/asked.html", **_values(id))


@blueprint.post("/<int:id>/unremind", endpoint="unremind")
@permit("event.stop")
def unremind(id: int):
    """Mine, not any more."""
    row_or_404(LiveEvent, id)
    if me() is None:
        abort(403, "Sign in first, or use the link in the letter.")
    with writing():
        reminders.stop_mine(row_or_404(LiveEvent, id), me())
    return done(_next(RemindForm(), id))


@blueprint.get("/confirm/<token>", endpoint="confirm_page")
@permit("event.stop")
def confirming(token: str):
    """The button that the letter leads to; looking spends nothing."""
    row = reminders.waiting(token)
    return private(_settled("events/confirm.html", row, token, 200 if _ours(row) else 410))


@blueprint.post("/confirm/<token>", endpoint="confirm")
@limiter.limit("30/minute", key_func=limits.address)
@permit("event.stop")
def confirm(token: str):
    """From now on a letter comes before it begins."""
    if not _ours(reminders.waiting(token)):
        return private(_settled("events/confirm.html", None, token, 410))
    with writing():
        row = reminders.confirm(token)
        event_id = row.event_id if row else None
    if event_id is None:
        return private(_settled("events/confirm.html", None, token, 410))
    return private(page("events/confirm.html", set=True, token=token, show=_show(event_id)))


@blueprint.get("/stop/<token>", endpoint="stop_page")
@permit("event.stop")
def stopping(token: str):
    """The button that stops it."""
    row = reminders.stoppable(token)
    if not _ours(row):
        abort(404)
    return private(_settled("events/stop.html", row, token, stopped=row.stopped_at is not None))


@blueprint.post("/stop/<token>", endpoint="stop")
@permit("event.stop")
@from_anywhere
def stop(token: str):
    """No letter about this event. A mail program may call this, and may do so twice."""
    row = reminders.stoppable(token)
    if not _ours(row):
        abort(404)
    with writing():
        reminders.stop(reminders.stoppable(token))
    return private(_settled("events/stop.html", reminders.stoppable(token), token, stopped=True))


@blueprint.app_template_global("shown_events")
def shown() -> list[Show]:
    """The events of this request's campaign at its moment, for whoever may see them; read once an answer."""
    if g.get("campaign") is None or "now" not in g or not may("event.see"):
        return []
    known = g.get("shown_events")
    if known is None or known[0] != (g.campaign.id, g.now):
        known = g.shown_events = ((g.campaign.id, g.now), live_events.shows(g.campaign, g.now))
    return known[1]


@blueprint.app_template_global("my_reminders")
def mine() -> set[int]:
    """Ids of the events that the one who asks is reminded of."""
    return reminders.mine(g.campaign, me()) if me() is not None else set()


def _values(id: int) -> dict:
    return {"show": _show(id)}


def _show(id: int) -> Show:
    return live_events.show(g.campaign, row_or_404(LiveEvent, id), g.now)


def _ours(row: Reminder | None) -> bool:
    return row is not None and row.campaign_id == g.campaign.id


def _settled(template: str, row: Reminder | None, token: str, status: int = 200, **values) -> Response:
    return page(template, status, token=token, show=_show(row.event_id) if _ours(row) else None, **values)


def _next(form: Form, id: int) -> str:
    """Back to the page of this campaign that the button stood on, else to the event's."""
    here = f"/{g.slug}/events/{id}"
    after = ours(form.next.data, here)
    return after if after.startswith(f"/{g.slug}/") else here
