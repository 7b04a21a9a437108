"""Private addresses of a timetable, for calendar programs that cannot sign in: one a person and campaign.

The address is derived from the row's id, and no id is given twice: another row is another address, and the one before
is dead. It serves as long as its person may see the timetable.
"""

from sqlalchemy import delete, select

from launchpad.database import db
from launchpad.models import CalendarKey, Campaign, Person, Removal
from launchpad.services import audit, tokens

PURPOSE = "calendar"


def of(campaign: Campaign, person: Person) -> CalendarKey | None:
    """The person's address of this timetable, if they have one."""
    return db.session.scalar(select(CalendarKey).filter_by(campaign_id=campaign.id, person_id=person.id))


def renew(campaign: Campaign, person: Person) -> CalendarKey:
    """Give the person a new address; the one they had serves no longer."""
    had = drop(campaign, person, recorded=False)
    key = CalendarKey(campaign_id=campaign.id, person_id=person.id)
    db.session.add(key)
    audit.record(person, "calendar.renew" if had else "calendar.make", campaign, f"person:{person.id}")
    db.session.flush()
    return key


def drop(campaign: Campaign, person: Person, recorded: bool = True) -> bool:
    """Take the person's address away; False when they had none."""
    mine = delete(CalendarKey).where(CalendarKey.campaign_id == campaign.id, CalendarKey.person_id == person.id)
    gone = db.session.execute(mine).rowcount > 0
    if gone and recorded:
        audit.record(person, "calendar.drop", campaign, f"person:{person.id}")
    return gone


def token_of(key: CalendarKey) -> str:
    """What stands in the address."""
    return tokens.make(PURPOSE, key.id)


def person_of(campaign: Campaign, token: str) -> Person | None:
    """Whose address of this campaign it is; None when it is nobody's any more."""
    id = tokens.read(PURPOSE, token)
    if id is None or not 0 < id < 2**31:
        return None
    mine = select(Person).join(CalendarKey, CalendarKey.person_id == Person.id)
    return db.session.scalar(
        mine.where(CalendarKey.id == id, CalendarKey.campaign_id == campaign.id, Person.erased_at.is_(None))
    )


def removals(campaign: Campaign, most: int = 200) -> list[Removal]:
    """What was taken out of the timetable, the newest first."""
    rows = select(Removal).where(Removal.campaign_id == campaign.id).order_by(Removal.id.desc()).limit(most)
    return list(db.session.scalars(rows))
