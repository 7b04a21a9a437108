"""Buying: an order with its hold, its confirmation, its end. What may be bought is decided by services.gate."""

import hashlib
import json
import secrets

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Person, Variant
from launchpad.rules import head_start, timetable
from launchpad.rules import stock as bounds
from launchpad.rules.refusals import Refusal
from launchpad.services import (
    consents,
    gate,
    holds,
    letters,
    origin,
    pass_rows,
    sale_marks,
    stock,
    store_setup,
    waitlist,
)
from launchpad.services.gate import offer

__all__ = ["buy", "cancel", "guest", "offer", "pay", "person_owner", "refuse_sold_out", "refuse_strangers"]

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # of order numbers: read aloud without a doubt
LONGEST_KEY = 100


def person_owner(person: Person) -> str:
    """Whose idempotency keys these are: somebody who has proven who they are."""
    return f"person:{person.id}"


def guest(address_key: str) -> str:
    """Whose idempotency keys these are: somebody who only typed an address."""
    return "guest:" + hashlib.sha256(address_key.encode()).hexdigest()[:40]


def refuse_strangers(campaign: Campaign) -> None:
    """Raise Refusal when buying is not open to somebody who has proven nothing, whoever they say they are."""
    if (no := gate.refusal(campaign, None, None, campaign.now, left=1)) is not None:
        raise no


def refuse_sold_out(campaign: Campaign, sku: str, owner: str, key: str) -> None:
    """Raise Refusal when nothing of that variant is left for anybody at this stage, and `key` is not of an order.

    Reads two rows and writes none: in a rush nine of ten are answered by it, without a turn of the database's writer.
    What it lets through is decided by `buy`; so is every other reason why somebody may not buy.
    """
    variant = db.session.execute(
        select(Variant.stock, Variant.head_start_stock, Variant.taken).filter_by(campaign_id=campaign.id, sku=sku)
    ).first()
    public = head_start.is_public(campaign.now, timetable.opening(campaign.milestones, "launch"))
    if variant is None or bounds.left(bounds.ceiling(public, *variant[:2]), variant.taken):
        return
    if db.session.scalar(select(Order.id).filter_by(campaign_id=campaign.id, owner=owner, key=key)) is None:
        raise stock.gone(public)


def buy(
    campaign: Campaign,
    person: Person,
    sku: str,
    quantity: int,
    key: str,
    owner: str,
    announce: bool = False,
    ref: str = "",
    source: str = "",
    touch: dict | None = None,
    first: dict | None = None,
    crowd: bool = False,
) -> Order:
    """Make an order and hold its units until it is paid; the same request again gets the same order back.

    `owner` says who may repeat `key`: `person_owner` for who has proven to be that person, else `guest`, who gets
    neither a tier's price nor its head start. `touch` is what the form said of where they came from, `first` what was
    known of their first touch. `crowd` is a simulated buyer, whose hold is shorter.
    Raises Refusal: key, sku, the reasons of rules.head_start, limit, sold_out, head_start_sold_out.
    """
    if store_setup.store_of(campaign) is not None:
        raise Refusal("store", "This is sold in the shop. Load the page again: its button leads there.")
    if not key or len(key) > LONGEST_KEY:
        raise Refusal("key", "This form is not complete. Load the page again.")
    variant = db.session.scalar(select(Variant).where(Variant.campaign_id == campaign.id, Variant.sku == sku))
    if variant is None:
        raise Refusal("sku", "There is no such variant. Choose one of the list.", "sku")
    if quantity < 1:
        raise Refusal("quantity", "Choose how many.", "quantity")
    known = person if owner == person_owner(person) else None
    tier = gate.tier_of(known)
    public = head_start.is_public(campaign.now, timetable.opening(campaign.milestones, "launch"))
    place = waitlist.place_of(campaign, person)
    at = campaign.moment
    body = digest(person.id, sku, quantity, announce)
    order = _insert(
        number=new_number(), campaign_id=campaign.id, person_id=person.id, variant_id=variant.id, owner=owner, key=key,
        body=body, quantity=quantity, price=variant.price_for(tier), currency=campaign.currency, tier=tier,
        head_start=not public, state="held", announce=announce, at=at,
        provider=store_setup.provider_of(campaign),
        **origin.frozen(campaign, person, place, at, touch or {"ref": ref, "source": source}, first),
    )  # fmt: skip
    if order is None:
        order = db.session.scalars(
            select(Order).where(Order.campaign_id == campaign.id, Order.owner == owner, Order.key == key)
        ).one()
        if order.body != body:
            raise Refusal(
                "key", "This form was already sent with something else in it. Load the page again to buy more."
            )
        return order
    if quantity > campaign.most_an_order < campaign.per_person:
        raise Refusal("limit", f"At most {campaign.most_an_order} in one order. Order again for more.", "quantity")
    mine = pass_rows.locked(place) if known and gate.needs_pass(campaign, campaign.now) else None
    if (no := gate.refusal(campaign, known, place if known else None, campaign.now, left=quantity)) is not None:
        raise no
    if mine is not None:
        if quantity > mine.units:
            raise Refusal("limit", f"Your pass is for {mine.units}.", "quantity")
        order.pass_id = mine.id
    stock.take(campaign, person, variant, quantity, tier, public)
    until = clock.now() + gate.hold_length(campaign, crowd)
    db.session.add(Hold(order_id=order.id, variant_id=variant.id, quantity=quantity, until=until, state="live"))
    if announce:
        consents.record(person, "announce", True, "announce-1", f"order:{order.number}", campaign)
    db.session.flush()
    return order


def pay(order: Order) -> Order:
    """Confirm an order that is paid: its hold becomes a sale, once. Paying a confirmed order again changes nothing.

    Raises Refusal `expired` when the hold was over; then nothing was sold, and `holds.sweep` frees the units.
    """
    if not holds.sell(order):
        db.session.refresh(order)
        if order.state == "confirmed":
            return order
        raise Refusal("expired", "The time to pay had passed, so the units went back. Nothing was charged.")
    return confirm(order)


def confirm(order: Order) -> Order:
    """Say that an order on hold is paid, whose units were just sold: its letter, and its lines in the thread."""
    campaign = db.session.get(Campaign, order.campaign_id)
    db.session.execute(
        update(Order)
        .where(Order.id == order.id, Order.state == "held")
        .values(state="confirmed", confirmed_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(order)
    letters.write("order", order.person, f"order:{order.id}", campaign)
    if order.announce:
        sale_marks.announce(campaign, order)
    sale_marks.report(campaign, order)
    return order


def cancel(order: Order) -> None:
    """Give a checkout up before it is paid. Raises Refusal when it was confirmed; what is over already stays so."""
    if not holds.end(order, "cancelled"):
        db.session.refresh(order)
        if order.state == "confirmed":
            raise Refusal("confirmed", "This order is confirmed. Write to us if something is wrong with it.")
    db.session.refresh(order)


def _insert(**values) -> Order | None:
    """The order, before anything is taken for it. Of two with one key the second waits here: None, and it finds that one."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Order).values(**values)
    statement = statement.on_conflict_do_nothing(index_elements=["campaign_id", "owner", "key"])
    return db.session.scalar(statement.returning(Order))


def new_number() -> str:
    """The number of an order: random, and not to be guessed from another."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"


def digest(*asked) -> str:
    """What a form asked for, to be compared when its key comes again."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
