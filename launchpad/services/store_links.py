"""The way into the store: our gate is asked at the click, and answers with a link that is one person's.

The link carries a token of ours, and a single-use code of the pool while there are some: with codes that the store
knows, the store itself keeps strangers out; without, whoever came without our link is flagged afterwards.
"""

import csv
import hashlib
import io
import secrets
from urllib.parse import quote, urlencode

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, StoreCode, StoreOrder
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.rules.store_orders import Version
from launchpad.services import audit, gate, pass_rows, people, store_setup, tokens, waitlist

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 5000  # codes made at once
IN_ALL = 100_000


def give(campaign: Campaign, person: Person, place: Place | None, sku: str, quantity: int) -> StoreCode:
    """A code for what somebody wants to buy now: the same one again until it is used. Needs writing().

    Raises Refusal: the reasons of the gate, sku, limit, sold_out.
    """
    place = place or waitlist.place_of(campaign, person)
    allow(campaign, person, place, sku, quantity)
    code = _unused(campaign, person) or _from_pool(campaign) or _made(campaign)
    code.person, code.sku, code.quantity, code.given_at = person, sku, quantity, campaign.moment
    launch = timetable.opening(campaign.milestones, "launch")
    now = campaign.now
    early = campaign.access == "passes" and place is not None and place.pass_until is not None and now < place.pass_until
    code.until = place.pass_until if early and (launch is None or now < launch) else None
    db.session.flush()
    return code


def allow(campaign: Campaign, person: Person | None, place: Place | None, sku: str, quantity: int) -> None:
    """Raise Refusal unless this person may buy so many of that now, as far as we know the stock."""
    if sku not in (campaign.store or {}).get("products", {}):
        raise Refusal("sku", "This variant cannot be bought in the shop yet. Choose one of the list.", "sku")
    offer = gate.offer(campaign, person, place)
    if not offer.open:
        raise Refusal(offer.reason, offer.message)
    row = next((row for row in offer.rows if row.sku == sku), None)
    if row is None:
        raise Refusal("sku", "There is no such variant. Choose one of the list.", "sku")
    if quantity > offer.per_order < offer.limit:
        raise Refusal("limit", f"At most {offer.per_order} in one order.", "quantity")
    if not 1 <= quantity <= offer.allowed:
        raise Refusal("limit", f"At most {offer.limit} per person, over all your orders.", "quantity")
    mine = pass_rows.newest(place) if person is not None and gate.needs_pass(campaign, campaign.now) else None
    if mine is not None and quantity > mine.units:
        raise Refusal("limit", f"Your pass is for {mine.units}.", "quantity")
    if quantity > row.left:
        raise Refusal("sold_out", f"Only {row.left} left." if row.left else "Sold out.", "quantity")


def address(campaign: Campaign, code: StoreCode | None, sku: str, quantity: int, ref: str = "", source: str = "") -> str:
    """Where the link leads. What it carries comes back with the order: cart attributes, or WooCommerce's attribution."""
    store = campaign.store
    base, product = store["address"].rstrip("/"), str(store["products"][sku])
    token = tokens.make("store", code.id) if code is not None else ""
    known = code.code if code is not None and code.pooled else ""
    if store["provider"] == "shopify":
        carried = {"attributes[launchpad]": token, "attributes[launchpad_ref]": ref, "attributes[launchpad_source]": source}
        carried = {"discount": known, **carried}
        query = urlencode({k: v for k, v in carried.items() if v})
        return f"{base}/cart/{quote(product, safe='')}:{quantity}" + (f"?{query}" if query else "")
    carried = {
        "add-to-cart": product, "quantity": quantity, "apply_coupon": known, "utm_source": source or "launchpad",
        "utm_campaign": campaign.slug, "utm_content": token, "utm_term": ref,
    }  # fmt: skip
    return f"{base}/?" + urlencode({k: v for k, v in carried.items() if v})


def code_of(provider: str, version: Version) -> StoreCode | None:
    """Which of our codes an order came back with: by our token, else by the text of a discount or coupon."""
    id = tokens.read("store", version.token) if version.token else None
    if id is not None and (code := db.session.get(StoreCode, id)) is not None:
        return code
    if not version.codes:
        return None
    ids = [campaign.id for campaign in store_setup.selling_through(provider)]
    rows = select(StoreCode).where(StoreCode.campaign_id.in_(ids), StoreCode.code.in_(version.codes))
    return db.session.scalar(rows.order_by(StoreCode.id).limit(1))


def digest(email: str) -> str:
    """What is kept of the address that ordered, to know it again: nothing that can be read."""
    try:
        return hashlib.sha256(people.key_of(email).encode()).hexdigest()[:40]
    except Refusal:
        return ""


def fill_pool(campaign: Campaign, actor: Person | None, many: int) -> None:
    """Make codes ahead, for import into the store. Raises Refusal: many."""
    if not 1 <= many <= MOST:
        raise Refusal("many", f"Choose a number from 1 to {MOST:,}.", "many")
    if pool(campaign)[0] + many > IN_ALL:
        raise Refusal("many", f"At most {IN_ALL:,} codes in all.", "many")
    codes: set[str] = set()
    while len(codes) < many:  # 30 signs to the power of 9: two of a kind are made less than once in a lifetime
        codes.add(_text(campaign, 9))
    db.session.add_all(StoreCode(campaign_id=campaign.id, code=code, pooled=True) for code in sorted(codes))
    audit.record(actor, "store.codes", campaign, f"campaign:{campaign.id}", None, {"made": many})
    db.session.flush()


def pool(campaign: Campaign) -> tuple[int, int, int]:
    """Codes of the pool: made, given out, and used."""
    mine = StoreCode.campaign_id == campaign.id, StoreCode.pooled.is_(True)
    made, given = db.session.execute(select(func.count(), func.count(StoreCode.person_id)).where(*mine)).one()
    used = select(func.count(StoreOrder.code_id.distinct())).join(StoreCode, StoreCode.id == StoreOrder.code_id)
    return made, given, db.session.scalar(used.where(*mine))


def pool_file(campaign: Campaign) -> str:
    """The codes of the pool as the store imports them."""
    out = io.StringIO()
    writer = csv.writer(out)
    woo = campaign.store.get("provider") == "woocommerce"
    if woo:
        writer.writerow(["code", "discount_type", "coupon_amount", "usage_limit", "usage_limit_per_user", "individual_use"])
    else:
        writer.writerow(["Discount code", "Usage limit"])
    rows = select(StoreCode.code).where(StoreCode.campaign_id == campaign.id, StoreCode.pooled.is_(True))
    for code in db.session.scalars(rows.order_by(StoreCode.id)):
        writer.writerow([code, "fixed_cart", "0", "1", "1", "no"] if woo else [code, "1"])
    return out.getvalue()


def codes_of(person: Person) -> list[StoreCode]:
    """The codes that somebody was given."""
    return list(db.session.scalars(select(StoreCode).where(StoreCode.person_id == person.id).order_by(StoreCode.id)))


def _unused(campaign: Campaign, person: Person) -> StoreCode | None:
    """Their code that no order came back with."""
    used = select(StoreOrder.code_id).where(StoreOrder.code_id.is_not(None))
    rows = select(StoreCode).where(StoreCode.campaign_id == campaign.id, StoreCode.person_id == person.id)
    return db.session.scalar(rows.where(StoreCode.id.not_in(used)).order_by(StoreCode.id).limit(1).with_for_update(of=StoreCode))


def _from_pool(campaign: Campaign) -> StoreCode | None:
    """The next code of the pool that is nobody's; two at once get two."""
    free = select(StoreCode.id).where(
        StoreCode.campaign_id == campaign.id, StoreCode.pooled.is_(True), StoreCode.person_id.is_(None),
        StoreCode.given_at.is_(None),
    )  # fmt: skip
    id = db.session.scalar(free.order_by(StoreCode.id).limit(1).with_for_update(skip_locked=True))
    return db.session.get(StoreCode, id) if id is not None else None


def _made(campaign: Campaign) -> StoreCode:
    code = StoreCode(campaign_id=campaign.id, code=_text(campaign, 12))
    db.session.add(code)
    return code


def _text(campaign: Campaign, signs: int) -> str:
    prefix = (campaign.store or {}).get("prefix") or campaign.slug.split("-")[0].upper()[:12]
    return f"{prefix}-" + "".join(secrets.choice(SIGNS) for _ in range(signs))
