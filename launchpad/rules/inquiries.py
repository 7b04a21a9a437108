"""Private questions: what they are about, how long, and that what is published gives nobody away."""

import re
import unicodedata
from collections.abc import Iterable

from launchpad.rules import posts

ABOUT = {
    "place": "My place on the waitlist",
    "pass": "My pass, or when I may buy",
    "checkout": "Paying",
    "order": "An order",
    "other": "Something else",
}
LONGEST = 2000  # characters
MOST_OPEN = 5  # of one person in one campaign, that nobody has answered

_ADDRESS = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+")


def fault(text: str) -> str | None:
    """One sentence about what is wrong with the words, or None."""
    if not posts.visible(text):
        return "Write your question first."
    return f"That is {len(text):,} characters long; {LONGEST:,} is the most." if len(text) > LONGEST else None


def gives_away(text: str, secrets: Iterable[str]) -> str | None:
    """The first private part that a text for everyone still holds: an e-mail address, or one of these; else None."""
    if found := _ADDRESS.search(text):
        return found[0]
    folded = _folded(text)
    words = [secret for secret in secrets if len(secret.strip()) > 1]
    return next((s for s in words if re.search(rf"(?<!\w){re.escape(_folded(s.strip()))}(?!\w)", folded)), None)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
