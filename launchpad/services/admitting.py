"""Deciding about doubted places: the team lets them in or keeps them out, either way round; nobody looking lets them in."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from launchpad.database import db
from launchpad.models import Campaign, Doubt, Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, doubts, lines, referring, waitlist

MOST = 500  # in one transaction


def admit(campaign: Campaign, ids: Sequence[int], actor: Person | None) -> int:
    """Let these doubted places in, also such as were refused; how many it changed. Who used their link counts now."""
    return _decide(campaign, ids, "admitted", actor, "")


def refuse(campaign: Campaign, ids: Sequence[int], actor: Person | None, reason: str) -> int:
    """Keep these places out, also such as were let in; how many it changed. Raises Refusal without a reason."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. The person reads it.", "reason")
    return _decide(campaign, ids, "refused", actor, reason.strip())


def admit_due(campaign: Campaign) -> int:
    """Let in whose time to be looked at is over. Safe to run twice."""
    waiting = select(Doubt).where(Doubt.campaign_id == campaign.id, Doubt.state == "open", Doubt.used_at.is_not(None))
    rows = db.session.scalars(waiting.order_by(Doubt.due, Doubt.id)).unique().all()
    now = campaign.moment
    due = [doubt.id for doubt in rows if doubts.until(campaign, doubt) <= now][:MOST]
    return _set(campaign, due, "admitted", None, "") if due else 0


def campaigns_with_doubts() -> list[int]:
    """The ids of campaigns in which somebody waits to be looked at."""
    query = select(Doubt.campaign_id).where(Doubt.state == "open", Doubt.used_at.is_not(None))
    return list(db.session.scalars(query.distinct()))


def counts(campaign: Campaign) -> dict[str, int]:
    """How many doubts there are in each state."""
    query = select(Doubt.state, func.count()).where(Doubt.campaign_id == campaign.id).group_by(Doubt.state)
    return dict(iter(db.session.execute(query)))


def listed(campaign: Campaign, state: str, reason: str, after: int | None, most: int) -> Sequence[Doubt]:
    """Doubts of a state, newest first, of one reason or any, before the doubt `after`."""
    query = select(Doubt).where(Doubt.campaign_id == campaign.id, Doubt.state == state)
    if reason:
        query = query.where(Doubt.reasons.contains(reason, autoescape=True))
    if after is not None:
        query = query.where(Doubt.id < after)
    return db.session.scalars(query.order_by(Doubt.id.desc()).limit(most)).unique().all()


def all_of(campaign: Campaign, state: str, reason: str) -> list[int]:
    """The ids of all doubts of a state and reason, at most MOST of them."""
    return [doubt.id for doubt in listed(campaign, state, reason, None, MOST)]


def _decide(campaign: Campaign, ids: Sequence[int], state: str, actor: Person | None, reason: str) -> int:
    changed = _set(campaign, ids, state, actor, reason)
    if changed:
        audit.record(actor, f"place.{state}", campaign, after={"places": changed}, reason=reason)
    return changed


def _set(campaign: Campaign, ids: Sequence[int], state: str, actor: Person | None, reason: str) -> int:
    by = actor.id if actor else None
    changed = db.session.scalars(
        update(Doubt)
        .where(Doubt.campaign_id == campaign.id, Doubt.id.in_(list(ids)[:MOST]), Doubt.state != state)
        .values(state=state, decided_at=campaign.moment, decided_by=by, reason=reason[:250])
        .returning(Doubt.id)
        .execution_options(synchronize_session=False)
    ).all()
    rows = select(Doubt).where(Doubt.id.in_(changed)).execution_options(populate_existing=True).order_by(Doubt.id)
    for doubt in db.session.scalars(rows).unique().all():
        place = db.session.get(Place, doubt.place_id, populate_existing=True)
        if place.left_at is not None:
            continue
        if state == "refused" and place.confirmed_at is not None:
            doubt.used_at = doubt.used_at or place.confirmed_at
            place.confirmed_at = None
            db.session.flush()
            lines.left(campaign, [place.id], "refused")
            referring.left(campaign, [place.person_id])
        elif state == "admitted" and doubt.used_at is not None:
            waitlist.confirm(place)
    return len(changed)
