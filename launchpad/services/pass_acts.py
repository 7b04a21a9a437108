"""What a person and the team do with one pass: give it on, take it back, have its letter sent again.

Each ends or changes the row under its own lock; what then follows for the line is `passing`'s, right after the commit.
"""

from datetime import datetime

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Pass, Person, Place
from launchpad.rules import passes as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, gate, letters, pass_rows, passes, passing
from launchpad.services.wakes import wake


def decline(campaign: Campaign, place: Place) -> None:
    """Give one's pass on to the next in line; the place stays. Twice changes nothing. Raises Refusal: gone, in_use, used."""
    mine = pass_rows.locked(place)
    if mine is not None and mine.ended_why == "declined":
        return
    _refuse_over(campaign, mine, "Your pass has ended already.")
    _end(campaign, mine, "declined")


def revoke(campaign: Campaign, actor: Person | None, id: int, reason: str) -> None:
    """Take a pass back; it goes to the next in line. Raises Refusal: reason, gone, used, in_use."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    mine = pass_rows.locked(_place(campaign, id))
    if mine is None or mine.id != id:
        raise Refusal("gone", "This place has another pass by now. Look again.", status=404)
    _refuse_over(campaign, mine, "This pass has ended already.")
    _end(campaign, mine, "revoked")
    audit.record(actor, "pass.revoke", campaign, f"pass:{id}", {"until": mine.until.isoformat()}, None, reason.strip())


def send_again(campaign: Campaign, place: Place) -> None:
    """Write the letter with one's pass once more. Raises Refusal: gone, used, soon (less than ten minutes ago)."""
    mine = pass_rows.locked(place)
    _refuse_over(campaign, mine, "You have no pass now.", even_in_use=True)
    now = clock.now()
    if mine.sent_at is not None and now < mine.sent_at + rules.AGAIN:
        raise Refusal("soon", "We sent it a moment ago. Look in your inbox, or ask again in ten minutes.", status=429)
    _send(campaign, mine, now)


def resend(campaign: Campaign, actor: Person | None, id: int, reason: str) -> None:
    """The team has a pass's letter sent again. Raises Refusal: reason, gone, used."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    mine = pass_rows.locked(_place(campaign, id))
    if mine is None or mine.id != id:
        raise Refusal("gone", "This place has another pass by now. Look again.", status=404)
    _refuse_over(campaign, mine, "This pass has ended, so there is nothing to send.", even_in_use=True)
    _send(campaign, mine, clock.now())
    audit.record(actor, "pass.resend", campaign, f"pass:{id}", None, {"times": mine.again}, reason.strip())


def release(campaign: Campaign, actor: Person | None, tier: str, wave: int, reason: str) -> int:
    """Give a tier's next wave now; how many passes. The caller holds the campaign's lock.

    `wave`: the number of the last one when the team looked. Raises Refusal: reason, changed, none.
    """
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    if passes.wave(campaign, tier) != wave:
        raise Refusal("changed", "A wave went out since you opened this page. Look again.")
    given = passing.release(campaign, tier)
    if not given:
        raise Refusal("none", "No pass can be given now: the line is empty, or every unit is taken or promised.")
    campaign.version += 1
    audit.record(actor, "pass.release", campaign, f"tier:{tier}", None, {"passes": len(given), "wave": wave + 1}, reason.strip())
    events.announce(campaign, "state")
    return len(given)


def _place(campaign: Campaign, id: int) -> Place | None:
    return db.session.scalar(
        select(Place).join(Pass, Pass.place_id == Place.id).where(Pass.id == id, Pass.campaign_id == campaign.id)
    )


def _refuse_over(campaign: Campaign, mine: Pass | None, words: str, even_in_use: bool = False) -> None:
    if mine is None or not mine.live(campaign.now) or not gate.needs_pass(campaign, campaign.now):
        raise Refusal("gone", words)
    state = pass_rows.state(mine)
    if state == "used":
        raise Refusal("used", "This pass is spent: its order is confirmed.")
    if state == "in_use" and not even_in_use:
        raise Refusal("in_use", "A checkout holds this pass. It ends within minutes if it is not paid; then try again.")


def _end(campaign: Campaign, mine: Pass, why: str) -> None:
    now = campaign.now
    mine.ended_at, mine.ended_why = now, why
    mine.place.pass_until = min(mine.place.pass_until or now, now)
    db.session.flush()
    wake("passes", campaign.id)


def _send(campaign: Campaign, mine: Pass, now: datetime) -> None:
    mine.sent_at, mine.again = now, mine.again + 1
    kind = "pass_restock" if mine.tier == rules.LIST else "pass_ready"
    letters.write(kind, mine.person, f"pass:{mine.id}:{mine.again}", campaign)
    db.session.flush()
