"""Live events in the control room: planned, changed, moved, called off, ended; before the campaign and during it."""

from datetime import datetime

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.models import LiveEvent
from launchpad.rules import live_events as rules
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_reading import Table
from launchpad.rules.plan import EventPlan
from launchpad.rules.refusals import Refusal
from launchpad.services import event_acts, live_events, reminders
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room, said

FIELDS = ("title", "at", "minutes", "host", "link", "text")


@room.get("/events", endpoint="events")
@permit("team.see")
def listed():
    """All of them, with how many people asked to be reminded; the form for one more."""
    return page("team/events.html", **_whole())


@room.post("/events", endpoint="event_make")
@permit("event.edit")
def make():
    """One more."""
    try:
        with writing():
            event_acts.make(g.campaign, me(), _wish())
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/events.html", **_whole(), sent=request.form)
    return done(url_for("room.events"))


@room.get("/events/<int:id>", endpoint="event")
@permit("team.see")
def one(id: int):
    """One event: its form, and its acts."""
    return page("team/event.html", **_one(id))


@room.post("/events/<int:id>", endpoint="event_change")
@permit("event.edit")
def change(id: int):
    """Other words, or another moment."""

    def act(event: LiveEvent) -> None:
        event_acts.change(g.campaign, me(), event, _version(), _wish(event))

    return _act(id, act, "change")


@room.post("/events/<int:id>/cancel", endpoint="event_cancel")
@permit("event.edit")
def cancel(id: int):
    """It does not take place."""
    return _act(id, lambda event: event_acts.cancel(g.campaign, me(), event, _version()), "cancel")


@room.post("/events/<int:id>/end", endpoint="event_end")
@permit("event.edit")
def end(id: int):
    """It is over, before its minutes are."""
    return _act(id, lambda event: event_acts.end(g.campaign, me(), event, _version()), "end")


def _act(id: int, act, form: str):
    row_or_404(LiveEvent, id)
    try:
        with writing():
            act(row_or_404(LiveEvent, id))
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/event.html", **_one(id), failed=form, sent=request.form)
    return done(url_for("room.event", id=id))


def _whole() -> dict:
    shows = live_events.shows(g.campaign, g.now, cancelled=True)
    return {"here": "events", "shows": shows, "counted": reminders.counted(g.campaign), "rules": rules}


def _one(id: int) -> dict:
    event = row_or_404(LiveEvent, id)
    written = {name: getattr(event, name) for name in FIELDS}
    written["at"] = event.at.astimezone(g.campaign.zone).strftime("%Y-%m-%dT%H:%M")
    show = live_events.show(g.campaign, event, g.now)
    asked = reminders.counted(g.campaign).get(id, 0)
    return {"here": "events", "show": show, "written": written, "asked": asked, "rules": rules}


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _wish(event: LiveEvent | None = None) -> EventPlan:
    """The form, read. Raises Refusal with the field at fault."""
    title, link = said("title", rules.TITLE), said("link", rules.LINK)
    if not title:
        raise Refusal("title", "Say what it is called.", "title")
    if "\n" in title or "\n" in said("host", rules.HOST):
        raise Refusal("title", "A title and a name are one line.", "title")
    if link and (fault := rules.link_fault(link)):
        raise Refusal("link", f"The link {fault}.", "link")
    return EventPlan(title, _at(event), _minutes(), link, said("host", rules.HOST), said("text", rules.TEXT))


def _minutes() -> int:
    text = said("minutes", 20)
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= rules.LONGEST):
        raise Refusal("minutes", f"Choose 1 to {rules.LONGEST:,} minutes.", "minutes")
    return int(text)


def _at(event: LiveEvent | None) -> datetime:
    """The moment of the form, by the campaign's clocks. The minute that the form showed is the moment that it was."""
    text = said("at", 40)
    if event is not None and text == event.at.astimezone(g.campaign.zone).strftime("%Y-%m-%dT%H:%M"):
        return event.at
    try:
        return Table({"at": datetime.fromisoformat(text)}, "", None).moment("at", g.campaign.zone)
    except Fault as fault:
        raise Refusal("at", f"That moment {fault.message}.", "at") from None
    except (ValueError, OverflowError):
        raise Refusal("at", "Choose a date and a time.", "at") from None
