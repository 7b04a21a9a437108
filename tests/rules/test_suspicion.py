"""What makes sign-ups look made up, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from launchpad.rules import suspicion
from launchpad.rules.suspicion import checked_by, is_disposable, marks, network_of, pattern_of

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "client, network",
    [
        ("8.8.8.8", "8.8.8.0/24"), ("::ffff:8.8.4.4", "8.8.4.0/24"), ("2606:4700:1:23ff::9", "2606:4700:1:2300::/56"),
        ("127.0.0.1", None), ("::1", None), ("10.1.2.3", None), ("192.168.0.9", None), ("17:bots-3", None), ("", None),
        ("fe80::1%eth0", None), ("300.1.1.1", None),
    ],
)  # fmt: skip
def test_a_network_is_24_bits_or_56_and_a_private_one_is_none(client, network):
    assert network_of(client) == network


def test_dots_tags_and_digits_are_folded_only_to_compare():
    assert marks("a.n.a+lamp@post.lamp", "8.8.8.8")["mailbox"] == marks("ana@post.lamp", "8.8.8.8")["mailbox"]
    assert pattern_of("w.bot17@post.lamp") == pattern_of("wbot2940+x@post.lamp") == "wbot#@post.lamp"
    assert pattern_of("ana@post.lamp") is None and pattern_of("p17@example.com") is None and pattern_of("p1@a.test") is None


def test_the_machine_itself_says_nothing_about_who_asks():
    assert set(marks("ana@post.lamp", "127.0.0.1", 0.0)) == {"mailbox"}
    assert set(marks("ana@post.lamp", "8.8.8.8", 0.4)) == {"mailbox", "address", "network", "fast"}
    assert "fast" not in marks("ana@post.lamp", "8.8.8.8", suspicion.FASTEST)
    assert "fast" not in marks("ana@post.lamp", "8.8.8.8", None)


def test_a_listed_domain_lists_those_below_it():
    listed = frozenset({"trash.lamp"})
    assert is_disposable("a@trash.lamp", listed) and is_disposable("a@x.trash.lamp", listed)
    assert not is_disposable("a@nottrash.lamp", listed) and not is_disposable("a@lamp", listed)


def test_who_waits_is_let_in_after_twelve_hours_or_a_minute_before_the_first_doors():
    due = NOON + timedelta(hours=12)
    assert checked_by(due, NOON, []) == checked_by(due, NOON, [None, NOON]) == due
    soon, later = NOON + timedelta(hours=3), NOON + timedelta(hours=30)
    assert checked_by(due, NOON, [later, soon]) == soon - timedelta(minutes=1)
    assert checked_by(due, NOON, [NOON + timedelta(seconds=1)]) < NOON, "in the last minute nobody is kept waiting"
