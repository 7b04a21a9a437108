"""What a letter says: its templates, filled in from the rows of the moment in which it is sent.

Links are built from BASE_URL alone, and carry tokens that are derived, never stored.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import (
    Campaign,
    Claim,
    Joining,
    Letter,
    LiveEvent,
    Milestone,
    Order,
    Pass,
    Place,
    Reminder,
    Reward,
    SignIn,
    TestLetter,
)  # fmt: skip
from launchpad.rules import passes, timetable
from launchpad.rules.live_events import LATE, event_of
from launchpad.rules.openings import turn
from launchpad.rules.phases import Phase
from launchpad.services import (
    claims,
    doubts,
    gate,
    live_events,
    membership,
    pass_rows,
    sharing,
    sign_in,
    team,
    test_letters,
    tokens,
    unsubscribing,
    waitlist,
)  # fmt: skip
from launchpad.services.letters import KINDS
from launchpad.services.order_links import path_of

ASK_WHOM = ("support", "terms", "privacy", "imprint")


class Pointless(Exception):
    """What the letter was about is gone: a place that was left, an order that was cancelled. It is not sent."""


@dataclass(frozen=True)
class Text:
    """A letter ready to be sent."""

    subject: str
    text: str
    html: str
    sender: str  # whose letter it is: the brand
    unsubscribe: str  # the one-click address of a marketing letter, else empty


def compose(letter: Letter) -> Text:
    """Write out a letter. Raises Pointless when there is nothing left to say."""
    campaign = db.session.get(Campaign, letter.campaign_id) if letter.campaign_id else None
    unsubscribe = address(f"/unsubscribe/{unsubscribing.token_of(letter.person)}") if letter.marketing else ""
    values = {
        "campaign": campaign,
        "person": letter.person,
        "brand": (campaign.brand or campaign.name) if campaign else _brand(),
        "hue": campaign.hue if campaign else None,
        "campaign_url": address(f"/{campaign.slug}/") if campaign else address("/"),
        "unsubscribe_url": unsubscribe or None,
        "ask_whom": [(name, _ask_whom(campaign, name)) for name in ASK_WHOM],
        **FACTS[letter.kind](letter, campaign),
    }
    plain = _render(f"letters/{letter.kind}.txt", values)
    head, _, body = plain.lstrip().partition("\n")
    subject = head.removeprefix("Subject:").strip()
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    return Text(subject[:250], text, _render(f"letters/{letter.kind}.html", values), values["brand"], unsubscribe)


def message_id(letter: Letter, host: str) -> str:
    """The letter's own Message-ID, the same however often it is sent, so that mail programs can show it once."""
    return f"{tokens.make('letter', letter.id)}@{host.partition(':')[0]}"


def address(path: str) -> str:
    """A whole address of ours: BASE_URL is the only source of host names in links."""
    return current_app.extensions["settings"].base_url + path


def _render(name: str, values: dict[str, Any]) -> str:
    # the environment itself, not render_template: there is no request, and no page's values belong into a letter
    return current_app.jinja_env.get_template(name).render(**values)


def _ask_whom(campaign: Campaign | None, name: str) -> str:
    """The campaign's own page of support, terms, privacy or imprint, or else the site's."""
    return ((campaign.links or {}).get(name) if campaign else None) or address(f"/about/{name}")


def _brand() -> str:
    """Who writes when no campaign does: the brand of the newest one."""
    newest = db.session.scalar(select(Campaign.brand).where(Campaign.brand != "").order_by(Campaign.id.desc()).limit(1))
    return newest or "Launchpad"


def _row(kind: type, letter: Letter) -> Any:
    """The row that a trigger names: `order:90` is order 90. Raises Pointless when it is gone."""
    number = letter.trigger.split(":")[1]
    found = db.session.get(kind, int(number)) if number.isdigit() else None
    if found is None:
        raise Pointless(f"there is no {letter.trigger.split(':')[0]} any more")
    return found


def _place(letter: Letter) -> Place:
    query = select(Place).where(Place.campaign_id == letter.campaign_id, Place.person_id == letter.person_id)
    place = db.session.scalar(query.where(Place.left_at.is_(None)))
    if place is None:
        raise Pointless("the place was left")
    return place


def _sign_in(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = _row(SignIn, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    return {"url": address(f"/sign-in/{sign_in.token_of(row)}"), "code": sign_in.code_of(row)}


def _staff_invite(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = _row(SignIn, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    keys = team.of(letter.person)
    if not keys:
        raise Pointless("the key was taken back")
    campaigns = {key.campaign_id: db.session.get(Campaign, key.campaign_id) for key in keys if key.campaign_id}
    return {
        "url": address(sign_in.path_of(row)),
        "keys": [(key.role, campaigns.get(key.campaign_id), key.until) for key in keys],
    }


def _membership(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = _row(Joining, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    return {"url": address(f"/membership/confirm/{membership.token_of(row)}")}


def _confirm(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = _place(letter)
    if place.confirmed_at is not None:
        raise Pointless("the place is confirmed")
    return {"url": address(f"/{campaign.slug}/waitlist/confirm/{tokens.make('confirm', place.id)}")}


def _my_place(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = _place(letter)
    opens = timetable.tier_opening(campaign.milestones, letter.person.tier)
    return {
        "url": address(f"/{campaign.slug}/place"),
        "number": waitlist.position(place),
        "opens": opens,
        "late": opens is not None and place.submitted_at >= opens,
        "doors": timetable.opening(campaign.milestones, "launch"),
    }


def _being_checked(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = _place(letter)
    doubt = doubts.of(place)
    if doubt is None or not doubts.holds(campaign, place):
        raise Pointless("the place counts already")
    return {"url": address(f"/{campaign.slug}/waitlist/checked"), "by": doubts.until(campaign, doubt)}


def _claim(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = _row(Claim, letter)
    if claims.usable(token := claims.token_of(row)) is None:
        raise Pointless("the claim is settled or over")
    order = db.session.get(Order, row.order_id)
    return {"claim": row, "order": order, "url": address(f"/me/another-address/{token}")}


def _order(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    order = _row(Order, letter)
    if order.state != "confirmed":
        raise Pointless(f"the order is {order.state}")
    token = tokens.make("order", order.id)
    return {"order": order, "url": address(f"/{campaign.slug}/orders/{order.number}?token={token}")}


def _refund(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """Of a part (`refund:<order>:<minor units so far>`) or of the whole (`refund:<order>`)."""
    order = _row(Order, letter)
    part = letter.trigger.split(":")[2:]
    whole = not part and order.state == "refunded"
    amount = order.total if whole else int(part[0]) if part and part[0].isdigit() else order.refunded
    return {"order": order, "whole": whole, "amount": amount, "url": address(path_of(order))}


def _head_start(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = _place(letter)
    doors = timetable.opening(campaign.milestones, "launch")
    mine = gate.pass_of(campaign, place)
    until = passes.shown_end(mine.until, doors) if mine else None
    return {**_pass_links(campaign, place), "doors": doors, "mine": mine, "until": until}


def _pass(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """The pass that the trigger names: `pass:7`, or `pass:7:2` when it is sent again."""
    mine = _row(Pass, letter)
    if mine.ended_at is not None or pass_rows.state(mine) == "used":
        raise Pointless("the pass has ended")
    doors = timetable.opening(campaign.milestones, "launch")
    until = passes.shown_end(mine.until, doors, mine.tier)
    return {**_pass_links(campaign, mine.place), "doors": doors, "mine": mine, "until": until}


def _pass_links(campaign: Campaign, place: Place) -> dict[str, str]:
    url = address(f"/{campaign.slug}/pass/{tokens.make('pass', place.id)}")
    return {"url": url, "decline_url": f"{url}/decline"}


def _milestone(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    milestone = _row(Milestone, letter)
    doors = timetable.opening(campaign.milestones, "launch")
    path = {"recap": "recap", "doors_open": "buy"}.get(letter.kind, "")
    ends = timetable.last_opening(campaign.milestones, Phase.RECAP)
    again = {"again": turn(milestone) > 1, "ends": ends}
    return {"milestone": milestone, "doors": doors, "url": address(f"/{campaign.slug}/{path}"), **again}


def _reminder_confirm(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    reminder = _row(Reminder, letter)
    if reminder.confirmed_at is not None or reminder.stopped_at is not None:
        raise Pointless("it was confirmed, or is not wanted any more")
    event = db.session.get(LiveEvent, reminder.event_id)
    if event.cancelled_at is not None:
        raise Pointless("the event was cancelled")
    url = address(f"/{campaign.slug}/events/confirm/{tokens.make('reminder', reminder.id)}")
    return {"event": event, "show": live_events.show(campaign, event, campaign.now), "url": url}


def _reminder(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    """A rehearsal's letter is judged by the moment it was written: seconds of sending are hours of its time."""
    event = db.session.get(LiveEvent, event_of(_row(Milestone, letter).name))
    if event is None or event.cancelled_at is not None:
        raise Pointless("the event was cancelled")
    reminder = db.session.scalar(select(Reminder).filter_by(event_id=event.id, person_id=letter.person_id))
    if reminder is None or reminder.stopped_at is not None:
        raise Pointless("the reminder is not wanted any more")
    moment = letter.at if campaign.rehearsal else campaign.now
    show = live_events.show(campaign, event, moment)
    if show.over or moment > show.begins + LATE:
        raise Pointless("it had begun already")
    if show.remindable:
        raise Pointless("it was moved; another letter comes before it begins then")
    stop = address(f"/{campaign.slug}/events/stop/{tokens.make('reminder_stop', reminder.id)}")
    return {"event": event, "show": show, "url": address(f"/{campaign.slug}/events/{event.id}"), "stop_url": stop}


def _event_cancelled(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    return {"event": _row(LiveEvent, letter), "url": address(f"/{campaign.slug}/events")}


def _reward(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = _row(Reward, letter)
    if row.lost_at is not None:
        raise Pointless("the friends who earned it do not count")
    return {"reward": row, "url": address(f"/{campaign.slug}/invite"), "terms": sharing.terms(campaign)}


def _test(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = _row(TestLetter, letter)
    if row.arrived_at is not None:
        raise Pointless("it is known to have arrived")
    return {"url": address(f"/{campaign.slug}/letter-arrived/{test_letters.token_of(row)}")}


FACTS = {
    "sign_in": _sign_in,
    "membership": _membership,
    "staff_invite": _staff_invite,
    "confirm": _confirm,
    "place": _my_place,
    "being_checked": _being_checked,
    "order": _order,
    "claim": _claim,
    "reward": _reward,
    "refund": _refund,
    "head_start": _head_start,
    "pass_ready": _pass,
    "pass_second_chance": _pass,
    "pass_restock": _pass,
    "preview": _milestone,
    "waitlist": _milestone,
    "doors_open": _milestone,
    "recap": _milestone,
    "test": _test,
    "reminder_confirm": _reminder_confirm,
    "reminder": _reminder,
    "event_cancelled": _event_cancelled,
}
assert FACTS.keys() == KINDS.keys()
