"""The section [thread] of a campaign file: what is looked at before it is shown, and how fast one may write."""

from launchpad.rules.file_reading import Fault, Table
from launchpad.rules.moderation import LONGEST_WORD, MOST_FIRST, MOST_SLOW, MOST_WORDS, Rules, kept, plain

KEYS = ("first_posts", "slow", "links", "hold", "hide")


def read_thread(top: Table) -> dict:
    """What differs from the usual rules; empty when nothing is said."""
    table, usual = top.table("thread", KEYS), Rules()
    rules = Rules(
        first_posts=table.whole("first_posts", 0, MOST_FIRST, default=usual.first_posts),
        slow=table.whole("slow", 0, MOST_SLOW, default=usual.slow),
        links=table.whole("links", 0, 20, default=usual.links),
        hold=_words(table, "hold"),
        hide=_words(table, "hide"),
    )
    return kept(rules) or {}


def _words(table: Table, key: str) -> tuple[str, ...]:
    words = tuple(table.texts(key, LONGEST_WORD, MOST_WORDS))
    for number, word in enumerate(words):
        if not plain(word):
            raise Fault(f"{table.at(key)}[{number}]", "must hold a letter or a digit")
    return tuple(dict.fromkeys(words))
