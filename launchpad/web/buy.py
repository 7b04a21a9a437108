"""The checkout: what is offered to whom, and the order that sets units aside. Also by the link of a letter."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, g
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from jobs import payments as jobs
from launchpad.database import db, writing
from launchpad.models import Person, Place
from launchpad.outside import payments
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, gate, holds, people, store_setup, waitlist
from launchpad.web import limits, orders, passes, queue, rush, touch
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import Form
from launchpad.web.limits import actor, limiter
from launchpad.web.load import of_campaign, refresh
from launchpad.web.permit import me, permit

blueprint = Blueprint("buy", __name__, url_prefix="/<slug>")
rush.stands_before(blueprint, "buy.buy", "buy.pass")
of_campaign(blueprint)

FREE_AGAIN = ("sold_out", "head_start_sold_out", "limit")  # what an overdue hold of somebody may have caused


class BuyForm(Form):
    sku = StringField(validators=[InputRequired("Choose one of the list."), Length(max=64)])
    quantity = IntegerField(validators=[InputRequired("Choose how many."), NumberRange(1, 1000, "Choose how many.")])
    key = StringField(validators=[InputRequired("This form is not complete. Load the page again."), Length(max=100)])
    announce = BooleanField()
    email = StringField(validators=[Length(max=254)])
    name = StringField(validators=[Length(max=120, message="A name has at most 120 characters here.")])
    ref = StringField(validators=[Length(max=40)])
    source = StringField(validators=[Length(max=100)])


@blueprint.get("/buy", endpoint="page")
@permit("campaign.see")
def checkout():
    """The checkout, or when mine opens; where a queue lets people in, the way there."""
    stands = queue.stands_now(me())
    if stands is not None and stands.needed:
        return done(f"/{g.slug}/queue")
    return orders.shown(page("buy/buy.html", **values(me())))


@blueprint.post("/buy", endpoint="buy")
@limiter.limit(";".join(rush.LIMITS), key_func=limits.person, exempt_when=limits.counted)
@permit("buy")
def buy():
    """Hold units for me; the order's page is where they are paid."""
    return _buy(me(), None)


@blueprint.get("/pass/<token>", endpoint="pass_page")
@permit("campaign.see")
def by_letter(token: str):
    """The checkout of the person whose letter this link was in; looking spends nothing."""
    place = passes.place_by(token)
    return orders.shown(page("buy/buy.html", **values(place.person, token, place)))


@blueprint.post("/pass/<token>", endpoint="pass")
@limiter.limit("30/minute;200/hour", key_func=limits.address)
@permit("buy")
def buy_by_letter(token: str):
    """The same as buying when signed in, for the person of that letter."""
    return _buy(passes.place_by(token).person, token)


def _buy(person: Person | None, token: str | None) -> Response:
    """One checkout: `person` has proven who they are, or is None for a guest, who types an address."""
    person_id = person.id if person is not None else None
    form = BuyForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors), None))
        made = _hold(form, person_id)
    except Refusal as refusal:
        refresh(refused=True)
        if refusal.reason in ("queue", "turn") and token is None:
            return orders.shown(queue.refuse(refusal))
        known = db.session.get(Person, person_id) if person_id else None
        shown = values(known, token, typed=form.data)
        rush.may_tell_others(refusal, same_for_all=not shown["offer"].open)
        return orders.shown(refused(refusal, "buy/buy.html", **shown))
    finally:
        rush.decided()
    if made.to_pay_at_a_provider:
        return done(jobs.begin(made.id) or made.address)
    return done(made.address)


@dataclass(frozen=True)
class Made:
    """An order as its buyer goes on with it. Plain values: what a commit leaves of a row would be read anew."""

    id: int
    address: str
    to_pay_at_a_provider: bool


def _hold(form: BuyForm, person_id: int | None) -> Made:
    """Make the order. Who is refused for stock sweeps the overdue holds, if there are any, and tries once more."""
    try:
        _expect_room(form, person_id)
        return _once(form, person_id)
    except Refusal as refusal:
        if refusal.reason not in FREE_AGAIN:
            raise
        late = holds.overdue(g.campaign.id)
        if not late and refusal.reason == "limit":
            raise
    if late:
        with writing():
            holds.sweep(g.campaign.id, wait=True)
    else:
        _expect_room(form, person_id)  # unless somebody else has just swept
    return _once(form, person_id)


def _expect_room(form: BuyForm, person_id: int | None) -> None:
    """Raise Refusal when a look says that all is gone: a rush's losers then never wait for the writers' turn.

    Whoever may not buy at all, for whatever reason, is told so by `_once`.
    """
    campaign = g.campaign
    person = db.session.get(Person, person_id) if person_id is not None else None
    if gate.refusal(campaign, person, waitlist.place_of(campaign, person), campaign.now, left=1) is None:
        buying.refuse_sold_out(campaign, form.sku.data, _owner(form, person), form.key.data)


def _owner(form: BuyForm, person: Person | None) -> str:
    if person is not None:
        return buying.person_owner(person)
    return buying.guest(people.key_of(form.email.data))


def _once(form: BuyForm, person_id: int | None) -> Made:
    with writing():
        person = db.session.get(Person, person_id) if person_id is not None else None
        if person is None:
            # Whether buying is open to strangers at all is asked before a person is made of an address.
            buying.refuse_strangers(g.campaign)
            owner = _owner(form, None)
            buying.refuse_sold_out(g.campaign, form.sku.data, owner, form.key.data)  # others were first meanwhile
            person = people.find_or_make(form.email.data, form.name.data or "", _played_in())
        else:
            owner = buying.person_owner(person)
        queue.enter(person, proven=person_id is not None)
        order = buying.buy(
            g.campaign, person, form.sku.data, form.quantity.data, form.key.data, owner, form.announce.data,
            form.ref.data or "", form.source.data or "", touch.kept(), touch.remembered(),
            crowd=actor() is not None and g.campaign.rehearsal is not None,
        )  # fmt: skip
        if person_id is not None and not person.name:
            person.name = form.name.data or ""
        here = orders.address(order, with_token=me() is None or me().id != order.person_id)
        return Made(order.id, here, order.state == "held" and not payments.practised(order.provider))


@blueprint.app_template_global("store_address")
def store_address() -> str:
    """Where the brand's own store takes the orders of this campaign, without https://; empty when it sells here."""
    return g.campaign.store["address"].removeprefix("https://") if store_setup.store_of(g.campaign) else ""


def values(
    person: Person | None, token: str | None = None, place: Place | None = None, typed: dict | None = None
) -> dict:
    typed = typed or {}
    shop = store_address()
    return {
        "offer": buying.offer(g.campaign, person, place),
        "buyer": person,
        "by_link": token is not None,
        "action": f"/{g.slug}/store" if shop else f"/{g.slug}/pass/{token}" if token else f"/{g.slug}/buy",
        "shop": shop,
        "pass_token": token or "",
        "key": typed.get("key") or secrets.token_urlsafe(16),
        "typed": typed,
        "wish": place or waitlist.place_of(g.campaign, person),
        "touch": touch.first_touch(),
    }


def _played_in() -> int | None:
    return g.campaign.id if g.campaign.rehearsal else None
