"""An order's own page: for its person's session, or by the token in its letter; where the practice provider is paid."""

from flask import Blueprint, abort, g, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Order
from launchpad.outside import payments
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, gate, holds, tokens
from launchpad.web import limits
from launchpad.web.answers import done, page, refused
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("orders", __name__, url_prefix="/<slug>/orders"))


@blueprint.get("/<number>", endpoint="page")
@permit("order.see")
def order(number: str):
    """What was ordered, what it costs, and what happens next."""
    return _shown(page("orders/order.html", **_values(_mine(number))))


@blueprint.post("/<number>/pay", endpoint="pay")
@limiter.limit("30/minute", key_func=limits.address)
@permit("order.see")
def pay(number: str):
    """Pay by the practice provider's button."""
    order = _mine(number)
    if not payments.named(order.provider).by_button:
        abort(404)
    try:
        with writing():
            buying.pay(_mine(number))
    except Refusal as refusal:
        with writing():
            holds.sweep(g.campaign.id)
        return _shown(refused(refusal, "orders/order.html", **_values(_mine(number))))
    return done(_here(number))


@blueprint.post("/<number>/cancel", endpoint="cancel")
@permit("order.see")
def cancel(number: str):
    """Give the units back before they are paid."""
    _mine(number)
    try:
        with writing():
            buying.cancel(_mine(number))
    except Refusal as refusal:
        return _shown(refused(refusal, "orders/order.html", **_values(_mine(number))))
    return done(_here(number))


def address(order: Order, with_token: bool) -> str:
    """The path of an order's page; with its token for who is not signed in as its person."""
    path = f"/{g.slug}/orders/{order.number}"
    return f"{path}?token={tokens.make('order', order.id)}" if with_token else path


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


def _token() -> str:
    return request.values.get("token", "")


def _here(number: str) -> str:
    return f"/{g.slug}/orders/{number}" + (f"?token={_token()}" if _token() else "")


def _values(order: Order) -> dict:
    over = order.state == "held" and order.hold.over(clock.now())
    return {
        "order": order,
        "token": _token(),
        "left": order.hold.until - clock.now(),
        "offer": {"limit": g.campaign.per_person, "hold": gate.hold_length(g.campaign)},
        "state": "ended" if over else order.state,
        "by_button": payments.named(order.provider).by_button,
    }


def _shown(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address may hold the token
    return response
