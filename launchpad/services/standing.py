"""What a person is to a campaign: the roles that the permission table asks for."""

from datetime import datetime

from sqlalchemy import exists, or_, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Order, Person, Place, Staff
from launchpad.rules import access, staffing, timetable
from launchpad.rules.phases import Phase
from launchpad.services import previewing


def staff_roles(person: Person | None, campaign: Campaign | None = None) -> frozenset[str]:
    """The roles of a person in the team of a campaign, that have not ended. A role over every campaign counts for each."""
    if person is None:
        return frozenset()
    reach = Staff.campaign_id.is_(None)
    if campaign is not None:
        reach = or_(reach, Staff.campaign_id == campaign.id)
    rows = db.session.execute(select(Staff.role, Staff.until).where(Staff.person_id == person.id, reach)).all()
    return frozenset(role for role, until in rows if not ended(role, until, campaign))


def staff_role(person: Person | None, campaign: Campaign | None = None) -> str | None:
    """The most powerful of those roles, or None."""
    held = staff_roles(person, campaign)
    return next((role for role in reversed(access.STAFF) if role in held), None)


def everywhere(person: Person | None) -> frozenset[str]:
    """The roles of a person in any team at all: for what is asked of all keys at once (access.ANYWHERE).

    A host's key counts until it is taken back or its own moment comes, on every day: it opens the list of campaigns.
    """
    if person is None:
        return frozenset({"stranger"})
    rows = db.session.execute(select(Staff.role, Staff.until).where(Staff.person_id == person.id)).all()
    return frozenset({"stranger"} | {role for role, until in rows if not ended(role, until)})


def ended(role: str, until: datetime | None, campaign: Campaign | None = None) -> bool:
    """True when a key fits no more: `until` (real time) has come, or a host's day of this campaign is over."""
    if until is not None:
        return until <= clock.now()
    if role != "host" or campaign is None:
        return False
    over = host_until(campaign)
    return over is not None and over <= campaign.now


def host_until(campaign: Campaign) -> datetime | None:
    """The campaign moment at which a host's day ends, when the key names none; None while the launch waits for a go."""
    launches = [opens for m, opens in timetable.openings(campaign.milestones) if m.phase == "launch"]
    return staffing.day_over(launches[-1], campaign.zone) if launches and launches[-1] is not None else None


def stage(campaign: Campaign, now: datetime) -> tuple[Phase, bool]:
    """The phase at a campaign moment, and whether a head start has opened by then: where the table is looked up."""
    found = timetable.openings(campaign.milestones)
    begun = any(opens is not None and opens <= now and m.name.startswith("head_start_") for m, opens in found)
    return timetable.phase(campaign.milestones, now), begun


def may(action: str, person: Person | None, campaign: Campaign) -> bool:
    """True when this person may do this in the campaign now. Web pages ask web.permit, which keeps the answer."""
    return access.may(action, roles(person, campaign), *stage(campaign, campaign.now))


def roles(person: Person | None, campaign: Campaign | None = None) -> frozenset[str]:
    """The roles of a person, for `rules.access.may`; everyone is at least a stranger."""
    found = {"stranger"}
    if person is None:
        return frozenset(found)
    if preview := previewing.seen_as(person):
        return preview.roles
    if person.is_member:
        found.add("member")
    found |= staff_roles(person, campaign)
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
