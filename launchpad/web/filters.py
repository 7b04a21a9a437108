"""How values are written for people: moments, money, numbers, Markdown."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import nh3
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision
from flask import Flask, url_for
from markdown_it import MarkdownIt
from markupsafe import Markup

from launchpad.rules import colour, polls, tax, timetable
from launchpad.rules.live_events import is_reminder, without
from launchpad.rules.store_money import digits
from launchpad.services import live_events

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough")
TAGS = {"p", "br", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h2", "h3", "h4", "hr"}
LOCALE = "en_GB"
_WORDS = re.compile(r"(?:^|>)[^<]*[^<\s]")  # something between tags


def markdown(source: str | None) -> Markup:
    """Safe HTML of someone's Markdown: no raw HTML, no pictures, headings from the second level, links that say nothing."""
    html = _markdown.render(source or "").replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )
    if source and not _WORDS.search(safe) and "<hr" not in safe:  # nothing of it came through: a picture, quotes too deep
        return Markup("<p>{}</p>").format(source.strip()) if source.strip() else Markup("")
    return Markup(safe)


def money(minor: int, currency: str) -> str:
    """An amount in minor units as its currency is written: 12900 EUR is €129.00."""
    places = digits(currency)  # as payment providers and stores count, which is not always how it is written
    usual = get_currency_precision(currency) == places
    return format_currency(minor / 10**places, currency, locale=LOCALE, currency_digits=usual)


def number(value: int | float) -> str:
    """A whole number with its thousands apart."""
    return format_decimal(value, locale=LOCALE)


def local(value: datetime | None, zone: ZoneInfo, pattern: str = "EEE d MMM, HH:mm") -> str:
    """A moment in a campaign's zone, e.g. Sat 12 Dec, 18:00. Name the zone beside it."""
    return format_datetime(value, pattern, tzinfo=zone, locale=LOCALE) if value else ""


def zone_name(value: datetime, zone: ZoneInfo) -> str:
    """The zone's short name at that moment with its city: WET, Lisbon."""
    short = value.astimezone(zone).tzname() or ""
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return f"{city} time" if short.lstrip("+-").isdigit() else f"{short}, {city}"


def span(length: timedelta) -> str:
    """A length of time in its two largest units: 2 days 3 h, 14 min, 9 s."""
    seconds = max(0, round(length.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} day{'s' * (days != 1)}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else f"{seconds} s"


def iso(value: datetime | None) -> str | None:
    """RFC 3339 in UTC with six decimals, as state.json and `<time>` carry it."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None


def moment_of(text: str | None) -> datetime | None:
    """The moment that `iso` wrote."""
    return datetime.fromisoformat(text) if text else None


LABELS = {
    "preview": "Preview opens",
    "waitlist": "Waitlist opens",
    "launch": "Doors open for everyone",
    "recap": "Recap",
    "archive": "Archive",
}


def milestone_label(name: str) -> str:
    """A milestone's name as people read it: head_start_founder is "Head start opens (founder)"."""
    base, _, turn = name.partition("-")
    again = f" ({turn})" if turn else ""
    if base in LABELS:
        return LABELS[base] + again
    if base.startswith("head_start_"):
        return f"Head start opens ({base.removeprefix('head_start_').replace('_', ' ')})"
    if (title := live_events.title_of(name)) is not None:
        return f"Reminder letters: {title}" if is_reminder(name) else f"Live: {title}"
    if polls.closes_in_thread(base):
        return "Poll in the thread closes"
    poll = base.split("_")
    return f"Poll {poll[1]} closes" if len(poll) == 3 and poll[0] == "poll" else base.replace("_", " ").capitalize()


def host(address: str) -> str:
    """Whose site an address leads to."""
    return urlsplit(address).hostname or ""


def next_opening(milestones, now: datetime):
    """What a launch waits for next, with its moment: live events have a place of their own."""
    return timetable.next_expected(without(milestones), now)


def install(app: Flask) -> None:
    """Give the filters to every template."""
    for name, function in {
        "markdown": markdown, "money": money, "number": number, "local": local, "zone_name": zone_name,
        "span": span, "iso": iso, "moment_of": moment_of, "theme": colour.theme,
        "milestone_label": milestone_label, "next_opening": next_opening, "host": host,
        "awaited": timetable.awaited, "vat_part": tax.included,
    }.items():  # fmt: skip
        app.jinja_env.filters[name] = function

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=app.extensions["static_version"])

    app.jinja_env.globals["static_url"] = static_url
