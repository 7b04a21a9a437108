"""What is looked at before it is shown, how fast one may write, and what a person's record earns them."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil

from launchpad.rules import posts

MOST_FIRST, MOST_WORDS, MOST_SLOW, LONGEST_WORD = 20, 200, 3600, 60
PACES = (0, 10, 30, 60, 120, 300)  # seconds between two posts of a person that the team chooses from; 0 is as fast as one likes
HIDES_AT = 3  # reporters with a confirmed place after whom a thing is hidden until the team has looked

# Why somebody reports something, as they choose it.
REASONS = {
    "spam": "It is advertising or spam",
    "rude": "It insults or threatens somebody",
    "private": "It tells something private about somebody",
    "untrue": "It is untrue or misleading",
    "other": "Something else",
}
KINDS = ("entry", "idea", "story")  # what can be reported

# Hours that a sanction may last; None is until it is lifted, for a ban alone.
SILENCES = (1, 24, 168, 720)
BANS = (168, 720, None)

TRUST = ("new", "known", "trusted")
_PACE = {"new": 3, "known": 6, "trusted": 12}  # posts a minute
KNOWN_AFTER = timedelta(days=1)  # of being a member
TRUSTED_POSTS = 20


@dataclass(frozen=True)
class Rules:
    """How a campaign's thread is kept: [thread] of its file.

    first_posts  so many posts of a newcomer wait for the team; 0: none do
    slow         seconds between two posts of one person
    links        in one post of somebody known; half for who is new, twice for who is trusted
    hold, hide   watched words: what holds one waits for the team, or is not shown at all
    """

    first_posts: int = 0
    slow: int = 0
    links: int = posts.MOST_LINKS
    hold: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


def read(kept: dict | None) -> Rules:
    """What a campaign keeps; as usual without anything."""
    usual, kept = Rules(), kept or {}
    return Rules(
        int(kept.get("first_posts", usual.first_posts)), int(kept.get("slow", usual.slow)),
        int(kept.get("links", usual.links)), tuple(kept.get("hold", ())), tuple(kept.get("hide", ())),
    )  # fmt: skip


def kept(rules: Rules) -> dict | None:
    """What to keep of rules: only what differs from the usual ones; None when nothing does."""
    usual = Rules()
    names = ("first_posts", "slow", "links", "hold", "hide")
    said = {name: getattr(rules, name) for name in names if getattr(rules, name) != getattr(usual, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()} or None


# --- watched words -----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text as watched words are looked for in it: compatible letters are one (NFKC), in small letters, without
    what nobody sees or only marks up, with one space between words."""
    text = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    text = "".join(c for c in text if c not in "*_~`\\" and unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern | None:
    wanted = sorted({found for word in words if (found := plain(word))}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)") if wanted else None


def watched(text: str, words: Sequence[str]) -> str | None:
    """The first of these words that a text holds, as a whole word; None when it holds none."""
    pattern = _pattern(tuple(words))
    found = pattern.search(plain(text)) if pattern else None
    return found[0] if found else None


# --- what a record earns -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """What is known of a person in a campaign, counted from rows. `since`: when they became a member."""

    since: datetime | None = None
    shown: int = 0  # posts, ideas and stories that stand
    hidden: int = 0  # of theirs, that the team took down or kept off
    upheld: int = 0  # reports about them that the team agreed with
    silences: int = 0
    bans: int = 0
    place: bool = False
    buyer: bool = False
    team: bool = False


def one_brand(one: str, other: str) -> bool:
    """Whether two campaigns' brands are the same, however big their letters; without a brand a campaign is alone."""
    return bool(one) and _folded(one) == _folded(other)


def _folded(brand: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", brand).casefold())


def trust(record: Record, now: datetime) -> str:
    """new, known or trusted.

    Who bought, holds a confirmed place or has been a member for a day is known; who then said twenty things that stand,
    and nothing that did not, is trusted. What was taken down twice as often as it stood, or a sanction, makes new again.
    """
    if record.team:
        return "trusted"
    if record.silences or record.bans or record.hidden > 2 * record.shown:
        return "new"
    old = record.since is not None and now - record.since >= KNOWN_AFTER
    if not (record.place or record.buyer or old):
        return "new"
    return "trusted" if record.shown >= TRUSTED_POSTS and not (record.hidden or record.upheld) else "known"


def links(rules: Rules, level: str) -> int:
    """How many links one post of somebody may hold."""
    return {"new": ceil(rules.links / 2), "known": rules.links, "trusted": rules.links * 2}[level]


def pace(level: str) -> int:
    """How many posts somebody may send in a minute."""
    return _PACE[level]


# --- slow mode ---------------------------------------------------------------------------------------------------


def wait(last: datetime | None, seconds: int, now: datetime) -> int:
    """Whole seconds until somebody whose last post was then may post again; 0 when they may now."""
    if last is None or seconds <= 0:
        return 0
    return max(0, ceil((last + timedelta(seconds=seconds) - now).total_seconds()))


def span(seconds: int) -> str:
    """A pace as people read it: 30 seconds, a minute, 5 minutes."""
    if seconds == 60:
        return "a minute"
    if seconds % 60 == 0:
        return f"{seconds // 60} minutes"
    return f"{seconds} seconds"
