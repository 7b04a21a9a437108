"""What each number of the page means: one list, for the page's own explanation and for the file."""

from dataclasses import dataclass

from launchpad.rules import attribution
from launchpad.services.numbers import Numbers
from launchpad.services.revenue import Sold


@dataclass(frozen=True)
class Figure:
    """One number: its name, its value, what it counts. Money is in minor units; None is a share of nothing."""

    name: str
    value: int | float | None
    counts: str


def figures(found: Numbers, currency: str) -> list[Figure]:
    """Every number, in the order of the page."""
    money = found.revenue
    minor = f"minor units, {currency}"
    return [
        Figure("visitors", found.visitors, "each visitor once a day and phase, without a cookie"),
        *(Figure(f"visitors {phase}", count, f"of them, in the phase {phase}") for phase, count in found.visits.items()),
        Figure("places submitted", found.submitted, "asked for and not given up"),
        Figure("places confirmed", found.confirmed, "of them, those whose letter's link was used"),
        Figure("places left", found.left, "given up; in neither number above"),
        Figure("buyers", found.buyers, "confirmed places whose person has a confirmed order"),
        Figure("buyers head start", found.early, "of them, with an order made before the doors opened"),
        Figure("buyers later", found.late, "of them, with orders from the doors on only"),
        Figure("waitlist to buyer", found.conversion, "buyers / places confirmed"),
        Figure("paid", money.gross, f"{minor}: everything paid, before anything went back"),
        Figure("refunded orders", money.refunded.orders, "orders whose money went back whole; in none of the other numbers"),
        Figure("refunded revenue", money.refunded.revenue, f"{minor}: what those had paid"),
        Figure("refunded in part", money.taken_off, f"{minor}: given back of orders that stand; taken off their revenue"),
        Figure("revenue", found.sold.revenue, f"{minor}: paid - refunded revenue - refunded in part"),
        Figure("orders", found.sold.orders, "confirmed and not refunded whole"),
        Figure("units", found.sold.units, "of these orders"),
        Figure("average order", money.average, f"{minor}: revenue / orders"),
        Figure("refund share", money.refund_share, "(refunded revenue + refunded in part) / paid"),
        *(line for source, sold in money.by_source.items() for line in _sold(source, sold, attribution.WORDS[source][1])),
        *(line for name, sold in money.joined_by.items() for line in _sold(f"joined by {name}", sold, "of the joined")),
        *(line for name, sold in money.by_first.items() for line in _sold(f"first touch {name}", sold, "of all orders")),
        *_sold("unmatched", money.unmatched, "of all orders, those of an address that was nobody's when they were made"),
        Figure("revenue share member", found.member_share, "revenue of members of before the preview / revenue"),
        Figure("revenue share community", found.community_share, "the same together with the joined / revenue"),
        Figure("revenue share unmatched", money.unmatched_share, "revenue of addresses that were nobody's / revenue"),
        Figure("voters", found.voters, "people with a ballot in any poll"),
        Figure("members who could vote", found.eligible, "members by the closing of the last poll"),
        Figure("poll participation", found.participation, "voters / members who could vote"),
        Figure("stories sent", found.sent, "in whatever state"),
        Figure("stories shown", found.shown, "approved, with a consent that stands"),
    ]


def _sold(name: str, sold: Sold, counts: str) -> list[Figure]:
    return [
        Figure(f"orders {name}", sold.orders, counts),
        Figure(f"units {name}", sold.units, counts),
        Figure(f"revenue {name}", sold.revenue, counts),
    ]
