"""What makes a sign-up look made up, and how long it may then be kept waiting.

A sign-up leaves marks: the network it came from, how its address is built. Each mark is worth nothing once; more than
LIMITS of one within its time make all who bear it suspicious, also those who came before. Suspicious is never refused:
it waits to be looked at, and a carrier's one address can be a thousand real people.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from launchpad.rules.addresses import fraud_key

WINDOW = 600  # seconds
FASTEST = 1.5  # seconds; no person reads and fills in a form in less
CHECKED_WITHIN = timedelta(hours=12)  # campaign time
BEFORE_DOORS = timedelta(minutes=1)  # whoever still waits then is let in, so that no head start is missed for a check


@dataclass(frozen=True)
class Limit:
    """More than `most` of a mark within so many seconds."""

    most: int
    seconds: int
    words: str


LIMITS = {
    "address": Limit(40, WINDOW, "many from one network address"),
    "network": Limit(400, WINDOW, "many from one network"),
    "fast": Limit(5, WINDOW, "several from one address, each faster than a person types"),
    "pattern": Limit(12, WINDOW, "many addresses that differ in digits only"),
    "mailbox": Limit(2, 30 * 24 * 3600, "one mailbox written in several ways"),
}
REASONS = {**{name: limit.words for name, limit in LIMITS.items()}, "disposable": "a disposable address"}

# The machine itself: the team's own trials, or a proxy in front that nobody declared, behind which everyone looks like
# one. Neither says anything about who asks.
_OURSELVES = frozenset({"127.0.0.1", "::1", "unknown", ""})
# RFC 2606 and 6761: no letter reaches them, so nobody's sign-ups with them can ever count outside a trial.
_FOR_TRIALS = re.compile(r"@(.*\.)?(example|example\.(com|net|org)|test|invalid|localhost)\Z")
_DIGITS = re.compile(r"\d+")


def network_of(client: str) -> str | None:
    """The network around a client's address: /24 of IPv4, /56 of IPv6. None for the machine itself and private ones."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global:
        return None
    return str(ip_network((address, 24 if address.version == 4 else 56), strict=False))


def marks(email: str, client: str, seconds: float | None = None) -> dict[str, str]:
    """The marks of one sign-up: which of LIMITS, and what it is counted under. `seconds` is how long the form took."""
    found = {"mailbox": fraud_key(email)}
    if client not in _OURSELVES:
        found["address"] = client
        if seconds is not None and seconds < FASTEST:
            found["fast"] = client
    if network := network_of(client):
        found["network"] = network
    if (pattern := pattern_of(email)) is not None:
        found["pattern"] = pattern
    return found


def pattern_of(email: str) -> str | None:
    """The address with each number in it as `#`; None when there is none in it, or it is one for trials."""
    key = fraud_key(email)
    local, _, domain = key.rpartition("@")
    if _FOR_TRIALS.search(key) or not _DIGITS.search(local):
        return None
    return f"{_DIGITS.sub('#', local)}@{domain}"


def is_disposable(email: str, domains: frozenset[str]) -> bool:
    """True when the domain of an address key, or one above it, is in the list."""
    labels = email.rpartition("@")[2].split(".")
    return any(".".join(labels[at:]) in domains for at in range(len(labels) - 1))


def checked_by(due: datetime, raised: datetime, openings: list[datetime | None]) -> datetime:
    """Until when somebody may look: `due`, or a minute before the first of these openings after it was raised."""
    return min([due, *(opening - BEFORE_DOORS for opening in openings if opening is not None and opening > raised)])
