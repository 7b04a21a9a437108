"""A page as machines read it: schema.org objects for search engines, built from what the page itself shows. Pure.

Source: https://schema.org (Product, Offer, Event, LiveBlogPosting, QAPage). There are no ratings in them: nobody gave any.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SCHEMA = "https://schema.org"
LONGEST = 600  # characters of somebody's words


@dataclass(frozen=True)
class Sold:
    """A variant as the page offers it; `price` as a decimal number in words, `left` what a stranger could buy."""

    sku: str
    name: str
    price: str
    left: int


def product(name: str, about: str, brand: str, address: str, picture: str | None, offers: list[dict]) -> dict:
    """A product with its offers."""
    return _whole("Product", name=name, description=about, brand=_brand(brand), url=address, image=picture, offers=offers or None)


def offer(sold: Sold, currency: str, address: str, opens: datetime | None, ends: datetime | None, state: str) -> dict:
    """What one variant costs and from when; `state` is not_yet, open, stopped or over."""
    return _part(
        "Offer", sku=sold.sku, name=sold.name, price=sold.price, priceCurrency=currency, url=address,
        availability=f"{SCHEMA}/{availability(sold.left, state)}", availabilityStarts=_iso(opens), availabilityEnds=_iso(ends),
        inventoryLevel=_part("QuantitativeValue", value=sold.left) if state == "open" else None,
    )  # fmt: skip


def availability(left: int, state: str) -> str:
    """Whether one can have it, in schema.org's words."""
    if state == "over":
        return "Discontinued"
    if left <= 0:
        return "SoldOut"
    return {"not_yet": "PreSale", "stopped": "OutOfStock"}.get(state, "InStock")


def event(title: str, about: str, address: str, begins: datetime, ends: datetime | None, brand: str, picture: str | None) -> dict:
    """A live event that is followed on the net."""
    return _whole(
        "Event", name=title, description=about or None, url=address, startDate=_iso(begins), endDate=_iso(ends), image=picture,
        eventStatus=f"{SCHEMA}/EventScheduled", eventAttendanceMode=f"{SCHEMA}/OnlineEventAttendanceMode",
        location=_part("VirtualLocation", url=address), organizer=_part("Organization", name=brand),
    )  # fmt: skip


def update(words: str, author: str | None, brand: str, address: str, at: datetime, edited: datetime | None) -> dict:
    """One entry of a live thread; without an author the brand itself speaks."""
    return _part(
        "BlogPosting", headline=_cut(words, 110), articleBody=_cut(words, LONGEST), url=address,
        author=_part("Person", name=author) if author else _part("Organization", name=brand),
        datePublished=_iso(at), dateModified=_iso(edited or at),
    )  # fmt: skip


def live_blog(
    headline: str, address: str, brand: str, covers: tuple[datetime | None, datetime | None], changed: datetime | None,
    updates: Iterable[dict],
) -> dict:  # fmt: skip
    """A thread that is written while it happens; `covers` are the moments between which that is."""
    begins, ends = covers
    return _whole(
        "LiveBlogPosting", headline=headline, url=address, coverageStartTime=_iso(begins), coverageEndTime=_iso(ends),
        datePublished=_iso(begins), dateModified=_iso(changed), publisher=_part("Organization", name=brand),
        liveBlogUpdate=list(updates) or None,
    )  # fmt: skip


def question(asked: str, told: str, address: str, at: datetime | None = None) -> dict:
    """A question with the answer that counts."""
    answer = _part("Answer", text=_cut(told, LONGEST), url=address)
    return _part("Question", name=_cut(asked, LONGEST), answerCount=1, acceptedAnswer=answer, dateCreated=_iso(at))


def questions(name: str, address: str, asked: list[dict]) -> dict:
    """A page of questions: of one a QAPage, of several a list, which is what schema.org has for those."""
    if len(asked) == 1:
        return _whole("QAPage", name=name, url=address, mainEntity=asked[0])
    return _whole("FAQPage", name=name, url=address, mainEntity=asked)


def _brand(name: str) -> dict:
    return _part("Brand", name=name)


def _whole(kind: str, **parts) -> dict:
    return {"@context": SCHEMA, **_part(kind, **parts)}


def _part(kind: str, **parts) -> dict:
    return {"@type": kind, **{name: part for name, part in parts.items() if part is not None}}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _cut(words: str, most: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 1] + "…"
