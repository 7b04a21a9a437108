"""Calendar files: the public moments of a launch and its live events, for anyone's calendar program.

A moment keeps its UID for good; SEQUENCE is the campaign's version, so that a program that knows an older one takes the
newer in; what was cancelled says so. Moments are written in UTC, which no change of the clocks can bend.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import icalendar
from flask import Blueprint, Response, current_app, g

from launchpad import clock
from launchpad.models import LiveEvent
from launchpad.rules import timetable
from launchpad.services import live_events
from launchpad.services.live_events import Show
from launchpad.web.load import of_campaign, row_or_404
from launchpad.web.permit import may, permit

blueprint = of_campaign(Blueprint("calendars", __name__, url_prefix="/<slug>"))

HALF_HOUR = timedelta(minutes=30)
TITLES = {"preview": "the preview opens for members", "waitlist": "the waitlist opens", "launch": "doors open for everyone"}


@dataclass(frozen=True)
class Item:
    """One entry. `mark` names it within its campaign, the same for good; `status` is CONFIRMED, TENTATIVE or CANCELLED."""

    mark: str
    title: str
    begins: datetime
    ends: datetime
    words: str = ""
    path: str = ""  # of ours, behind the campaign's address
    place: str = ""
    status: str = "CONFIRMED"


@blueprint.get("/calendar.ics", endpoint="launch")
@permit("campaign.see")
def launch():
    """Every public moment of this launch, with its live events for whoever may see them."""
    items = [item for milestone, at in timetable.openings(g.campaign.milestones) if (item := _opening(milestone, at))]
    if may("event.see"):
        items += [_event(show) for show in live_events.shows(g.campaign, g.now, cancelled=True)]
    return calendar(g.slug, items)


@blueprint.get("/events/<int:id>.ics", endpoint="event")
@permit("event.see")
def event(id: int):
    """One live event."""
    show = live_events.show(g.campaign, row_or_404(LiveEvent, id), g.now)
    return calendar(f"{g.slug}-{id}", [_event(show)])


def calendar(filename: str, items: Iterable[Item]) -> Response:
    """The answer with these entries."""
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Launchpad//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", g.campaign.name)
    for item in items:
        whole.add_component(_entry(item))
    response = Response(whole.to_ical(), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}.ics"'
    return response


def address(path: str = "") -> str:
    """The whole address of a page of this request's campaign."""
    return f"{current_app.extensions['settings'].base_url}/{g.slug}/{path}"


def _entry(item: Item) -> icalendar.Event:
    host = current_app.extensions["settings"].host.split(":")[0]
    entry = icalendar.Event()
    for name, value in (
        ("uid", f"{item.mark}-{g.slug}@{host}"),
        ("dtstamp", clock.now()),
        ("sequence", g.campaign.version),
        ("status", item.status),
        ("summary", item.title),
        ("dtstart", item.begins),
        ("dtend", item.ends),
        ("url", address(item.path)),
        ("description", item.words),
        ("location", item.place),
    ):
        if value != "":
            entry.add(name, value)
    return entry


def _opening(milestone, at: datetime | None) -> Item | None:
    """A phase's opening; tentative while it waits for the team's go."""
    if milestone.phase not in TITLES:
        return None
    begins = at or milestone.due
    title = f"{g.campaign.name}: {TITLES[milestone.phase]}"
    status = "CONFIRMED" if at else "TENTATIVE"
    return Item(milestone.name, title, begins, begins + HALF_HOUR, address(), status=status)


def _event(show: Show) -> Item:
    event, begins = show.event, show.begins or show.event.at
    ends = show.ends or begins + timedelta(minutes=event.minutes)
    led = f"With {event.host}." if event.host else ""
    words = "\n\n".join(part for part in (led, event.text, event.link and f"Watch: {event.link}") if part)
    status = "CANCELLED" if event.cancelled_at else "CONFIRMED" if show.begins else "TENTATIVE"
    title = f"{event.title} ({g.campaign.name})"
    return Item(f"event-{event.id}", title, begins, ends, words, f"events/{event.id}", event.link, status)
