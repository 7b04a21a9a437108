"""Strangers in a rush who buy before the application is asked: those who come at the same moment share one transaction."""

import re

from flask import Flask
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from jobs import payments as jobs
from launchpad.database import writing
from launchpad.outside import payments
from launchpad.rules import access
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, campaigns, guests, people, standing
from launchpad.services.guests import Held, Instead, Wish
from launchpad.services.leftovers import Wanted
from launchpad.together import Together
from launchpad.turns import Turn
from launchpad.web import bare_form, limits, rush, security, touch

ROUTE, ENDPOINT = "/<slug>/buy", "buy.buy"  # as which their forms are counted
_PATH = re.compile(r"/([a-z0-9-]{1,80})/buy")
_QUANTITY = re.compile(r"[1-9][0-9]{0,2}")
_FIELDS = {"sku": 64, "key": buying.LONGEST_KEY, "email": 254, "name": 120, "ref": 40, "source": 100}  # as in web.buy


def wish_of(app: Flask, environ: dict) -> tuple[Wanted, Wish] | None:
    """What a stranger's checkout form asks for, if it is a whole one of ours; None else, and for everybody who is somebody.

    Once as far as a look at what is left needs it, and once in full.

    The request can be read again afterwards as it came.
    """
    found = bare_form.sent(app, environ, _PATH)
    if found is None:
        return None
    slug, fields = found
    typed = bare_form.typed_in(fields, _FIELDS)
    if typed is None or not typed["sku"] or not typed["key"]:
        return None
    if not _QUANTITY.fullmatch(fields.get("quantity", "")):
        return None
    try:
        email = people.key_of(typed["email"])
    except Refusal:
        return None
    wish = Wish(
        email, typed["name"], typed["sku"], int(fields["quantity"]), typed["key"],
        fields.get("announce", "") not in bare_form.NOT_TICKED, touch.of_form(fields),
    )  # fmt: skip
    return Wanted(slug, wish.sku, wish.owner, wish.key), wish


def counts(client: str) -> bool:
    """Count a form of that client, as the application would; False when it is one too many, which the application says."""
    return all(limits.within(limit, client, ENDPOINT) for limit in rush.LIMITS)


def hold(app: Flask, slug: str, wish: Wish) -> Held | Instead:
    """Hold what one form asks for."""
    with app.app_context():
        return _hold((slug, wish))


def sent_on(app: Flask, held: Held, turn: Turn) -> Response:
    """The way on to the order's page, or to where it is paid; asking there holds nobody else up."""
    there = held.path
    turn.end()
    if not payments.practised(held.provider):
        with app.app_context():
            there = jobs.begin(held.id) or there
    response = redirect(there, 303)
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.add("Cookie")
    security.harden(app, response)
    return response


def _hold_all(asked: list[tuple[str, Wish]]) -> list[Held | Instead]:
    """One transaction for everybody who buys at this moment, campaign by campaign."""
    answers: dict[int, Held | Instead] = {}
    with writing():
        for slug in dict.fromkeys(slug for slug, _ in asked):
            mine = [at for at, (wanted, _) in enumerate(asked) if wanted == slug]
            answers |= zip(mine, _of_one(slug, [asked[at][1] for at in mine]), strict=True)
    return [answers[at] for at in range(len(asked))]


def _of_one(slug: str, wishes: list[Wish]) -> list[Held | Instead]:
    campaign = campaigns.by_slug(slug)
    if campaign is None or not access.may("buy", standing.roles(None, campaign), campaign.phase, False):
        return [Instead.ALONE for _ in wishes]
    return guests.hold_all(campaign, wishes)


_hold = Together(_hold_all)
