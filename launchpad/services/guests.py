"""Strangers who buy at the same moment, in one transaction: their orders with their holds, in a dozen statements for all.

It does what `buying.buy` does for a guest, and only where nothing is odd. Who is not plainly to be served (a key that is known,
a limit, fewer left than asked for, a door that is shut) is to be heard alone, by `buying.buy`: nothing of theirs is written.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Person, Place, Variant
from launchpad.rules import head_start, timetable
from launchpad.services import buying, consents, gate, order_links, origin, prequeue, stock, store_setup

TRIES = 4  # each with fewer of them than before; who is still there then is served alone


@dataclass(frozen=True, eq=False)
class Wish:
    """One whole checkout form of somebody who has proven nothing. `email` is the key of an address (people.key_of)."""

    email: str
    name: str
    sku: str
    quantity: int
    key: str
    announce: bool = False
    touch: dict = field(default_factory=dict)

    @property
    def owner(self) -> str:
        return buying.guest(self.email)


@dataclass(frozen=True)
class Held:
    """An order as its buyer goes on with it: plain values, and the path of its page with its token."""

    id: int
    path: str
    provider: str


class Instead(StrEnum):
    """What becomes of somebody who got nothing here."""

    ALONE = "alone"  # `buying.buy` decides
    GONE = "gone"  # not one unit of it is left


class _TooMany(Exception):
    """Not all of them can be served: these can be, or at least tried."""

    def __init__(self, fits: list[Wish], gone: Collection[int] = ()):
        self.fits, self.gone = fits, gone  # `gone`: variants of which nothing is left


# Built once: in a rush, building a statement would cost more than the database needs to answer it.
_VARIANTS = select(Variant).where(Variant.campaign_id == bindparam("campaign"))
_PEOPLE = select(Person).where(Person.email.in_(bindparam("keys", expanding=True)))
_PLACES = select(Place).where(
    Place.campaign_id == bindparam("campaign"), Place.person_id.in_(bindparam("ids", expanding=True)), Place.left_at.is_(None)
)


def hold_all(campaign: Campaign, wishes: list[Wish]) -> list[Held | Instead]:
    """Make an order for each who can plainly have one, and hold its units.

    Call it inside `writing()`. Who asked first is served first where too little is left for all.
    """
    shut = gate.refusal(campaign, None, None, campaign.now, left=1) is not None
    public = head_start.is_public(campaign.now, timetable.opening(campaign.milestones, "launch"))
    if shut or not public or campaign.rehearsal is not None or store_setup.store_of(campaign) or prequeue.is_on(campaign):
        return [Instead.ALONE for _ in wishes]
    variants = {variant.sku: variant for variant in db.session.scalars(_VARIANTS, {"campaign": campaign.id})}
    gone = {variant.id for variant in variants.values() if not variant.left}
    first: dict[str, Wish] = {}
    for wish in wishes:
        if wish.sku in variants and 1 <= wish.quantity <= min(campaign.most_an_order, campaign.per_person):
            first.setdefault(wish.email, wish)  # a second order of theirs is counted after the first
    asked, held = list(first.values()), {}
    for _ in range(TRIES):
        asked = [wish for wish in asked if variants[wish.sku].id not in gone]
        if not asked:
            break
        try:
            with db.session.begin_nested():  # of who gets nothing, nothing stays: no person, no order
                held = _held(campaign, asked, variants)
            break
        except _TooMany as short:
            asked = short.fits
            gone.update(short.gone)

    def answer(wish: Wish) -> Held | Instead:
        if wish in held:
            return held[wish]
        return Instead.GONE if wish.sku in variants and variants[wish.sku].id in gone else Instead.ALONE

    return [answer(wish) for wish in wishes]


def _held(campaign: Campaign, wishes: list[Wish], variants: dict[str, Variant]) -> dict[Wish, Held]:
    """All of them, or _TooMany with those who are to be tried next."""
    people = _people(wishes)
    if len(people) < len(wishes):
        raise _TooMany([wish for wish in wishes if wish.email in people])
    orders = _orders(campaign, wishes, people, variants)
    if len(orders) < len(wishes):  # the rest has an order by that key: it is found for each alone
        raise _TooMany([wish for wish in wishes if wish in orders])
    allowed = stock.count_all(campaign, {people[wish.email].id: wish.quantity for wish in wishes})
    if not allowed:  # somebody's limit: whose it is, they are told alone
        raise _TooMany(wishes[: len(wishes) // 2])
    wanted = Counter()
    for wish in wishes:
        wanted[variants[wish.sku].id] += wish.quantity
    short = stock.take_all(wanted)
    if short is not None:
        id, left = short
        raise _TooMany(_fitting(wishes, variants, id, left), () if left else (id,))
    until = clock.now() + gate.hold_length(campaign)
    holds = [
        {"order_id": row.id, "variant_id": variants[wish.sku].id, "quantity": wish.quantity, "until": until, "state": "live"}
        for wish, row in orders.items()
    ]
    db.session.connection().execute(Hold.__table__.insert(), holds)
    for wish in wishes:
        if wish.announce:
            number = orders[wish].number
            consents.record(people[wish.email], "announce", True, "announce-1", f"order:{number}", campaign)
    slug, provider = campaign.slug, store_setup.provider_of(campaign)
    return {wish: Held(row.id, order_links.path(slug, row.number, row.id), provider) for wish, row in orders.items()}


def _people(wishes: list[Wish]) -> dict[str, Person]:
    """Who they are by address, made where there is nobody, as `people.find_or_make` does; not who was joined to another."""
    insert = _dialect().insert(Person.__table__).on_conflict_do_nothing(index_elements=["email"])
    names = {wish.email: wish.name[:250] for wish in wishes}
    # by address, so that two who make the same people wait for each other in one order
    rows = [{"email": email, "name": names[email], "played_in": None} for email in sorted(names)]
    db.session.connection().execute(insert, rows)
    found = db.session.scalars(_PEOPLE, {"keys": list(names)})
    return {person.email: person for person in found if person.merged_into is None}


def _orders(campaign: Campaign, wishes: list[Wish], people: dict[str, Person], variants: dict[str, Variant]) -> dict[Wish, Order]:
    """Their orders, before anything is taken for them; who has one by that key is not among them."""
    ids = [person.id for person in people.values()]
    places = {place.person_id: place for place in db.session.scalars(_PLACES, {"campaign": campaign.id, "ids": ids})}
    at, tier, provider = campaign.moment, gate.tier_of(None), store_setup.provider_of(campaign)
    rows, by_number = [], {}
    for wish in sorted(wishes, key=lambda wish: (wish.owner, wish.key)):
        person, variant = people[wish.email], variants[wish.sku]
        number = buying.new_number()
        by_number[number] = wish
        rows.append({
            "number": number, "campaign_id": campaign.id, "person_id": person.id, "variant_id": variant.id,
            "owner": wish.owner, "key": wish.key, "quantity": wish.quantity,
            "body": buying.digest(person.id, wish.sku, wish.quantity, wish.announce),
            "price": variant.price_for(tier), "currency": campaign.currency, "tier": tier, "head_start": False,
            "state": "held", "provider": provider, "announce": wish.announce, "at": at,
            **origin.frozen(campaign, person, places.get(person.id), at, wish.touch),
        })  # fmt: skip
    insert = _dialect().insert(Order.__table__).on_conflict_do_nothing(index_elements=["campaign_id", "owner", "key"])
    made = db.session.connection().execute(insert.returning(Order.__table__.c.id, Order.__table__.c.number), rows)
    return {by_number[row.number]: row for row in made}


def _fitting(wishes: list[Wish], variants: dict[str, Variant], variant_id: int, left: int) -> list[Wish]:
    """Those for whom that many units of one variant are enough, in the order in which they asked, and all of the others."""
    fits = []
    for wish in wishes:
        if variants[wish.sku].id == variant_id:
            if wish.quantity > left:
                continue
            left -= wish.quantity
        fits.append(wish)
    return fits


def _dialect():
    return sqlite if db.engine.dialect.name == "sqlite" else postgresql
