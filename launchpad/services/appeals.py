"""Appeals: what somebody says to their own sanction, once, and what somebody else of the team decides."""

from sqlalchemy import or_, select, update

from launchpad.database import db
from launchpad.models import Campaign, Person, Sanction, Staff
from launchpad.rules import access
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, sanctions, standing

LONGEST = 2000  # characters


def send(campaign: Campaign, person: Person, row: Sanction, text: str) -> None:
    """What somebody says to their own sanction, once; the same words again change nothing. Raises Refusal."""
    text = text.strip()
    if row.person_id != person.id:
        raise Refusal("not_yours", "Only whom it is about can appeal.", status=404)
    if not text:
        raise Refusal("appeal", "Say why it should end.", "appeal")
    if len(text) > LONGEST:
        raise Refusal("appeal", f"{LONGEST:,} characters is the most. Yours has {len(text):,}.", "appeal")
    if row.appeal == text:
        return
    sent = db.session.execute(
        update(Sanction)
        .where(Sanction.id == row.id, Sanction.appealed_at.is_(None), sanctions.runs(campaign))
        .values(appeal=text, appealed_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(row)
    if sent.rowcount != 1:
        raise Refusal("once", "You have appealed already, or it is over. There is one appeal.")


def waiting(campaign: Campaign) -> list[Sanction]:
    """Appeals that nobody has answered, the longest waiting first; those that the clock ended are left out."""
    open = Sanction.appealed_at.is_not(None), Sanction.answered_at.is_(None), sanctions.runs(campaign)
    rows = select(Sanction).where(Sanction.campaign_id == campaign.id, *open)
    return list(db.session.scalars(rows.order_by(Sanction.appealed_at, Sanction.id)))


def answer(campaign: Campaign, actor: Person | None, row: Sanction, ends: bool, said: str) -> None:
    """Decide an appeal: it ends now, or stays. Somebody else than who gave it, if there is one. Raises Refusal."""
    said = " ".join(said.split())
    if not said:
        raise Refusal("reason", "Say why: the person reads it.", "reason")
    if actor is not None and actor.id == row.decided_by and others(campaign, actor):
        raise Refusal("yours", "You gave it, so somebody else of the team decides about the appeal.")
    done = db.session.execute(
        update(Sanction)
        .where(Sanction.id == row.id, Sanction.appealed_at.is_not(None), Sanction.answered_at.is_(None))
        .values(answer=said[:250], answered_at=campaign.moment, answered_by=actor.id if actor else None)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise Refusal("changed", "Somebody of the team answered this appeal meanwhile.")
    db.session.refresh(row)
    if ends:
        sanctions.end(campaign, row)
    letters.write("appeal", row.person, f"sanction:{row.id}", campaign)
    waited = round((campaign.moment - row.appealed_at).total_seconds())
    after = {"sanction": row.id, "ends": ends, "waited": waited}
    audit.record(actor, "appeal.answer", campaign, f"person:{row.person_id}", None, after, said)


def others(campaign: Campaign, actor: Person) -> bool:
    """True when somebody else of the team may decide as well."""
    roles = [role for role in access.STAFF if access.may("people.sanction", {role}, campaign.phase)]
    rows = select(Staff.person_id, Staff.role, Staff.until).where(
        Staff.person_id != actor.id, Staff.role.in_(roles), or_(Staff.campaign_id.is_(None), Staff.campaign_id == campaign.id)
    )
    return any(not standing.ended(role, until, campaign) for _, role, until in db.session.execute(rows))
