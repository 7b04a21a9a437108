"""The timetable for calendars: a file to take along, and a private address that a calendar program asks by itself."""

from datetime import datetime, timedelta

import icalendar
from flask import Response, abort, current_app, g

from launchpad import clock
from launchpad.database import writing
from launchpad.models import Removal
from launchpad.rules import access
from launchpad.services import calendar_keys, standing
from launchpad.web.answers import done, page
from launchpad.web.filters import milestone_label
from launchpad.web.limits import address as by_address
from launchpad.web.limits import limiter
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room
from launchpad.web.team.moments import Moment, moments

SHORT = timedelta(minutes=15)  # what is a moment without length takes up so much of a calendar
REFRESH = timedelta(minutes=15)


@room.get("/timetable.ics", endpoint="timetable_ics")
@permit("team.see")
def download():
    """The timetable as it is now, as a file."""
    return _answer(f'attachment; filename="{g.slug}-timetable.ics"')


@room.get("/calendar", endpoint="calendar")
@permit("team.see")
def offer():
    """How to have the timetable in my calendar."""
    return page("team/calendar.html", here="timetable", **_mine())


@room.post("/calendar", endpoint="renew_calendar")
@permit("team.see")
def renew():
    """A private address for me; one I had before serves no longer."""
    with writing():
        calendar_keys.renew(g.campaign, me())
    return done(f"/team/{g.slug}/calendar")


@room.post("/calendar/drop", endpoint="drop_calendar")
@permit("team.see")
def drop():
    """No address for me any more."""
    with writing():
        calendar_keys.drop(g.campaign, me())
    return done(f"/team/{g.slug}/calendar")


@room.get("/calendar/<token>.ics", endpoint="feed_ics")
@limiter.limit("120/hour", key_func=by_address)
@permit("public")
def feed(token: str):
    """What a calendar program reads: by the address alone, as long as its person may see the timetable."""
    person = calendar_keys.person_of(g.campaign, token)
    roles = standing.roles(person, g.campaign) if person else ()
    if person is None or not access.may("team.see", roles, g.phase, g.head_start_open):
        abort(404)
    return _answer("inline")


def whole(found: list[Moment], removed: list[Removal], stamp: datetime) -> icalendar.Calendar:
    """The calendar of this request's campaign. UIDs stay as long as a row does; SEQUENCE is the campaign's version."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Launchpad//Timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", g.campaign.name + (" (rehearsal)" if g.campaign.rehearsal else ""))
    calendar.add("x-wr-timezone", g.campaign.timezone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for moment in found:
        if moment.kind != "hold":
            calendar.add_component(_event(moment, stamp))
    for row in removed:
        for event in _cancelled(row, stamp):
            calendar.add_component(event)
    return calendar


def _event(moment: Moment, stamp: datetime) -> icalendar.Event:
    ends = moment.until if moment.kind == "event" else None
    event = _begun(moment.id, moment.label, moment.at, max(ends or moment.at + SHORT, moment.at), stamp)
    event["sequence"] = icalendar.vInt(g.campaign.version + moment.version)
    event.add("transp", "TRANSPARENT" if moment.kind in ("letters", "poll") else "OPAQUE")
    event.add("status", {"waits": "TENTATIVE", "cancelled": "CANCELLED"}.get(moment.state, "CONFIRMED"))
    event.add("categories", [moment.kind.replace("_", " ")])
    if moment.note:
        event.add("description", moment.note)
    event.add("url", f"{current_app.extensions['settings'].base_url}{moment.link or f'/team/{g.slug}/timetable'}")
    return event


def _cancelled(row: Removal, stamp: datetime) -> list[icalendar.Event]:
    """What calendars knew of a row that was taken out: itself, and the letters of a head start."""
    if row.title.startswith("event_") and row.mark.startswith("milestone-"):
        return []  # its live event stands for it
    marks = [row.mark]
    if row.title.startswith("head_start_"):
        marks.append(row.mark.replace("milestone-", "letters-"))
    title = milestone_label(row.title) if row.mark.startswith("milestone-") else row.title
    found = []
    for mark in marks:
        event = _begun(mark, title, row.moment, row.moment + SHORT, stamp)
        event.add("status", "CANCELLED")
        event.add("transp", "TRANSPARENT")
        found.append(event)
    return found


def _begun(mark: str, title: str, begins: datetime, ends: datetime, stamp: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{mark}@{current_app.extensions['settings'].host.split(':')[0]}")
    event.add("dtstamp", stamp)
    event.add("sequence", g.campaign.version)
    event.add("summary", f"{g.campaign.name}: {title}")
    event.add("dtstart", begins.replace(microsecond=0))
    event.add("dtend", ends.replace(microsecond=0))
    return event


def _answer(disposition: str) -> Response:
    found = moments(g.campaign, g.now, may_move=False)
    text = whole(found, calendar_keys.removals(g.campaign), clock.now()).to_ical()
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = disposition
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _mine() -> dict:
    key = calendar_keys.of(g.campaign, me())
    if key is None:
        return {"address": None}
    base = current_app.extensions["settings"].base_url
    address = f"{base}/team/{g.slug}/calendar/{calendar_keys.token_of(key)}.ics"
    return {"address": address, "webcal": f"webcal://{address.partition('://')[2]}", "made_at": key.made_at}
