"""An order's own page: for its person's session, or by the token in its letter; where the practice provider is paid."""

import math
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from jobs import payments as jobs
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Order, Payment
from launchpad.outside import payments
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, gate, holds, order_links, tokens
from launchpad.services import payments as known
from launchpad.web import limits
from launchpad.web.answers import done, page, private, refused
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.permit import me, permit

AWAITED = "5"  # seconds after which a page that waits for the provider's word looks again, by itself

blueprint = of_campaign(Blueprint("orders", __name__, url_prefix="/<slug>/orders"))


@blueprint.get("/<number>", endpoint="page")
@permit("order.see")
def order(number: str):
    """What was ordered, what it costs, and what happens next."""
    values = _values(_mine(number))
    response = page("orders/order.html", **values)
    if values["awaited"]:
        response.headers["Refresh"] = AWAITED
    elif values["state"] == "held":  # once its time is over it says something else
        response.headers["Refresh"] = str(math.ceil(values["left"].total_seconds()) + 1)
    return shown(response)


@blueprint.post("/<number>/pay", endpoint="pay")
@limiter.limit("30/minute", key_func=limits.address)
@permit("order.see")
def pay(number: str):
    """Pay by the practice provider's button; with another, go to its page, as often as one likes."""
    order = _taken_here(number)
    if not payments.practised(order.provider):
        there = jobs.begin(order.id) if order.state == "held" else None
        if there is not None:
            return done(there)
        return done(_here(number))
    try:
        with writing():
            buying.pay(_mine(number))
    except Refusal as refusal:
        with writing():
            holds.sweep(g.campaign.id)
        return shown(refused(refusal, "orders/order.html", **_values(_mine(number))))
    return done(_here(number))


@blueprint.post("/<number>/cancel", endpoint="cancel")
@permit("order.see")
def cancel(number: str):
    """Give the units back before they are paid; what is open at a provider is ended there first."""
    order_id = _taken_here(number).id
    try:
        with writing():
            order = _mine(number)
            outside = known.open_outside(order)
            if not outside:
                buying.cancel(order)
            elif not known.give_up(order):
                raise Refusal("bank", "Your bank is at work on this payment, so it cannot be given back now.")
    except Refusal as refusal:
        return shown(refused(refusal, "orders/order.html", **_values(_mine(number))))
    if outside:
        jobs.end(order_id)
    return done(_here(number))


def address(order: Order, with_token: bool) -> str:
    """The path of an order's page; with its token for who is not signed in as its person."""
    return order_links.path_of(order, with_token)


def shown(response: Response) -> Response:
    """A checkout or an order: for one person, and its forms may lead on to where money is taken, if there is such a page."""
    settings = current_app.extensions["settings"]
    if settings.stripe_secret_key and g.campaign.rehearsal is None:
        api = urlsplit(settings.stripe_api_base)
        g.pays_at = " https:" + (f" {api.scheme}://{api.netloc}" if api.netloc else "")
    return private(response)


def _mine(number: str) -> Order:
    """The order, for its person or whoever has its token; else there is nothing here, whether or not it exists."""
    if not (number.isascii() and number.isprintable() and len(number) <= 60):
        abort(404)
    order = db.session.scalar(select(Order).where(Order.number == number, Order.campaign_id == g.campaign.id))
    if order is None:
        abort(404)
    if (me() is None or me().id != order.person_id) and tokens.read("order", _token()) != order.id:
        abort(404)
    return order


def _taken_here(number: str) -> Order:
    """The order, where it was taken by us; what a store took is paid and ended there."""
    order = _mine(number)
    if order.provider not in ("practice", "stripe"):
        abort(404)
    return order


def _token() -> str:
    return request.values.get("token", "")


def _here(number: str) -> str:
    return f"/{g.slug}/orders/{number}" + (f"?token={_token()}" if _token() else "")


def _values(order: Order) -> dict:
    payment = known.of(order)
    state = _state(order, payment)
    return {
        "order": order,
        "token": _token(),
        "left": order.hold.until - clock.now(),
        "offer": {"limit": g.campaign.per_person, "per_order": g.campaign.most_an_order, "hold": gate.hold_length(g.campaign)},
        "state": state,
        "by_button": payments.practised(order.provider),
        "payment": payment,
        "awaited": state == "ending" or (state == "held" and request.args.get("from") == "payment"),
        "real": clock.now(),
    }


def _state(order: Order, payment: Payment | None) -> str:
    """The order's state as its buyer reads it: of one on hold also `bank`, `ending`, and `ended` by the clock alone."""
    if order.state != "held":
        return order.state
    if known.settled(payment) == "waiting":
        return "bank"
    if payment is not None and payment.session is not None:
        return "ending" if payment.ending or order.hold.over(clock.now()) else "held"
    return "ended" if order.hold.over(clock.now()) else "held"
