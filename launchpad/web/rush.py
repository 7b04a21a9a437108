"""A rush at the checkout: few at a time go in. Strangers for whom nothing is left are answered before (web.sold_out)."""

from dataclasses import dataclass

from flask import Blueprint, g, request

from launchpad.rules.refusals import Refusal
from launchpad.services import previewing, state
from launchpad.turns import Turn, Turns
from launchpad.web.forms import clean

MOST = 24  # requests at work in a process, for one variant; what they ask the database they ask together
BUYER = 6  # as many of them weighs one who goes in: the database has one writer, or one row to lock, all the same
LIMITS = "30/minute", "200/hour"  # forms of one client, or of one person who is signed in
LONGEST = 55.0  # seconds that somebody waits for their turn; then they go in, whoever else is there
ARRIVAL = "launchpad.rush"  # where a request carries what was found out at the door

_turns = Turns(MOST, LONGEST)


@dataclass
class Arrival:
    """A buyer as the door let them on."""

    turn: Turn
    same_for_all: bool = False  # the answer says the same to every stranger, for a while


def turn_for(slug: str, sku: str) -> Turn:
    """Wait for a turn at that variant's checkout."""
    return _turns.take((slug, sku))


def stands_before(blueprint: Blueprint, *endpoints: str) -> None:
    """Let the POSTs of these endpoints wait for their turn first. To be called before `load.of_campaign`."""

    @blueprint.url_value_preprocessor
    def arrive(endpoint, values):
        if endpoint not in endpoints or request.method != "POST" or not values:
            return
        arrival = request.environ.get(ARRIVAL)
        if arrival is not None:
            g.turn = arrival.turn
        elif (sku := clean(request.form.get("sku", ""))) and len(sku) <= 64 and len(values["slug"]) <= 80:
            g.turn = turn_for(values["slug"], sku)
            g.turn.weigh(BUYER)

    @blueprint.teardown_request
    def left(_fault) -> None:
        decided()


def decided() -> None:
    """The order is made or refused: the next one may go in. What follows it, such as a payment page, holds nobody up."""
    turn: Turn | None = g.pop("turn", None)
    if turn is not None:
        turn.end()


def may_tell_others(refusal: Refusal, same_for_all: bool) -> None:
    """Let others be told what this stranger is told. `same_for_all`: nothing of theirs is in it."""
    arrival = request.environ.get(ARRIVAL)
    gone = refusal.reason == "sold_out" and not refusal.field  # not: fewer are left than were asked for
    if arrival is None or not (gone and same_for_all) or g.campaign.rehearsal or previewing.shown():
        return
    arrival.same_for_all = state.lifetime(g.campaign, g.now, 3) >= 3
