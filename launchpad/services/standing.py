"""What a person is to a campaign: the roles that the permission table asks for."""

from sqlalchemy import exists, or_, select

from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Place, Staff


def staff_role(person: Person | None, campaign: Campaign | None = None) -> str | None:
    """`owner`, `moderator` or None; a role over every campaign counts for each."""
    if person is None:
        return None
    reach = Staff.campaign_id.is_(None)
    if campaign is not None:
        reach = or_(reach, Staff.campaign_id == campaign.id)
    roles = set(db.session.scalars(select(Staff.role).where(Staff.person_id == person.id, reach)))
    return "owner" if "owner" in roles else "moderator" if roles else None


def roles(person: Person | None, campaign: Campaign | None = None) -> frozenset[str]:
    """The roles of a person, for `rules.access.may`; everyone is at least a stranger."""
    found = {"stranger"}
    if person is None:
        return frozenset(found)
    if person.is_member:
        found.add("member")
    if role := staff_role(person, campaign):
        found.add(role)
    if campaign is not None:
        place, order = db.session.execute(
            select(
                exists().where(
                    Place.campaign_id == campaign.id,
                    Place.person_id == person.id,
                    Place.confirmed_at.is_not(None),
                    Place.left_at.is_(None),
                ),
                exists().where(
                    Order.campaign_id == campaign.id, Order.person_id == person.id, Order.state == "confirmed"
                ),
            )
        ).one()
        if place:
            found.add("place")
        if order:
            found.add("buyer")
    return frozenset(found)
