"""That was me with another address: claimed with an order's number, settled by the button of a letter to that address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Claim, Order, Person, Place, StoreOrder
from launchpad.rules.refusals import Refusal
from launchpad.services import letters, merging, people, tokens
from launchpad.services.wakes import wake

LIFE = timedelta(days=7)  # of real time
EVERY = timedelta(minutes=10)  # an address gets at most one such letter in this time


@dataclass(frozen=True)
class Theirs:
    """What a claim, or the team, would join: what the page shows before anybody presses."""

    person: Person
    orders: list[Order]
    places: list[tuple[Place, Campaign]]

    @property
    def units(self) -> int:
        return sum(order.quantity for order in self.orders if order.state == "confirmed")


def ask(person: Person, number: str, email: str) -> None:
    """Write to the other address, when an order of that number was made with it. It says nothing back about either.

    Raises Refusal for an address that is none, and for one's own.
    """
    key = people.key_of(email)
    if key == person.email:
        raise Refusal("own", "That is the address you are signed in with. Its orders are on your page.", "email")
    wake("letters")  # either way, so that the work behind the answer is alike as well
    order = _order(number, key)
    if order is None or order.person_id == person.id or _written_lately(order.person_id):
        return
    now = clock.now()
    row = Claim(
        person_id=person.id, other_id=order.person_id, campaign_id=order.campaign_id, order_id=order.id, made_at=now,
        expires_at=now + LIFE,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    letters.write("claim", order.person, f"claim:{row.id}", db.session.get(Campaign, order.campaign_id))


def token_of(row: Claim) -> str:
    """The token in the link of a claim; its moment is part of it, as for signing in."""
    return f"{row.id}.{tokens.make(f'claim:{row.made_at.astimezone(UTC).isoformat()}', row.id)}"


def usable(token: str) -> Claim | None:
    """The claim that a link would settle now, or None. It changes nothing."""
    id, _, mark = token.partition(".")
    if not (id.isascii() and id.isdigit() and len(id) < 10):
        return None
    row = db.session.get(Claim, int(id), populate_existing=True)
    if row is None or tokens.read(f"claim:{row.made_at.astimezone(UTC).isoformat()}", mark) != row.id:
        return None
    return row if _open(row, clock.now()) else None


def confirm(token: str) -> Claim | None:
    """Settle it: what was the other address's is the claimer's. None when there is none. Raises Refusal."""
    row = usable(token)
    if row is None:
        return None
    mine = update(Claim).where(Claim.id == row.id, Claim.used_at.is_(None)).values(used_at=clock.now())
    if db.session.execute(mine.execution_options(synchronize_session=False)).rowcount != 1:
        return None
    merged = merging.merge(row.person, row.other, row.person, f"claim {row.id}", "people.claim")
    row = db.session.get(Claim, row.id, populate_existing=True)
    row.came = merged.moved
    db.session.flush()
    return row


def theirs(person: Person) -> Theirs:
    """A person's orders and places."""
    orders = select(Order).where(Order.person_id == person.id).order_by(Order.id)
    places = select(Place, Campaign).join(Campaign, Campaign.id == Place.campaign_id).where(Place.person_id == person.id)
    return Theirs(person, list(db.session.scalars(orders)), [tuple(row) for row in db.session.execute(places.order_by(Place.id))])


def _order(number: str, key: str) -> Order | None:
    """An order by its number, ours or the store's, made with that address."""
    text = " ".join(number.split()).upper()
    in_store = (
        select(StoreOrder.person_id)
        .where(StoreOrder.campaign_id == Order.campaign_id, func.upper(StoreOrder.number).in_((text, f"#{text}")))
        .correlate(Order)
    )
    return db.session.scalar(
        select(Order)
        .join(Person, Person.id == Order.person_id)
        .where(Person.email == key, Person.erased_at.is_(None), or_(Order.number == text, Order.person_id.in_(in_store)))
        .order_by(Order.id.desc())
        .limit(1)
    )


def _written_lately(person_id: int) -> bool:
    lately = select(Claim.id).where(Claim.other_id == person_id, Claim.made_at > clock.now() - EVERY)
    return db.session.scalar(lately.limit(1)) is not None


def _open(row: Claim, now: datetime) -> bool:
    there = all(p.erased_at is None and p.merged_into is None for p in (row.person, row.other))
    return row.used_at is None and row.expires_at > now and there
