"""What makes friends doubtful, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from launchpad.rules.referrals import Friend, doubts

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
NAMES = [f"{a}{b}" for a in ("ana", "ben", "cleo", "dan", "eva", "finn") for b in ("rocha", "silva", "costa", "lopes", "reis")]


def friends(emails, every=timedelta(minutes=20), network=None, confirmed=True, known=()):
    return [
        Friend(n, email, NOON + n * every, confirmed if isinstance(confirmed, bool) else n in confirmed,
               network(n) if network else None, known)
        for n, email in enumerate(emails)
    ]  # fmt: skip


def found(rows, by="zoe@post.lamp", now=NOON, **more):
    return doubts(by, rows, now, **more)


def test_thirty_friends_behind_one_address_are_thirty_friends():
    rows = friends([f"{name}@post.lamp" for name in NAMES], timedelta(seconds=20), lambda n: "carrier")
    assert len(rows) == 30 and found(rows) == {}


@pytest.mark.parametrize(
    "reason, rows",
    [
        ("mailbox", friends(["a.na@post.lamp", "ana+1@post.lamp"])),
        ("pattern", friends([f"lamp{n}@post.lamp" for n in range(6)])),
        ("network", friends([f"{name}@{d}.lamp" for name in NAMES for d in "xy"][:41], network=lambda n: "one")),
        ("pace", friends([f"{name}@{d}.lamp" for name in NAMES for d in "wxyz"][:101], timedelta(seconds=30), str)),
        ("made_up", friends(["ana@post.lamp"], known=("made_up",))),
    ],
)
def test_each_shape_of_a_farm_is_noticed_whole_and_somebody_trusted_is_believed(reason, rows):
    assert found(rows) == {row.id: [reason] for row in rows}
    assert found(rows, trusted=True) == {}
    if len(rows) > 1:
        assert found(rows[:-1]) == {}, "one less says nothing"


def test_nobody_is_their_own_friend_whoever_trusts_them():
    rows = friends(["z.oe+lamp@post.lamp", "ben@post.lamp"]) + [Friend(9, "cleo@post.lamp", NOON, True, known=("circle",))]
    assert found(rows, trusted=True) == {0: ["self"], 9: ["circle"]}


def test_friends_that_never_wake_up_tell_on_those_that_did():
    rows = friends([f"{name}@post.lamp" for name in NAMES], confirmed={1, 2, 3, 4, 5})
    day = timedelta(days=1)
    assert found(rows, now=NOON + day) == {}, "they have a day"
    assert set(found(rows, now=NOON + 2 * day)) == set(range(30))
    rows = friends([f"{name}@post.lamp" for name in NAMES], confirmed={1, 2, 3, 4, 5, 6})
    assert found(rows, now=NOON + 2 * day) == {}
