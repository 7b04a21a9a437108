"""What people agreed to: rows that are only added, of which the newest decides."""

from sqlalchemy import ColumnElement, and_, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Consent, Person

MARKETING = "marketing"

# The words that were shown, by purpose and version. A changed sentence is a new version; the old one stays on record.
WORDING = {
    "marketing-1": "Write to me about launches: when a preview, a waitlist or the doors open. One click stops it.",
    "launch-1": "I want a place on this waitlist, and to be written to when doors open for me.",
    "announce-1": "Say in the live thread that I bought one, with my name.",
    "testimonial-1": "Show my words in the live thread and on the recap, under the name I gave. I can take them back at any time.",
    "import-1": "The consent to marketing e-mail that was given in the shop or newsletter the address came from.",
    "merge-1": "Two addresses of mine were joined; letters about launches go on as they went to the one that stays.",
    "unsubscribe-1": "I asked not to get letters about launches any more.",
}


def record(
    person: Person, purpose: str, given: bool, wording: str, source: str, campaign: Campaign | None = None
) -> None:
    """Add what a person said just now, in the words of that version."""
    db.session.add(
        Consent(
            person_id=person.id,
            campaign_id=campaign.id if campaign else None,
            purpose=purpose,
            given=given,
            wording=wording,
            source=source[:250],
            at=clock.now(),
        )
    )
    db.session.flush()


def given(person_id: int, purpose: str) -> bool:
    """True when the newest word of a person on a purpose was yes."""
    return bool(
        db.session.scalar(
            select(Consent.given)
            .where(Consent.person_id == person_id, Consent.purpose == purpose)
            .order_by(Consent.id.desc())
            .limit(1)
        )
    )


def newest(purpose: str) -> ColumnElement[bool]:
    """The same as a condition on the rows of Person, for statements over many people."""
    return (
        select(Consent.given)
        .where(Consent.person_id == Person.id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
        .is_(True)
    )


def wants_marketing() -> ColumnElement[bool]:
    """The condition on Person under which letters about launches may go: agreed, and not unsubscribed since."""
    return and_(Person.unsubscribed_at.is_(None), Person.erased_at.is_(None), newest(MARKETING))


def agree_to_marketing(
    person: Person, source: str, wording: str = "marketing-1", campaign: Campaign | None = None
) -> bool:
    """Letters about launches may go to a person from now on. False when they could already: then no row is added."""
    if person.unsubscribed_at is None and given(person.id, MARKETING):
        return False
    person.unsubscribed_at = None
    record(person, MARKETING, True, wording, source, campaign)
    return True


def stop_marketing(person: Person, source: str) -> bool:
    """No letter about a launch goes to a person from this commit on. Said twice it changes nothing: False."""
    if person.unsubscribed_at is not None:
        return False
    person.unsubscribed_at = clock.now()
    record(person, MARKETING, False, "unsubscribe-1", source)
    return True
