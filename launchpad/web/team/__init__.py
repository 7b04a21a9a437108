"""The control room: one module a page. Each adds its views to a blueprint of `frame`, so each has to be imported here."""

from launchpad.web.team import (
    audit,
    campaigns,
    editing,
    frame,
    letters,
    overview,
    people,
    permissions,
    recap,
    rehearsal,
    site_pages,
    timetable,
)

BLUEPRINTS = [frame.site, frame.room]

__all__ = [
    "BLUEPRINTS", "audit", "campaigns", "editing", "letters", "overview", "people", "permissions", "recap", "rehearsal",
    "site_pages", "timetable",
]  # fmt: skip
