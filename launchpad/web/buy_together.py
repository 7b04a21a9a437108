"""Strangers in a rush who buy before the application is asked: those who come at the same moment share one transaction."""

from flask import Flask
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from jobs import payments as jobs
from launchpad.database import writing
from launchpad.outside import payments
from launchpad.rules import access
from launchpad.services import campaigns, guests, standing
from launchpad.services.guests import Held, Instead
from launchpad.together import Together
from launchpad.turns import Turn
from launchpad.web import limits, rush, security

ENDPOINT = "buy.buy"  # as which their forms are counted


def counts(client: str) -> bool:
    """Count a form of that client, as the application would; False when it is one too many, which the application says."""
    return all(limits.within(limit, client, ENDPOINT) for limit in rush.LIMITS)


def hold(app: Flask, slug: str, wish: guests.Wish) -> Held | Instead:
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


def _hold_all(asked: list[tuple[str, guests.Wish]]) -> list[Held | Instead]:
    """One transaction for everybody who buys at this moment, campaign by campaign."""
    answers: dict[int, Held | Instead] = {}
    with writing():
        for slug in dict.fromkeys(slug for slug, _ in asked):
            mine = [at for at, (wanted, _) in enumerate(asked) if wanted == slug]
            answers |= zip(mine, _of_one(slug, [asked[at][1] for at in mine]), strict=True)
    return [answers[at] for at in range(len(asked))]


def _of_one(slug: str, wishes: list[guests.Wish]) -> list[Held | Instead]:
    campaign = campaigns.by_slug(slug)
    if campaign is None or not access.may("buy", standing.roles(None, campaign), campaign.phase, False):
        return [Instead.ALONE for _ in wishes]
    return guests.hold_all(campaign, wishes)


_hold = Together(_hold_all)
