"""When a friend who was brought is credited, and what makes that doubtful; what a campaign promises for friends.

States: `waiting` until the friend confirms, then `counted` or, for a reason below, `withheld`; `reversed` once the
friend left. Who shares is not told which of the two it was, or a farm would learn what gives it away.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from launchpad.rules import suspicion
from launchpad.rules.addresses import fraud_key

STATES = ("waiting", "counted", "withheld", "reversed")
REASONS = {
    "self": "the same person as who brought them",
    "circle": "brought, over others or not, who brought them",
    "made_up": "a sign-up that looked made up",
    "disposable": "a disposable address",
    "mailbox": "one mailbox written in several ways",
    "pattern": "many addresses that differ in digits only",
    "network": "many friends from one network address in a day",
    "pace": "many friends within one hour",
    "asleep": "of the friends asked, few ever confirmed",
}
CERTAIN = frozenset({"self", "circle"})  # also of somebody whom the team trusts

SAME_HAND = 600  # seconds: a friend from the browser in which the link was looked at so shortly before is no friend
MOST_OF_NETWORK = 40  # in a day; a family, a class, a phone network's one address stay below
MOST_OF_PATTERN = 5
MOST_IN_HOUR = 100
ASLEEP = 30  # from so many asked a day ago on, a fifth must have confirmed
LOOKED_AT = 600  # of somebody's newest friends
LONGEST_RING = 12
MOST_REWARDS = 12


@dataclass(frozen=True)
class Friend:
    """A friend who was brought, as far as it says whether they are one. `known` is what was noticed when they joined."""

    id: int
    email: str
    joined: datetime
    confirmed: bool
    network: str | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promise:
    """A reward: from `at` counted friends on; points and tier come with it where the campaign has them."""

    at: int
    gives: str
    points: int = 0
    tier: str | None = None


def promises(said: Mapping | None) -> tuple[Promise, ...]:
    """The rewards of a campaign's `referrals`, the first to be reached first."""
    rows = (said or {}).get("rewards") or []
    return tuple(sorted((Promise(**row) for row in rows), key=lambda promise: promise.at))


def doubts(referrer_email: str, friends: Sequence[Friend], now: datetime, trusted: bool = False) -> dict[int, list[str]]:
    """Why friends of one person are not credited: id -> names of REASONS. `now` and their moments are of one clock."""
    found: dict[int, list[str]] = defaultdict(list)
    mine = _folded(referrer_email)[0]
    keys = {f.id: _folded(f.email) for f in friends}
    for friend in friends:
        found[friend.id] += friend.known
        if mine is not None and keys[friend.id][0] == mine:
            found[friend.id].append("self")
    _more_than(found, "mailbox", {id: key for id, (key, _) in keys.items()}, 1)
    _more_than(found, "pattern", {id: pattern for id, (_, pattern) in keys.items()}, MOST_OF_PATTERN)
    _more_than(found, "network", {f.id: f.network for f in friends}, MOST_OF_NETWORK)
    for id in _hurried(friends):
        found[id].append("pace")
    old = [f for f in friends if f.joined <= now - timedelta(days=1)]
    if len(old) >= ASLEEP and 5 * sum(f.confirmed for f in old) < len(old):
        for friend in friends:
            found[friend.id].append("asleep")
    kept = ((id, [n for n in dict.fromkeys(names) if n in CERTAIN or not trusted]) for id, names in found.items())
    return {id: names for id, names in kept if names}


@lru_cache(4096)
def _folded(email: str) -> tuple[str | None, str | None]:
    """The mailbox and the pattern of an address; neither where somebody was erased."""
    return (fraud_key(email), suspicion.pattern_of(email)) if "@" in email else (None, None)


def _more_than(found: dict[int, list[str]], name: str, marks: dict[int, str | None], most: int) -> None:
    counts = Counter(mark for mark in marks.values() if mark is not None)
    for id, mark in marks.items():
        if mark is not None and counts[mark] > most:
            found[id].append(name)


def _hurried(friends: Sequence[Friend]) -> set[int]:
    """Those who stand in an hour with more than MOST_IN_HOUR."""
    row = sorted(friends, key=lambda f: f.joined)
    found, first, told = set(), 0, 0
    for last, friend in enumerate(row):
        while friend.joined - row[first].joined > timedelta(hours=1):
            first += 1
        if last - first + 1 > MOST_IN_HOUR:
            found.update(f.id for f in row[max(first, told) : last + 1])
            told = last + 1
    return found
