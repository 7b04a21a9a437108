"""What may be posted: how long, how many links, and that there is something to see."""

import re
import unicodedata
from datetime import datetime

LONGEST = 2000  # characters
MOST_LINKS = 2  # of anyone but the team
TAKEN_BACK = "Taken back by the author."  # why an entry is hidden whose words are gone for good

_BLANK = frozenset("\u00ad\u115f\u1160\u2800\u3164\uffa0")  # printable by their category, but nothing is seen
_LINK = re.compile(r"(?i)(?:https?:)?//\S|\bwww\.\S|\bmailto:|\]\s*\((?!\s*<?(?:(?:https?:)?//|www\.|mailto:))")

CLOSED = "The team has closed the thread for now. Reading goes on."


def closed_words(closed_at: datetime | None, message: str) -> str | None:
    """What readers see while the team has closed the thread: its own words, or these; None while it is open."""
    return (message or CLOSED) if closed_at is not None else None


def visible(text: str) -> bool:
    """True when at least one character leaves a mark on the page."""
    return any(unicodedata.category(c)[0] not in "ZC" and c not in _BLANK for c in text)


def links(text: str) -> int:
    """How many links a text holds: addresses, written out or in Markdown."""
    return len(_LINK.findall(text))


def fault(text: str, team: bool = False, most_links: int = MOST_LINKS, longest: int = LONGEST) -> str | None:
    """One sentence about what is wrong with a text, or None when it may be posted."""
    if not visible(text):
        return "Write something first."
    if len(text) > longest:
        return f"That is {len(text):,} characters long; {longest:,} is the most."
    if not team and links(text) > most_links:
        return f"Keep it to {most_links} link{'s' if most_links > 1 else ''}." if most_links else "Leave the links out."
    return None
