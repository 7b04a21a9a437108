"""A rehearsal from its beginning again: all that happened in it is gone, what it is made of stays."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Person, Staff
from launchpad.services import plans, rehearsals


def reset(
    campaign: Campaign, speed: int | None = None, crowd: int | None = None, actor: Person | None = None
) -> Campaign:
    """Wipe a rehearsal and prepare it anew, under its own address; the copy of a real campaign is copied again.

    Raises Refusal for a real campaign.
    """
    rehearsals.refuse_real(campaign)
    clock = campaign.rehearsal
    speed, crowd = speed or clock.chosen_speed, clock.crowd if crowd is None else crowd
    real = db.session.get(Campaign, clock.of_id) if clock.of_id else None
    if real is not None:
        return rehearsals.copy(real, speed, crowd, actor)
    plan, hero, hero_alt, team = plans.plan_of(campaign), campaign.hero, campaign.hero_alt, _team(campaign)
    campaign.hero = None  # the picture is of what it is made of: it outlives the wiping
    db.session.flush()
    rehearsals.wipe(campaign, actor)
    made = plans.load(plan, actor)
    made.hero, made.hero_alt = hero, hero_alt
    made.rehearsal.chosen_speed, made.rehearsal.crowd = speed, crowd
    db.session.add_all(Staff(person_id=person, campaign_id=made.id, role=role, until=until) for person, role, until in team)
    db.session.flush()
    return made


def _team(campaign: Campaign) -> list[tuple]:
    """Real people with a key to this campaign alone, their role, and until when."""
    rows = select(Staff.person_id, Staff.role, Staff.until).join(Person, Person.id == Staff.person_id)
    rows = rows.where(Staff.campaign_id == campaign.id, Person.played_in.is_distinct_from(campaign.id))
    return [tuple(row) for row in db.session.execute(rows)]
