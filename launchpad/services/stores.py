"""Orders of a store, taken in from what it tells: webhooks in any order, repeated, with gaps, and files.

Everything that is told of an order is merged into one record (rules.store_orders); what our rows say is derived from
the record, so that it does not matter which delivery came first. One at a time for a store (store_units.lock).
"""

from sqlalchemy import or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hook, Order, Person, StoreOrder
from launchpad.rules import shopify_orders, woocommerce_orders
from launchpad.rules import store_orders as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, parking, people, store_flags, store_links, store_rows, store_setup, store_units
from launchpad.services.outcomes import Outcome

READERS = {"shopify": shopify_orders.read, "woocommerce": woocommerce_orders.read}
BY_NUMBER = "number:"  # begins the ref of an order that only a file has told of


def work(hook: Hook) -> Outcome:
    """Work one stored delivery of a store. What cannot be read is parked for the team."""
    campaigns = store_setup.selling_through(hook.provider)
    try:
        told = READERS[hook.provider](hook.kind, hook.payload, {campaign.currency for campaign in campaigns})
    except rules.Fault as fault:
        parking.park(
            "hook_failed", f"hook:{hook.id}", None, provider=hook.provider, event=hook.event_id, kind=hook.kind,
            why=str(fault),
        )  # fmt: skip
        return Outcome("parked", str(fault))
    row = take_in(hook.provider, told)
    if row is None:
        return Outcome("ignored", "nothing of a campaign is in it")
    orders = store_rows.orders_of(row)
    return Outcome("parked" if row.flags else "done", "; ".join(row.flags), orders[0] if orders else None)


def take_in(provider: str, told: rules.Told) -> StoreOrder | None:
    """Merge what was told, and bring our rows in line. None when it concerns no campaign of ours."""
    store_units.lock(provider)
    row = known(provider, told)
    if row is None:
        if not concerns(provider, told):
            return None
        row = StoreOrder(provider=provider, ref=told.ref, record={}, flags={})
        db.session.add(row)
    row.record = rules.merge(row.record, told)
    row.seen_at = clock.now()
    version = rules.version_of(row.record)
    if version is not None:
        row.number, row.created_at = version.number, rules.moment(version.created)
        row.code = row.code or store_links.code_of(provider, version)
        if row.person is None:
            row.person = _who(row, told)
        if told.email and row.person is not None and row.person.erased_at is None:
            row.address_key = row.address_key or store_links.digest(told.email)
    db.session.flush()
    settle(row)
    return row


def settle(row: StoreOrder) -> None:
    """Bring the orders, units and flags of a store's order in line with its record; a second time changes nothing."""
    touched = store_rows.write(row)
    for other in [row, *touched, *_siblings(row)]:
        store_flags.refresh(other)
    db.session.flush()


def accept(campaign: Campaign, actor: Person | None, row: StoreOrder) -> None:
    """The team takes an order as it is: in its own currency, and with units if there are some by now."""
    store_units.lock(row.provider)
    row.accepted = True
    audit.record(actor, "store.accept", campaign, f"store_order:{row.id}", {"flags": [*row.flags]}, {"accepted": True})
    settle(row)


def look_again(person: Person) -> None:
    """Somebody has proven to be two people that were known here: flags of their orders are computed anew.

    Who merges two people moves their rows, ours of a store included, and their allowances.
    """
    for row in db.session.scalars(select(StoreOrder).where(StoreOrder.person_id == person.id)):
        store_flags.refresh(row)
    db.session.flush()


def forget(person: Person) -> None:
    """Somebody is erased: what was kept of the address that ordered goes; that something was sold stays."""
    mine = update(StoreOrder).where(StoreOrder.person_id == person.id).values(address_key="")
    db.session.execute(mine.execution_options(synchronize_session=False))


def known(provider: str, told: rules.Told) -> StoreOrder | None:
    """The row of an order: by the store's id, else by its number where only one of a webhook and a file said the id."""
    rows = select(StoreOrder).where(StoreOrder.provider == provider)
    row = db.session.scalar(rows.where(StoreOrder.ref == told.ref))
    if row is None and told.version is not None:
        same = rows.where(StoreOrder.number == told.version.number)
        if told.ref.startswith(BY_NUMBER):
            return db.session.scalar(same.order_by(StoreOrder.id).limit(1))
        row = db.session.scalar(same.where(StoreOrder.ref.startswith(BY_NUMBER)))
        if row is not None:
            row.ref = told.ref
    return row


def concerns(provider: str, told: rules.Told) -> bool:
    """True when it names a ware of a campaign, or one of our codes; an order for socks is nobody's business here.

    A refund or deletion of an order that was not told yet is kept when it may be one of ours: it names no person.
    """
    if told.version is None:
        lines = told.hints
        if not lines:
            return True
    else:
        lines = told.version.lines
        if store_links.code_of(provider, told.version) is not None:
            return True
    campaigns = store_setup.selling_through(provider)
    return any(store_setup.find(line, campaigns) for line in lines)


def _who(row: StoreOrder, told: rules.Told) -> Person | None:
    """Whose order it is: who was given the code, else the address; an order without either is somebody's all the same."""
    if row.code is not None and row.code.person is not None and row.code.person.erased_at is None:
        return row.code.person
    if told.email:
        try:
            return people.find_or_make(told.email, told.name)
        except Refusal:
            pass
    if told.version is None:
        return None
    name = f"{row.provider}-order-{row.ref}"[:250]  # no address, so that no letter ever goes to it
    person = db.session.scalar(select(Person).where(Person.email == name))
    if person is None:
        person = Person(email=name, name="")
        db.session.add(person)
        db.session.flush()
    return person


def _siblings(row: StoreOrder) -> list[StoreOrder]:
    """Other orders whose flags depend on this one: of the same code, of the same person."""
    found = []
    if row.campaign_id is not None and row.person_id is not None:
        rows = select(StoreOrder).where(StoreOrder.id != row.id, StoreOrder.campaign_id == row.campaign_id)
        found += db.session.scalars(rows.where(StoreOrder.person_id == row.person_id).limit(200))
    if row.code_id is not None:
        rows = select(StoreOrder).where(StoreOrder.id != row.id, StoreOrder.code_id == row.code_id)
        found += [other for other in db.session.scalars(rows.limit(200)) if other not in found]
    return found


def listed(campaign: Campaign, flagged: bool = False, before: int | None = None, most: int = 50) -> list[StoreOrder]:
    """What the store told of a campaign, the newest first; with `flagged` only what the team should look at."""
    rows = select(StoreOrder).where(StoreOrder.campaign_id == campaign.id).order_by(StoreOrder.id.desc())
    if before is not None:
        rows = rows.where(StoreOrder.id < before)
    if not flagged:
        return list(db.session.scalars(rows.limit(most)))
    return [row for row in db.session.scalars(rows.limit(5000)) if row.flags][:most]


def orders_here(campaign: Campaign, rows: list[StoreOrder]) -> dict[int, list[Order]]:
    """What each of these orders of the store is in this campaign, by the id of the store's order; to be read, not locked."""
    found: dict[int, list[Order]] = {row.id: [] for row in rows}
    if rows:
        theirs = or_(*(Order.key.startswith(f"{row.id}:", autoescape=True) for row in rows))
        mine = Order.campaign_id == campaign.id, Order.owner.startswith(store_units.OWNER), theirs
        for order in db.session.scalars(select(Order).where(*mine).order_by(Order.id)):
            found[int(order.key.partition(":")[0])].append(order)
    return found
