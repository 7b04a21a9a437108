"""The way into the brand's own store: our gate is asked at the click, then the page with the personal link is shown."""

from flask import Blueprint, abort, g, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from launchpad.database import db, writing
from launchpad.models import Person, Place, StoreCode
from launchpad.rules.refusals import Refusal
from launchpad.services import gate, store_links, store_setup, tokens
from launchpad.web import buy, limits, passes, touch
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("store", __name__, url_prefix="/<slug>/store"))

NAMES = {"shopify": "Shopify", "woocommerce": "WooCommerce"}


class StoreForm(Form):
    sku = StringField(validators=[InputRequired("Choose one of the list."), Length(max=64)])
    quantity = IntegerField(validators=[InputRequired("Choose how many."), NumberRange(1, 1000, "Choose how many.")])
    by = StringField(validators=[Length(max=200)])  # the token of a pass letter


@blueprint.post("", endpoint="go")
@limiter.limit("30/minute;200/hour", key_func=limits.person)
@permit("buy")
def go():
    """Ask the gate; give whoever proved who they are a code of their own. A stranger, once all may buy, needs none."""
    _here()
    form = StoreForm()
    place = passes.place_by(form.by.data) if form.by.data else None
    person = place.person if place is not None else me()
    ids = place and place.id, person and person.id
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors), None))
        if person is None:
            store_links.allow(g.campaign, None, None, form.sku.data, form.quantity.data)
            said = {name: text for name, text in touch.kept().items() if name in ("ref", "source")}
            return done(url_for("store.open", sku=form.sku.data, quantity=form.quantity.data, **said))
        with writing():
            place, person = ids[0] and db.session.get(Place, ids[0]), db.session.get(Person, ids[1])
            code = store_links.give(g.campaign, person, place, form.sku.data, form.quantity.data)
        return done(url_for("store.mine", token=tokens.make("store", code.id)))
    except Refusal as refusal:
        refresh(refused=True)
        known = db.session.get(Person, ids[1]) if ids[1] else None
        values = buy.values(known, form.by.data or None, ids[0] and db.session.get(Place, ids[0]), form.data)
        return private(refused(refusal, "buy/buy.html", **values))


@blueprint.get("/<token>", endpoint="mine")
@permit("campaign.see")
def mine(token: str):
    """My code and where it leads; the gate is asked again. Looking spends nothing."""
    _here()
    id = tokens.read("store", token)
    code = db.session.get(StoreCode, id) if id else None
    if code is None or code.campaign_id != g.campaign.id or code.person is None or code.person.erased_at is not None:
        abort(404, "This link is not, or no longer, one of ours.")
    return _shown(code, code.person, code.sku, code.quantity)


@blueprint.get("", endpoint="open")
@permit("campaign.see")
def for_everyone():
    """The same for who needs no code, once everybody may buy."""
    _here()
    many = request.args.get("quantity", "1")
    quantity = int(many) if many.isascii() and many.isdigit() and len(many) < 5 else 0
    return _shown(None, None, request.args.get("sku", "")[:64], quantity)


def _shown(code: StoreCode | None, person: Person | None, sku: str, quantity: int) -> Response:
    variant = next((row for row in gate.variants_of(g.campaign) if row.sku == sku), None)
    if variant is None:
        abort(404)
    refusal = address = None
    try:
        store_links.allow(g.campaign, person, None, sku, quantity)
        said = touch.first_touch()
        address = store_links.address(g.campaign, code, sku, quantity, said.get("ref", ""), said.get("source", ""))
    except Refusal as no:
        refusal = no
    return private(
        page(
            "buy/store.html", code=code, variant=variant, quantity=quantity, address=address, refused=refusal,
            shop=g.campaign.store["address"].removeprefix("https://"), price=variant.price_for(gate.tier_of(person)),
        )
    )  # fmt: skip


def _here() -> None:
    if store_setup.store_of(g.campaign) is None:
        abort(404, "This campaign sells here, not in a shop.")
