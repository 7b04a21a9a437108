"""Sold out: tell me when one comes back. The list is the waitlist itself, joined behind those who are there."""

from flask import Blueprint, g

from launchpad.rules.refusals import Refusal
from launchpad.services import gate, restocks, waitlist
from launchpad.web import join_form, limits
from launchpad.web.answers import done, page, refused
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.pace import briefly
from launchpad.web.permit import me, permit
from launchpad.web.waitlist import on_to

blueprint = of_campaign(Blueprint("restock", __name__, url_prefix="/<slug>/restock"))


@blueprint.get("", endpoint="page")
@permit("restock.join")
def form():
    """The form, or that I am on the list already, or that there is something to buy."""
    return page("restock/restock.html", **_values())


@blueprint.post("", endpoint="join")
@limiter.limit("1200/minute")  # a phone network's many people share few addresses
@limiter.limit("6000/minute", key_func=limits.network, exempt_when=lambda: limits.network() is None)
@permit("restock.join")
@briefly
def join():
    """Hold a place at the end of the line. The answer is the same for known and unknown addresses."""
    sent = join_form.JoinForm()
    try:
        joined, key = join_form.join(sent, me().id if me() else None)
    except Refusal as refusal:
        return refused(refusal, "restock/restock.html", **_values(sent.data))
    return done(on_to(joined, key))


@blueprint.app_template_global("restock_open")
def takes() -> bool:
    """True while everything is sold and one may ask to be told."""
    return restocks.takes(g.campaign)


def _values(typed: dict | None = None) -> dict:
    return {
        **join_form.values(typed), "place": waitlist.place_of(g.campaign, me()), "takes": takes(),
        "choices": [(variant.sku, variant.name) for variant in gate.variants_of(g.campaign)],
    }  # fmt: skip
