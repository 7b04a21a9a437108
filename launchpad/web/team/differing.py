"""The differences between two campaigns, in words: what the page of a changed file and of a comparison show."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date

from launchpad.rules.file_diff import Difference, differences
from launchpad.rules.file_words import is_price, words_of
from launchpad.web.filters import LOCALE, local, money, number, zone_name

SECTIONS = {
    "campaign": "The product",
    "target": "Who it is for",
    "schedule": "The timetable",
    "variants": "What is sold",
    "waitlist": "The waitlist",
    "launch": "The queue before the doors",
    "tiers": "Tiers",
    "limits": "Limits",
    "polls": "Polls",
    "events": "Live events",
    "prompts": "Prompts",
    "links": "Links",
    "delivery": "Delivery",
    "rehearsal": "The rehearsal",
}


@dataclass(frozen=True)
class Told:
    """One difference: `row` is the variant, poll, … it is in; `lines` tell a long text, in place of both values."""

    key: str
    words: str
    row: str
    before: str
    after: str
    lines: list[tuple[str, str]]


def told(before: dict, after: dict, apart: bool = False) -> list[tuple[str, list[Told]]]:
    """By section of the file, in its order. Moments are on the clocks of the campaign that has them."""
    found = differences(before, after, apart)
    by_section = groupby(sorted(found, key=lambda d: _rank(_section(d.key))), key=lambda d: _section(d.key))
    return [(SECTIONS.get(name, words_of(name)), [_told(d, before, after) for d in group]) for name, group in by_section]


def _section(key: str) -> str:
    return key.partition(".")[0].partition("[")[0]


def _rank(section: str) -> int:
    names = list(SECTIONS)
    return names.index(section) if section in SECTIONS else len(names)


def _told(change: Difference, before: dict, after: dict) -> Told:
    old, new = (
        _said(value, change.key, table["campaign"]) for value, table in ((change.before, before), (change.after, after))
    )
    return Told(change.key, words_of(change.key), change.row, old, new, change.lines)


def _said(value, key: str, campaign: dict) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        zone = ZoneInfo(campaign["timezone"])
        return f"{local(value, zone, 'EEE d MMM y, HH:mm')} {zone_name(value, zone)}"
    if isinstance(value, date):
        return format_date(value, "d MMMM y", locale=LOCALE)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return money(value, campaign["currency"]) if is_price(key) else number(value)
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
