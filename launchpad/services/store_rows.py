"""The orders of ours that a store's order means: for each variant one row of what is sold, and one of what came back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Payment, Place, StoreOrder, Variant
from launchpad.rules import head_start, timetable
from launchpad.rules import store_orders as rules
from launchpad.services import events, gate, origin, pass_rows, sale_marks, store_setup, store_units, waitlist

UNPAID = timedelta(hours=72)  # units wait so long for a bank transfer
_SHORT = {"shopify": "SH", "woocommerce": "WC"}


@dataclass
class Wish:
    """What one row should say. `part`: "" of what is sold, "back" of what came back, "kept" of what came back broken."""

    campaign: Campaign
    variant: Variant
    part: str
    quantity: int
    state: str
    holding: bool
    price: int  # of one unit, minor units


def orders_of(row: StoreOrder) -> list[Order]:
    """The rows there are, locked with their holds."""
    mine = select(Order).where(Order.owner == _owner(row), Order.key.startswith(f"{row.id}:", autoescape=True))
    orders = list(db.session.scalars(mine.order_by(Order.id)))
    if orders:
        holds = select(Hold).where(Hold.order_id.in_([order.id for order in orders])).order_by(Hold.id)
        list(db.session.scalars(holds.with_for_update().execution_options(populate_existing=True)))
    return orders


def write(row: StoreOrder) -> list[StoreOrder]:
    """Make the rows say what the record means. Gives back the other store orders whose units changed by it."""
    wishes = wanted(row)
    if wishes and row.campaign_id is None:
        row.campaign_id = next(iter(wishes.values())).campaign.id
    elif row.campaign_id is None and row.code is not None:
        row.campaign_id = row.code.campaign_id
    mine = {order.key: order for order in orders_of(row)}
    scarce, campaigns = {}, {}
    for key in list(mine):
        if key not in wishes:
            order = mine.pop(key)
            store_units.change(order, 0)
            scarce[order.variant_id] = order.variant
            db.session.delete(order.hold)
            db.session.flush()
            db.session.delete(order)
    for key, wish in sorted(wishes.items(), key=lambda one: (one[1].holding, one[1].variant.id)):
        order = mine.get(key) or _make(row, key, wish)
        before = order.state, store_units.held(order)
        if not _apply(order, wish) or store_units.held(order) < before[1]:
            scarce[wish.variant.id] = wish.variant
        if before != (order.state, store_units.held(order)):
            campaigns[wish.campaign.id] = wish.campaign
            if order.state == "confirmed" and before[0] != "confirmed":
                db.session.flush()
                sale_marks.report(wish.campaign, order)
    _goodwill(row, wishes)
    touched = [other for variant in scarce.values() for other in _share(variant, row)]
    for campaign in campaigns.values():
        events.announce(campaign, "state")
    return touched


def wanted(row: StoreOrder) -> dict[str, Wish]:
    """What each of our rows should say, by its key. Lines of one variant count together."""
    version = rules.version_of(row.record)
    if version is None:
        return {}
    campaigns = store_setup.by_moment(store_setup.selling_through(row.provider), rules.moment(version.created))
    if row.campaign_id is not None or row.code is not None:  # what it was taken for once, or our own link says it
        first = row.campaign_id or row.code.campaign_id
        campaigns = sorted(campaigns, key=lambda campaign: campaign.id != first)
    sums: dict[tuple, list[int]] = {}
    for want in rules.wants(row.record):
        if (found := store_setup.find(want.line, campaigns)) is not None:
            total = sums.setdefault(found, [0, 0, 0, 0, 0])
            for at, number in enumerate((want.sold, want.back, want.kept, want.line.amount, want.line.quantity)):
                total[at] += number
    wishes = {}
    for (campaign, variant), (sold, back, kept, amount, quantity) in sums.items():
        parts = [("sold", sold), ("kept", kept), ("back", back)]
        for at, (part, many) in enumerate((name, many) for name, many in parts if many):
            state, holding = _state(row, version, campaign, part)
            wish = Wish(campaign, variant, "" if at == 0 else part, many, state, holding, amount // quantity)
            wishes[f"{row.id}:{variant.id}{':' if at else ''}{wish.part}"] = wish
    return wishes


def _state(row: StoreOrder, version: rules.Version, campaign: Campaign, part: str) -> tuple[str, bool]:
    if part != "sold":
        cancelled = part == "back" and version.state in (rules.CANCELLED, rules.PENDING)
        return ("cancelled" if cancelled else "refunded"), part == "kept"
    if version.state == rules.PENDING:
        waits = rules.moment(version.created) + UNPAID > clock.now()
        return ("held", True) if waits else ("ended", False)
    if version.currency != campaign.currency and not row.accepted:
        return "parked", True
    return "confirmed", True


def _make(row: StoreOrder, key: str, wish: Wish) -> Order:
    campaign, version = wish.campaign, rules.version_of(row.record)
    at = rules.moment(version.created).astimezone(UTC)
    place = waitlist.place_of(campaign, row.person)
    launch = timetable.opening(campaign.milestones, "launch")
    order = Order(
        number=_number(row, key, wish.part), campaign_id=campaign.id, person_id=row.person_id, variant_id=wish.variant.id,
        owner=_owner(row), key=key, body="", quantity=wish.quantity, price=wish.price, currency=version.currency,
        tier=gate.tier_of(row.person), head_start=not head_start.is_public(at, launch), state="new",
        provider=row.provider, provider_ref=row.ref, announce=False, at=at, pass_id=_pass(row, campaign, place, at, wish.quantity),
        **origin.frozen(campaign, row.person, place, at, {"source": version.source, "ref": version.referral}),
    )  # fmt: skip
    order.person, order.variant = row.person, wish.variant
    order.hold = Hold(variant_id=wish.variant.id, quantity=wish.quantity, until=at + UNPAID, state="ended")
    db.session.add(order)
    db.session.flush()
    return order


def _pass(row: StoreOrder, campaign: Campaign, place: Place | None, at: datetime, quantity: int) -> int | None:
    """The pass that a buy link was given for: an order that came back with it spends it, once."""
    mine = pass_rows.newest(place) if row.code is not None and campaign.access == "passes" else None
    if mine is None or quantity > mine.units or not (place.pass_from and place.pass_from <= at < place.pass_until):
        return None
    return None if db.session.scalar(select(Order.id).where(Order.pass_id == mine.id)) else mine.id


def _apply(order: Order, wish: Wish) -> bool:
    """Bring one row in line. False when the stock has no units for it: then it is parked without."""
    got = store_units.change(order, wish.quantity if wish.holding else 0)
    order.quantity = order.hold.quantity = wish.quantity
    row = _row(order)
    order.price, order.currency, order.provider_ref = wish.price, rules.version_of(row.record).currency, row.ref
    stands = wish.state == "parked" and order.state == "confirmed"  # the team has let it stand
    order.state = "parked" if not got else "confirmed" if stands else wish.state
    order.hold.state = ("live" if wish.state == "held" else "sold") if got and wish.holding else "ended"
    if order.state == "confirmed":
        order.confirmed_at = order.at
    db.session.flush()
    return got


def _share(variant: Variant, row: StoreOrder | None = None) -> list[StoreOrder]:
    """Give the units there are to whoever bought first in the store. The other store orders that it changed."""
    if not store_units.any_short(variant):
        return []
    found = []
    for id, given in store_units.misplaced(variant):
        order = db.session.get_one(Order, id)
        other = _row(order)
        if not given:
            store_units.change(order, 0)
            order.state, order.hold.state = "parked", "ended"
            db.session.flush()
        elif (wish := wanted(other).get(order.key)) is not None:
            _apply(order, wish)
            if order.state == "confirmed":
                sale_marks.report(wish.campaign, order)
        if row is None or other.id != row.id:
            found.append(other)
    return found


def share_again(campaign: Campaign) -> list[StoreOrder]:
    """There may be more stock now: look again at what had no units."""
    store_units.lock(store_setup.store_of(campaign) or "")
    return [row for variant in gate.variants_of(campaign) for row in _share(variant)]


def _goodwill(row: StoreOrder, wishes: dict[str, Wish]) -> None:
    """Money that went back without units: the figures of sales are net of it."""
    back = rules.money_back(row.record)
    main = {key for key, wish in wishes.items() if wish.part == ""}
    for order in (order for order in orders_of(row) if order.key in main and order.state == "confirmed"):
        known = db.session.scalar(select(Payment).where(Payment.order_id == order.id))
        mine = min(back, order.total)
        back -= mine
        if known is None and mine:
            known = Payment(order_id=order.id, amount=order.total, currency=order.currency, paid_at=order.at)
            db.session.add(known)
        if known is not None:
            known.refunded = order.refunded = mine


def _row(order: Order) -> StoreOrder:
    return db.session.get(StoreOrder, int(order.key.partition(":")[0]))


def _owner(row: StoreOrder) -> str:
    return f"{store_units.OWNER}{row.provider}"


def _number(row: StoreOrder, key: str, part: str) -> str:
    """The store's own number, as far as it is not taken: people ask for it by that."""
    plain = "".join(c for c in row.number if c.isascii() and (c.isalnum() or c in "-_."))[:30]
    number = f"{_SHORT[row.provider]}-{plain}{'-' + part if part else ''}"
    if plain and db.session.scalar(select(Order.id).where(Order.number == number)) is None:
        return number
    return f"{_SHORT[row.provider]}{row.id}-{key.split(':')[1]}-{part or 'sold'}"


