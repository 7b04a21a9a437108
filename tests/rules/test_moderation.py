"""What is looked at first, how fast one may write, and what a record earns: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_reading import Table
from launchpad.rules.file_thread import read_thread
from launchpad.rules.moderation import Record, Rules, kept, links, pace, read, trust, wait, watched

NOW = datetime(2026, 12, 12, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Buy REPLICA now",
        "replica",
        "a **repl**ica",
        "ｒｅｐｌｉｃａ",
        "repl\u00adica",
        "re\u200bplica",
        "&#114;eplica",
        "_replica_!",
    ],
)
def test_a_watched_word_is_found_however_it_is_dressed_up(text):
    assert watched(text, ["replica", "cheap meds"]) == "replica"


def test_watched_words_are_whole_words_and_phrases_may_break_over_lines():
    assert watched("replicas, irreplicable", ["replica"]) is None
    assert watched("so cheap\n  MEDS here", ["cheap meds"]) == "cheap meds"
    assert watched("anything", []) is None and watched("C++ is fine", ["c++"]) == "c++"


def test_trust_is_earned_by_place_order_or_a_day_and_twenty_things_that_stand_and_lost_by_what_does_not():
    fresh, old = NOW - timedelta(hours=2), NOW - timedelta(days=2)
    assert trust(Record(since=fresh), NOW) == "new" and trust(Record(since=old), NOW) == "known"
    assert trust(Record(since=fresh, place=True), NOW) == trust(Record(buyer=True), NOW) == "known"
    assert (
        trust(Record(since=old, shown=20), NOW) == "trusted"
        and trust(Record(since=old, shown=20, upheld=1), NOW) == "known"
    )
    assert trust(Record(since=fresh, shown=30), NOW) == "new"
    assert (
        trust(Record(since=old, shown=30, silences=1), NOW) == trust(Record(buyer=True, shown=1, hidden=3), NOW) == "new"
    )
    assert [links(Rules(), level) for level in ("new", "known", "trusted")] == [1, 2, 4]
    assert pace("new") < pace("known") < pace("trusted")


def test_slow_mode_counts_whole_seconds_from_ones_last_post():
    assert wait(NOW, 30, NOW + timedelta(seconds=29.2)) == 1 and wait(NOW, 30, NOW + timedelta(seconds=30)) == 0
    assert wait(None, 30, NOW) == wait(NOW, 0, NOW) == 0


def test_the_section_of_the_file_keeps_only_what_differs_and_names_the_key_at_fault():
    said = {"first_posts": 2, "slow": 30, "hold": ["replica", "replica"], "hide": ["slur"]}
    found = read_thread(Table({"thread": said}, "", ("thread",)))
    assert found == {"first_posts": 2, "slow": 30, "hold": ["replica"], "hide": ["slur"]}
    assert kept(read(found)) == found and read_thread(Table({}, "", ())) == {}
    for wrong, key in (
        ({"slow": -1}, "thread.slow"),
        ({"hold": ["***"]}, "thread.hold[0]"),
        ({"frist_posts": 1}, "thread.frist_posts"),
    ):
        with pytest.raises(Fault) as fault:
            read_thread(Table({"thread": wrong}, "", ("thread",)))
        assert fault.value.key == key
