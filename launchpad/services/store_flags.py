"""What the team should look at in a store's order. A store cannot be gated, so nothing is dropped: it is flagged.

Flags are computed from rows each time, and a task is put before the team for each; what is no longer so closes its task.
"""

from collections.abc import Collection

from sqlalchemy import select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Order, Person, StoreOrder, Task
from launchpad.rules import head_start, timetable
from launchpad.rules import store_orders as rules
from launchpad.services import gate, parking, store_links, store_rows, store_units, waitlist

KINDS = {
    "early": "store_early", "again": "store_code", "address": "store_code", "amount": "store_code", "limit": "store_limit",
    "stock": "store_stock", "currency": "store_currency", "unknown": "store_unknown", "deleted": "store_deleted",
}  # fmt: skip

PASSED = "No longer so: the store has said more since."


def refresh(row: StoreOrder) -> None:
    """Compute the flags of a store's order anew."""
    version = rules.version_of(row.record)
    campaign = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    orders = store_rows.orders_of(row)
    found = {} if version is None or campaign is None else _flags(row, version, campaign, orders)
    if found == row.flags:
        return
    order = orders[0] if orders else None
    for flag in found.keys() - row.flags.keys():
        parking.park(
            KINDS[flag], f"store_order:{row.id}:{flag}", row.campaign_id, order, number=row.number, store=row.provider,
            why=found[flag],
        )  # fmt: skip
    _tasks(row, row.flags.keys() - found.keys(), "open", state="done", done_at=clock.now(), note=PASSED)
    _tasks(row, found.keys() - row.flags.keys(), "done", state="open", done_at=None, note="")
    row.flags = found


def _tasks(row: StoreOrder, flags: Collection[str], was: str, **values) -> None:
    """Close the tasks of flags that are no longer so, or open again what had been closed like that; never the team's."""
    subjects = [f"store_order:{row.id}:{flag}" for flag in flags]
    if subjects:
        mine = Task.subject.in_(subjects), Task.state == was, Task.note == ("" if was == "open" else PASSED)
        db.session.execute(update(Task).where(*mine).values(**values).execution_options(synchronize_session=False))


def _flags(row: StoreOrder, version: rules.Version, campaign: Campaign, orders: list[Order]) -> dict[str, str]:
    found: dict[str, str] = {}
    if not orders:
        if row.code is not None and version.lines:
            found["unknown"] = "It carries a code of ours, but nothing in it is a product of this campaign."
        return found
    units = sum(order.quantity for order in orders if store_units.held(order) or order.state == "parked")
    if not units:
        return found
    if version.currency != campaign.currency and not row.accepted:
        found["currency"] = f"It was paid in {version.currency}; the campaign sells in {campaign.currency}."
    if row.record.get("deleted") and version.state == rules.PAID:
        found["deleted"] = "The store deleted it after it was paid. Refund it there, or leave it."
    if any(order.state == "parked" and not store_units.held(order) for order in orders):
        found["stock"] = "The store sold more than our stock holds. Add stock, or give the money back in the store."
    if (why := _early(row, campaign, version)) is not None:
        found["early"] = why
    found |= _code(row, orders, units)
    if (over := _over(row, campaign)) > 0:
        found["limit"] = f"{over} more than {campaign.per_person} per person, over all channels."
    elif units > campaign.most_an_order:
        found["limit"] = f"{units} in one order, where {campaign.most_an_order} may be."
    return found


def _early(row: StoreOrder, campaign: Campaign, version: rules.Version) -> str | None:
    """Why this person could not have bought here at that moment; None when they could."""
    at = rules.moment(version.created)
    if head_start.is_public(at, timetable.opening(campaign.milestones, "launch")):
        return None
    code = row.code
    if code is not None and code.given_at is not None and code.given_at <= at and (code.until is None or at < code.until):
        return None  # our gate was asked when the code was given out
    place = waitlist.place_of(campaign, row.person)
    no = gate.refusal(campaign, row.person, place, at, left=1)
    if no is None or no.reason in ("stopped", "sold_out", "limit"):
        return None
    return f"It was made before the doors opened, without a valid code. {no.message}"


def _code(row: StoreOrder, orders: list[Order], units: int) -> dict[str, str]:
    code, found = row.code, {}
    if code is None:
        return found
    same = select(StoreOrder).where(StoreOrder.code_id == code.id, StoreOrder.id != row.id)
    mine = (row.created_at, row.ref)
    before = [other for other in db.session.scalars(same) if (other.created_at, other.ref) < mine and _counts(other)]
    if before:
        found["again"] = f"Its code had been used already, by {before[0].number}."
    if code.person is not None and row.address_key and row.address_key not in _addresses(code.person):
        found["address"] = "Its code was given to somebody with another address."
    if units > code.quantity:
        found["amount"] = f"{units} were bought with a code for {code.quantity}."
    return found


def _addresses(person: Person) -> set[str]:
    """Digests of all addresses that are known to be theirs."""
    others = db.session.scalars(select(Person.email).where(Person.merged_into == person.id))
    return {store_links.digest(email) for email in (person.email, *others)}


def _counts(row: StoreOrder) -> bool:
    version = rules.version_of(row.record)
    return version is not None and version.state not in (rules.CANCELLED, rules.REFUNDED)


def _over(row: StoreOrder, campaign: Campaign) -> int:
    """How many units of this order lie beyond what one person may have, counting who bought first."""
    if row.person_id is None:
        return 0
    rows = select(Order).where(Order.campaign_id == campaign.id, Order.person_id == row.person_id)
    sofar = over = 0
    mine = f"{row.id}:"
    owner = f"{store_units.OWNER}{row.provider}"
    for order in sorted(db.session.scalars(rows), key=lambda order: (order.at, order.provider_ref or "", order.number)):
        units = store_units.held(order)
        if order.owner == owner and order.key.startswith(mine):
            over += max(0, min(units, sofar + units - campaign.per_person))
        sofar += units
    return over


