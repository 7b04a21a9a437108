"""What comes back after everything was sold: it may be offered to the waitlist first, in line, before anyone buys it."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists

from launchpad.models import Campaign, Order, Pass, Person, Place
from launchpad.rules import head_start, timetable
from launchpad.rules import passes as rules
from launchpad.rules.head_start import is_public
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, gate, passes

HOURS = 24  # a pass lasts so long at most, and the list is served so long, unless the team says otherwise
MOST_HOURS = 24 * 14
MOST = 500  # passes in one round; the next follows at once


def takes(campaign: Campaign) -> bool:
    """True while people may ask to be told: the doors have opened, and everything is sold or offered to the line first."""
    if campaign.phase not in (Phase.LAUNCH, Phase.RECAP):
        return False
    if is_offered(campaign):
        return True
    variants = gate.variants_of(campaign)
    return bool(variants) and not any(variant.left > 0 for variant in variants)


def is_offered(campaign: Campaign) -> bool:
    """True while what comes back goes to the line first."""
    return head_start.offered_to_the_line(campaign.now, campaign.list_first_until)


def next_in_line(campaign: Campaign) -> Select:
    """Places that count, have bought nothing here and were not offered anything in this turn: in line, as (id, person id)."""
    bought = exists().where(
        Order.campaign_id == campaign.id, Order.person_id == Place.person_id, Order.confirmed_at.is_not(None)
    )
    paying = exists().where(Order.campaign_id == campaign.id, Order.person_id == Place.person_id, Order.state == "held")
    asked = exists().where(Pass.place_id == Place.id, Pass.tier == rules.LIST, Pass.wave == turn(campaign))
    return passes.line(campaign).where(~bought, ~paying, ~asked)


def offer_next(campaign: Campaign) -> list[int]:
    """Give passes to the next in line for as many units as are left; the caller holds the campaign's lock."""
    until = min(campaign.list_first_until, rules.until(campaign.now, HOURS))
    return passes.give(
        campaign, rules.LIST, next_in_line(campaign), MOST, campaign.now, "pass_restock", until=until,
        number=turn(campaign),
    )  # fmt: skip


def turn(campaign: Campaign) -> int:
    """Which serving of the list this is: the moment at which it ends names it."""
    return int(campaign.list_first_until.timestamp()) if campaign.list_first_until else 0


def serve(campaign: Campaign, actor: Person | None, hours: int, reason: str) -> None:
    """Offer what is left, and what comes back, to the line first, for so many hours of campaign time.

    The caller holds the campaign's lock. Raises Refusal: reason, hours, launch.
    """
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    if not 1 <= hours <= MOST_HOURS:
        raise Refusal("hours", f"Choose from 1 to {MOST_HOURS} hours.", "hours")
    now = campaign.now
    if not is_public(now, timetable.opening(campaign.milestones, "launch")):
        raise Refusal("launch", "Before the launch the head start serves the line. This is for what comes back after it.")
    over = timetable.sale_ends(campaign.milestones, now)
    if over is not None and now >= over:
        raise Refusal("ended", "The sale has ended.")
    _set(campaign, actor, "list.serve", now + timedelta(hours=hours), reason)


def stop(campaign: Campaign, actor: Person | None, reason: str) -> None:
    """Sell to everyone again from now on. Passes of the list end with it. The caller holds the campaign's lock."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    _set(campaign, actor, "list.stop", campaign.now, reason)


def _set(campaign: Campaign, actor: Person | None, act: str, until: datetime, reason: str) -> None:
    before = {"until": campaign.list_first_until.isoformat() if campaign.list_first_until else None}
    campaign.list_first_until = until
    campaign.version += 1
    audit.record(actor, act, campaign, "", before, {"until": until.isoformat()}, reason.strip())
    events.announce(campaign, "state")
