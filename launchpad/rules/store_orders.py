"""What a store has said about an order, whichever store it is: facts that can be told in any order, any number of times.

A delivery is read into a `Told` (rules.shopify_orders, rules.woocommerce_orders, rules.store_csv). `merge` adds it to the
record of what was told before; the record is the same whatever came first, and how often. `wants` says what the
record means for our rows.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

PROVIDERS = ("shopify", "woocommerce")
PENDING, PAID, CANCELLED, REFUNDED = "pending", "paid", "cancelled", "refunded"
STATES = (PENDING, PAID, REFUNDED, CANCELLED)  # rising: of two versions with one moment the later state counts
MOST_LINES = 250
FILE = "file"


class Fault(Exception):
    """A payload that cannot be read as an order; the message is the key at fault and what is wrong."""


@dataclass(frozen=True)
class Line:
    """One line of an order: `amount` is what was paid for all of it, in minor units, after discounts, with tax."""

    ref: str  # the store's id of the line
    sku: str
    product: str  # the store's id of the variant or product
    quantity: int
    amount: int


@dataclass(frozen=True)
class Back:
    """One refund. `units`: line -> how many of it came back; `kept`: those of them that are not sold again."""

    ref: str
    amount: int
    units: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """An order as it stood at a moment of the store."""

    number: str  # as the store prints it
    state: str  # pending | paid | refunded | cancelled
    currency: str  # ISO 4217, of all amounts
    lines: tuple[Line, ...]
    created: str  # RFC 3339, UTC: texts compare like their moments
    updated: str
    other: str = ""  # the other currency in which the buyer may have paid
    codes: tuple[str, ...] = ()  # of discounts or coupons, in capitals
    token: str = ""  # ours, from the buy link
    source: str = ""
    referral: str = ""


@dataclass(frozen=True)
class Told:
    """One delivery: a version of the order, refunds, or that it was deleted; and who ordered, kept elsewhere."""

    ref: str  # the store's id of the order
    version: Version | None = None
    backs: tuple[Back, ...] = ()
    deleted: bool = False
    email: str = ""
    name: str = ""
    hints: tuple[Line, ...] = ()  # lines that a refund names, to know whether it concerns us


@dataclass(frozen=True)
class Want:
    """What a line means for us: `sold` units, `back` units that came back to the stock, `kept` that did not."""

    line: Line
    state: str
    sold: int
    back: int
    kept: int


def merge(record: dict, told: Told) -> dict:
    """The record with one more delivery: the newest version, all refunds ever named, deleted for good."""
    version, backs = record.get("version"), dict(record.get("backs", {}))
    fresh = json.loads(json.dumps(asdict(told.version))) if told.version is not None else None
    if fresh is not None and (version is None or _age(fresh) > _age(version)):
        version = fresh
    for back in told.backs:
        mine = asdict(back)
        mine.pop("ref")
        backs[back.ref] = max(backs.get(back.ref, mine), mine, key=_fullness)
    return {"version": version, "backs": backs, "deleted": bool(record.get("deleted")) or told.deleted}


def version_of(record: dict) -> Version | None:
    """The newest version that was told; None while only refunds were."""
    found = record.get("version")
    if not found:
        return None
    lines = tuple(Line(**line) for line in found["lines"])
    return Version(**{**found, "lines": lines, "codes": tuple(found["codes"])})


def wants(record: dict) -> list[Want]:
    """What each line of the record means for stock and sales; nothing while the order itself was not told."""
    version = version_of(record)
    if version is None:
        return []
    state = CANCELLED if record.get("deleted") and version.state == PENDING else version.state
    found = []
    for line in version.lines:
        backs = record.get("backs", {}).values()
        came = min(line.quantity, sum(back["units"].get(line.ref, 0) for back in backs))
        kept = min(came, sum(back["kept"].get(line.ref, 0) for back in backs))
        if state in (CANCELLED, REFUNDED):
            found.append(Want(line, state, 0, line.quantity - kept, kept))
        else:
            found.append(Want(line, state, line.quantity - came, came - kept, kept))
    return found


def money_back(record: dict) -> int:
    """Minor units that went back without units coming back: a goodwill refund, a damaged box.

    A file of orders tells only the sum of all refunds, as the refund `FILE`: the larger of the two sums counts.
    """
    backs = record.get("backs", {})
    told = sum(back["amount"] for ref, back in backs.items() if ref != FILE)
    whole = max(told, backs.get(FILE, {"amount": 0})["amount"])
    return whole - sum(back["amount"] for back in backs.values() if back["units"])


def moment(text: str) -> datetime:
    """The moment of a version's `created` or `updated`."""
    return datetime.fromisoformat(text)


def _age(version: dict) -> tuple:
    # A version that lacks its own moment counts as old; equal moments are told apart by state, then by content.
    return version["updated"], STATES.index(version["state"]), json.dumps(version, sort_keys=True)


def _fullness(back: dict) -> tuple:
    """The same refund is told with and without its lines: the fuller one counts."""
    return sum(back["units"].values()), back["amount"], json.dumps(back, sort_keys=True)
