"""The control room: one module a page. Each adds its views to a blueprint of `frame`, so each is imported here."""

from launchpad.web.team import (
    audit,
    campaigns,
    editing,
    frame,
    letters,
    moderation,
    numbers,
    orders,
    overview,
    people,
    permissions,
    polls,
    recap,
    rehearsal,
    site_pages,
    timetable,
    today,
    waitlist,
)

BLUEPRINTS = [frame.site, frame.room]

__all__ = [
    "BLUEPRINTS", "audit", "campaigns", "editing", "letters", "moderation", "numbers", "orders", "overview", "people",
    "permissions", "polls", "recap", "rehearsal", "site_pages", "timetable", "today", "waitlist",
]  # fmt: skip
