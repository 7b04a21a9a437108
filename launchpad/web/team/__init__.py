"""The control room: one module a page. Each adds its views to a blueprint of `frame`, so each is imported here."""

from launchpad.web.team import (
    audit,
    by_hand,
    calendar,
    campaigns,
    cloning,
    comparing,
    editing,
    events,
    frame,
    joins,
    letters,
    moderation,
    news,
    numbers,
    orders,
    overview,
    passes,
    people,
    permissions,
    poll_forms,
    polls,
    preview,
    prompts,
    queue,
    readiness,
    recap,
    rehearsal,
    rehearsed,
    site_pages,
    staff,
    store,
    tasks,
    timeline,
    timetable,
    today,
    waitlist,
)

BLUEPRINTS = [frame.site, frame.room]

__all__ = [
    "BLUEPRINTS", "audit", "by_hand", "calendar", "campaigns", "cloning", "comparing", "editing", "events", "joins", "letters",
    "moderation", "news", "numbers", "orders", "overview", "passes", "people", "permissions", "poll_forms", "polls", "preview",
    "prompts", "queue", "readiness", "recap", "rehearsal", "rehearsed", "site_pages", "staff", "store", "tasks", "timeline", "timetable", "today",
    "waitlist",
]  # fmt: skip
