"""Letters about passes, orders and money: what is true of each when it is sent."""

from typing import Any

from launchpad.database import db
from launchpad.models import Campaign, Claim, Letter, Order, Pass, Place
from launchpad.rules import passes, timetable
from launchpad.services import claims, gate, pass_rows, tokens
from launchpad.services.letter_rows import Pointless, address, place_of, row_of
from launchpad.services.order_links import path_of


def order(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    order = row_of(Order, letter)
    if order.state != "confirmed":
        raise Pointless(f"the order is {order.state}")
    return {"order": order, "url": address(path_of(order))}


def claim(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = row_of(Claim, letter)
    if claims.usable(token := claims.token_of(row)) is None:
        raise Pointless("the claim is settled or over")
    order = db.session.get(Order, row.order_id)
    return {"claim": row, "order": order, "url": address(f"/me/another-address/{token}")}


def refund(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """Of a part (`refund:<order>:<minor units so far>`) or of the whole (`refund:<order>`)."""
    order = row_of(Order, letter)
    part = letter.trigger.split(":")[2:]
    whole = not part and order.state == "refunded"
    amount = order.total if whole else int(part[0]) if part and part[0].isdigit() else order.refunded
    return {"order": order, "whole": whole, "amount": amount, "url": address(path_of(order))}


def head_start(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = place_of(letter)
    doors = timetable.opening(campaign.milestones, "launch")
    mine = gate.pass_of(campaign, place)
    until = passes.shown_end(mine.until, doors) if mine else None
    return {**_pass_links(campaign, place), "doors": doors, "mine": mine, "until": until}


def one_pass(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """The pass that the trigger names: `pass:7`, or `pass:7:2` when it is sent again."""
    mine = row_of(Pass, letter)
    if mine.ended_at is not None or pass_rows.state(mine) == "used":
        raise Pointless("the pass has ended")
    doors = timetable.opening(campaign.milestones, "launch")
    until = passes.shown_end(mine.until, doors, mine.tier)
    return {**_pass_links(campaign, mine.place), "doors": doors, "mine": mine, "until": until}


def _pass_links(campaign: Campaign, place: Place) -> dict[str, str]:
    url = address(f"/{campaign.slug}/pass/{tokens.make('pass', place.id)}")
    return {"url": url, "decline_url": f"{url}/decline"}
