"""What may be posted: how long, how many links, and that there is something to see."""

import re
import unicodedata

LONGEST = 2000  # characters
MOST_LINKS = 2  # of anyone but the team

_BLANK = frozenset("\u00ad\u115f\u1160\u2800\u3164\uffa0")  # printable by their category, but nothing is seen
_LINK = re.compile(r"(?i)(?:https?:)?//\S|\bwww\.\S|\bmailto:|\]\s*\((?!\s*<?(?:(?:https?:)?//|www\.|mailto:))")


def visible(text: str) -> bool:
    """True when at least one character leaves a mark on the page."""
    return any(unicodedata.category(c)[0] not in "ZC" and c not in _BLANK for c in text)


def links(text: str) -> int:
    """How many links a text holds: addresses, written out or in Markdown."""
    return len(_LINK.findall(text))


def fault(text: str, team: bool = False) -> str | None:
    """One sentence about what is wrong with a text, or None when it may be posted."""
    if not visible(text):
        return "Write something first."
    if len(text) > LONGEST:
        return f"That is {len(text):,} characters long; {LONGEST:,} is the most."
    if not team and links(text) > MOST_LINKS:
        return f"Keep it to {MOST_LINKS} links."
    return None
