"""Who of the team is on duty when: said by each for themselves."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Duty, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit

LONGEST = timedelta(hours=24)


def take(campaign: Campaign, person: Person, begins: datetime, ends: datetime) -> None:
    """Say that one is there from one campaign moment to another; said twice it is once.

    Raises Refusal: order, long, past.
    """
    if ends <= begins:
        raise Refusal("order", "The end has to come after the beginning.", "ends")
    if ends - begins > LONGEST:
        raise Refusal("long", f"At most {LONGEST.days * 24} hours at a time: take turns.", "ends")
    if ends <= campaign.moment:
        raise Refusal("past", "That has passed. Choose hours that are still to come.", "ends")
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"campaign_id": campaign.id, "person_id": person.id, "begins": begins, "ends": ends}
    made = dialect.insert(Duty).values(**row).on_conflict_do_update(
        index_elements=["campaign_id", "person_id", "begins"], set_={"ends": ends}
    )  # fmt: skip
    id = db.session.scalar(made.returning(Duty.id))
    after = {"begins": begins.isoformat(), "ends": ends.isoformat()}
    audit.record(person, "duty.take", campaign, f"duty:{id}", after=after)


def leave(campaign: Campaign, actor: Person, id: int, any_one: bool = False) -> None:
    """Take it back: one's own, or with `any_one` anybody's. Gone already is fine. Raises Refusal for another's."""
    row = db.session.scalar(select(Duty).where(Duty.id == id, Duty.campaign_id == campaign.id))
    if row is None:
        return
    if row.person_id != actor.id and not any_one:
        raise Refusal("not_yours", "That is somebody else's duty.", status=403)
    before = {"begins": row.begins.isoformat(), "ends": row.ends.isoformat()}
    audit.record(actor, "duty.leave", campaign, f"duty:{id}", before=before)
    db.session.delete(row)
    db.session.flush()


def every(campaign: Campaign) -> list[Duty]:
    """All of a campaign, by their beginning."""
    return list(db.session.scalars(select(Duty).where(Duty.campaign_id == campaign.id).order_by(Duty.begins, Duty.id)))


def at(campaign: Campaign, moment: datetime) -> list[Duty]:
    """Who is on duty at a campaign moment."""
    return [duty for duty in every(campaign) if duty.begins <= moment < duty.ends]
