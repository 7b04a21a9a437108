"""Stock and orders: what is left, what is on hold and until when, and the acts on both."""

from collections.abc import Callable

from flask import abort, g, request, url_for

from launchpad import clock
from launchpad.database import writing
from launchpad.models import Order, Variant
from launchpad.outside import payments
from launchpad.rules.attribution import SOURCES
from launchpad.rules.refusals import Refusal
from launchpad.services import refunds, registers, shelves
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import clean
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team import order_money, versions
from launchpad.web.team.frame import cursor, room, said

MOST = 50
WORDS = {
    "held": "on hold", "confirmed": "confirmed", "ended": "ran out", "cancelled": "cancelled", "refunded": "refunded",
    "parked": "parked",
}  # fmt: skip
TONES = {"confirmed": "good", "held": "warn", "parked": "bad"}


@room.get("/orders")
@permit("orders.see")
def orders():
    """Stock, live holds, and a page of orders: `state`, `source`, `q` and `before` in the address."""
    return page("team/orders.html", **_list())


def _list() -> dict:
    state, source = request.args.get("state", ""), request.args.get("source", "")
    state, source = state if state in registers.ORDERS else "", source if source in SOURCES else ""
    words = (clean(request.args.get("q", "")) or "")[: registers.LONGEST]
    rows = registers.orders(g.campaign, state, source, words, cursor(), MOST + 1)
    chosen = {"state": state or None, "source": source or None, "q": words or None}
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for("room.orders", before=rows[-1].id, **chosen)
    return {
        "here": "orders",
        "orders": rows,
        "shelves": shelves.shelves(g.campaign),
        "holds": shelves.live_holds(g.campaign),
        "tally": registers.orders_by_state(g.campaign),
        "real": clock.now(),
        "state": state,
        "source": source,
        "words": words,
        "state_words": WORDS,
        "tones": TONES,
        "states": [("", "Every state"), *((name, WORDS[name].capitalize()) for name in registers.ORDERS)],
        "sources": [("", "Every source"), *((name, name.capitalize()) for name in SOURCES)],
        "older": older,
        "newer": url_for("room.orders", **chosen) if cursor() is not None else None,
    }


@room.get("/orders/<int:id>")
@permit("orders.see")
def order(id: int):
    """One order, with what can be done to it."""
    return page("team/order.html", **_one(id))


def _one(id: int) -> dict:
    row = row_or_404(Order, id)
    return {
        "here": "orders", "order": row, "real": clock.now(), "state_words": WORDS, "tones": TONES, "paid": refunds.PAID,
        "money_back": payments.practised(row.provider), **order_money.values(row),
    }  # fmt: skip


@room.post("/orders/<int:id>/cancel")
@permit("orders.change")
def cancel_order(id: int):
    """End a checkout that is not paid; what is open at a provider is ended there, and it agrees first."""
    return _act(id, "cancel", lambda row, reason: order_money.cancel(row, reason))


@room.post("/orders/<int:id>/refund")
@permit("orders.change")
def refund_order(id: int):
    """Take back an order that is paid, or a part of its money."""
    return _act(id, "refund", lambda row, reason: order_money.refund(row, reason))


@room.post("/orders/<int:id>/confirm")
@permit("orders.change")
def confirm_order(id: int):
    """Let an order stand that was parked."""
    return _act(id, "confirm", lambda row, reason: order_money.confirm(row, reason))


@room.post("/orders/<int:id>/ask")
@permit("orders.change")
def ask_about_order(id: int):
    """Ask the payment provider now what became of an order."""
    return _act(id, "ask", lambda row, _reason: order_money.ask(row))


def _act(id: int, form: str, act: Callable[[Order, str], Callable | None]):
    """One act on an order: its rows first, then, after the commit, what it has to say to the provider."""
    row_or_404(Order, id)
    try:
        reason = said("reason")
        with writing():
            then = act(row_or_404(Order, id), reason)
        if then is not None:
            then()
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/order.html", **_one(id), failed=form, sent=request.form)
    return done(url_for("room.order", id=id))


@room.get("/stock/<int:id>")
@permit("stock.change")
def stock(id: int):
    """One variant's stock, as a form."""
    return page("team/stock.html", **_shelf(id))


def _shelf(id: int) -> dict:
    row_or_404(Variant, id)
    shelf = next(shelf for shelf in shelves.shelves(g.campaign) if shelf.variant.id == id)
    return {"here": "orders", "shelf": shelf, "version_fields": versions.fields}


@room.post("/stock/<int:id>")
@permit("stock.change")
def restock(id: int):
    """Change it. The variant's row is taken before the campaign's, as everywhere."""
    row_or_404(Variant, id)
    try:
        reason, number = said("reason"), _number("stock")
        variant = row_or_404(Variant, id)
        part = None if variant.head_start_caps else _number("head_start_stock")
        with writing():
            shelves.lock(id)
            versions.check()
            shelves.restock(g.campaign, me(), row_or_404(Variant, id), number, part, reason)
    except Refusal as refusal:
        if refusal.status == 404:
            abort(404)
        refresh()
        return refused(refusal, "team/stock.html", **_shelf(id), failed="stock", sent=request.form)
    return done(url_for("room.orders", _anchor="stock"))


def _number(name: str) -> int:
    text = said(name, 20).replace(",", "")
    if not (text.isascii() and text.isdigit() and int(text) <= shelves.MOST):
        raise Refusal(name, "Write a whole number.", name)
    return int(text)
