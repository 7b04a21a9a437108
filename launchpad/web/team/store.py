"""The brand's own store: where the campaign sells, its webhooks, codes for it, and what it told."""

from flask import Response, abort, current_app, g, request, url_for

from launchpad.database import writing
from launchpad.models import StoreOrder
from launchpad.outside import stores as outside
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.refusals import Refusal
from launchpad.rules.store_orders import PROVIDERS
from launchpad.services import gate, plans, pulls, shelves, store_links, store_setup, stores
from launchpad.web.answers import done, page, private, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.store_link import NAMES
from launchpad.web.team import versions
from launchpad.web.team.frame import cursor, room, said
from launchpad.web.team.orders import TONES, WORDS

MOST = 30
TOPICS = {
    "shopify": ("orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/delete", "refunds/create"),
    "woocommerce": ("order.created", "order.updated", "order.deleted", "order.restored"),
}
KEYS = {
    "shopify": "SHOPIFY_API_BASE and SHOPIFY_API_TOKEN",
    "woocommerce": "WOOCOMMERCE_API_BASE, WOOCOMMERCE_API_KEY and WOOCOMMERCE_API_SECRET",
}
LABELS = {"": "As the site is set up", "practice": "Practice, without money", "stripe": "Stripe, here", **NAMES}


@room.get("/store")
@permit("orders.see")
def store():
    """Everything about the store; `all` in the address lists every order of it, not only those to look at."""
    return page("team/store.html", **values())


def values(sent: dict | None = None) -> dict:
    """What the page shows; `sent`: what was typed into the form of where it sells, when that was refused."""
    campaign, settings = g.campaign, current_app.extensions["settings"]
    provider = store_setup.store_of(campaign)
    every = "all" in request.args
    rows = stores.listed(campaign, not every, cursor(), MOST + 1) if provider else []
    return {
        "here": "store", "provider": provider, "orders": stores.orders_here(campaign, rows[:MOST]),
        "state_words": WORDS, "tones": TONES, "taken": request.args.get("taken", type=int),
        "names": NAMES, "labels": [*LABELS.items()],
        "typed": sent if sent is not None else _typed(), "variants": gate.variants_of(campaign),
        "version_fields": versions.fields, "every": every, "rows": rows[:MOST],
        "older": url_for("room.store", before=rows[MOST - 1].id, all=1 if every else None) if len(rows) > MOST else None,
        "secret": bool(provider and getattr(settings, f"{provider}_webhook_secret")),
        "hook": f"{settings.base_url}/hooks/{provider}", "topics": TOPICS.get(provider, ()),
        "last": store_setup.last_word(provider) if provider else None, "silent": store_setup.silent(campaign),
        "wanted": KEYS.get(provider, ""), "found": request.args.get("asked", type=int),
        "pull": pulls.of(provider) if provider else None,
        "asks": asks(provider),
        "pool": store_links.pool(campaign) if provider else (0, 0, 0), "most": store_links.MOST,
    }  # fmt: skip


def asks(provider: str | None) -> bool:
    """True when the keys to ask this store are set."""
    return provider is not None and outside.asker(provider, current_app.extensions["settings"]) is not None


def _typed() -> dict[str, str]:
    kept = g.campaign.store or {}
    products = {f"product:{sku}": str(id) for sku, id in kept.get("products", {}).items()}
    return {name: kept.get(name, "") for name in ("provider", "address", "prefix")} | products


@room.post("/store")
@permit("campaign.edit")
def set_store():
    """Say where it sells: the section [store] of the campaign's file, by the same rules."""
    sent = {name: value.strip() for name, value in request.form.items()}
    try:
        table = campaign_file.unparse(plans.plan_of(g.campaign))
        table.pop("store", None)
        if sent.get("provider"):
            table["store"] = _table(sent)
        plan, reason = campaign_file.parse(table), said("reason")
        with writing():
            shelves.lock_all(g.campaign)
            versions.check()
            plans.load(plan, me(), reason)
    except Fault as fault:
        refresh()
        key = fault.key.removeprefix("store.")
        name = f"product:{key.removeprefix('products.')}" if key.startswith("products.") else key
        wrong = Refusal("store", f"{key.removeprefix('products.').capitalize()} {fault.message}.", name)
        return refused(wrong, "team/store.html", **values(sent), failed="setup")
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/store.html", **values(sent), failed="setup")
    return done(url_for("room.store"))


def _table(sent: dict[str, str]) -> dict:
    found: dict = {"provider": sent["provider"]}
    if sent["provider"] not in PROVIDERS:
        return found
    found["address"] = sent.get("address", "")
    found["products"] = {
        name.removeprefix("product:"): value for name, value in sent.items() if name.startswith("product:") and value
    }
    if sent.get("prefix"):
        found["prefix"] = sent["prefix"].upper()
    return found


@room.post("/store/codes")
@permit("orders.change")
def make_codes():
    """Make single-use codes ahead, for import into the store."""
    selling()
    text = request.form.get("many", "").strip()
    many = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    try:
        with writing():
            store_links.fill_pool(g.campaign, me(), many)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/store.html", **values(), failed="codes", sent=request.form)
    return done(url_for("room.store", _anchor="codes"))


@room.get("/store/codes.csv")
@permit("people.export")
def codes_file():
    """The codes as the store imports them."""
    selling()
    response = Response("\ufeff" + store_links.pool_file(g.campaign), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.slug}-codes.csv"'
    return private(response)


@room.post("/store/orders/<int:id>")
@permit("orders.change")
def accept_store_order(id: int):
    """Take an order of the store as it is, and look again whether there are units for it."""
    _mine(id)
    with writing():
        stores.accept(g.campaign, me(), _mine(id))
    return done(url_for("room.store", _anchor="orders"))


def selling() -> str:
    """The store that this campaign sells through; 404 when it sells here."""
    provider = store_setup.store_of(g.campaign)
    if provider is None:
        abort(404, "This campaign does not sell in a store.")
    return provider


def _mine(id: int) -> StoreOrder:
    return row_or_404(StoreOrder, id)
