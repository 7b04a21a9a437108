"""The control room's frame: its two blueprints, and the one list of its pages.

A page's module takes a blueprint from here and adds its views: `site` for pages of the whole site (/team/…), `room`
for those of one campaign (/team/<slug>/…, loaded as g.campaign). Its tab is a line below; a tab is shown to whoever
may do its action.
"""

from dataclasses import dataclass

from flask import Blueprint, g, request

from launchpad.rules.refusals import Refusal
from launchpad.services import audit, health, inquiry_answers, membership_queue, moderation, needs, parking
from launchpad.web.forms import clean
from launchpad.web.load import of_campaign
from launchpad.web.permit import may

site = Blueprint("team", __name__, url_prefix="/team")
room = of_campaign(Blueprint("room", __name__, url_prefix="/team/<slug>"))


@dataclass(frozen=True)
class Tab:
    """One page in the navigation: `path` follows /team/ or /team/<slug>/; `waiting` names its count in `tabs`."""

    name: str
    path: str
    label: str
    action: str
    waiting: str = ""


SITE = (
    Tab("campaigns", "", "Campaigns", "team.enter"),
    Tab("outbox", "outbox", "Letters", "keys.see"),
    Tab("people", "people", "People", "staff.edit"),
    Tab("members", "members", "Members", "members.admit", waiting="members"),
    Tab("site", "site", "Site pages", "site.edit"),
    Tab("tasks", "tasks", "Tasks", "orders.change", waiting="tasks"),
    Tab("permissions", "permissions", "Permissions", "team.enter"),
    Tab("audit", "audit", "Audit", "audit.see"),
)
NAV = (
    Tab("room", "", "Room", "team.see"),
    Tab("today", "today", "Today", "today.see"),
    Tab("timetable", "timetable", "Timetable", "team.see"),
    Tab("preview", "preview", "Preview", "preview.as"),
    Tab("ready", "ready", "Ready", "ready.see"),
    Tab("events", "events", "Events", "team.see"),
    Tab("moderation", "moderation", "Moderation", "thread.moderate", waiting="moderation"),
    Tab("testimonials", "testimonials", "Testimonials", "testimonials.review", waiting="testimonials"),
    Tab("help", "help", "Help", "help.answer", waiting="help"),
    Tab("numbers", "numbers", "Numbers", "team.see"),
    Tab("waitlist", "waitlist", "Waitlist", "waitlist.see"),
    Tab("passes", "passes", "Passes", "waitlist.see"),
    Tab("orders", "orders", "Orders", "orders.see"),
    Tab("store", "store", "Store", "orders.see"),
    Tab("tasks", "tasks", "Tasks", "orders.see", waiting="tasks"),
    Tab("polls", "polls", "Polls", "team.see"),
    Tab("prompts", "prompts", "Prompts", "team.see"),
    Tab("letters", "letters", "Letters", "letters.see"),
    Tab("recap", "recap", "Recap", "recap.edit"),
    Tab("rehearsal", "rehearsal", "Rehearsal", "rehearse"),
    Tab("edit", "edit", "Edit", "campaign.edit"),
    Tab("people", "people", "Team", "staff.edit"),
    Tab("audit", "audit", "Audit", "audit.see"),
)


def tabs() -> list[tuple[str, str, str, int]]:
    """The tabs of this request's page that its reader may open: name, address, label, how many things wait there."""
    campaign = g.get("campaign")
    if campaign is None:
        waiting = {"tasks": parking.waiting(None), "members": membership_queue.waiting()}
        return [(t.name, f"/team/{t.path}", t.label, waiting.get(t.waiting, 0)) for t in SITE if may(t.action)]
    waiting = {"moderation": moderation.waiting(campaign), "tasks": parking.waiting(campaign)}
    waiting |= {"testimonials": needs.testimonials_waiting(campaign), "help": inquiry_answers.waiting_count(campaign)}
    return [(t.name, f"/team/{g.slug}/{t.path}", t.label, waiting.get(t.waiting, 0)) for t in NAV if may(t.action)]


def _known() -> dict:
    campaign = g.get("campaign")
    return {"team_tabs": tabs(), "troubles": health.troubles(), "newest": audit.newest(campaign) if campaign else 0}


site.context_processor(_known)
room.context_processor(_known)


def said(name: str, most: int = 250) -> str:
    """A text field of the form that was sent, cleaned. Raises Refusal when it is longer than so many characters."""
    text = clean(request.form.get(name, "")) or ""
    if len(text) > most:
        raise Refusal("long", f"At most {most:,} characters fit here. Yours has {len(text):,}.", name)
    return text


def cursor(name: str = "before") -> int | None:
    """The row that a list goes on from: `before` in the address. None for the first page, and for nonsense."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
