"""The waitlist: confirming a place, leaving it, and where in line somebody stands. Joining is in `joining`.

A place is held from the first submit and counted once its letter's link was used.
"""

from sqlalchemy import select, update

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, doubts, letters, lines, people, previewing, referring, sanctions, state

CORRECTED = "This place was moved to another address meanwhile. Use the link of the letter that came there."


def confirm(place: Place) -> Person:
    """Count a place: its person used what was mailed to them. Confirming twice changes nothing.

    They become a member by it. Raises Refusal when they have left since, or the address was corrected.
    """
    campaign, person = db.session.get(Campaign, place.campaign_id), db.session.get(Person, place.person_id)
    if place.confirmed_at is None and sanctions.banned(campaign, [person.id]):
        raise Refusal("sanction", sanctions.words(sanctions.running(campaign, person)))
    if _waits(campaign, place):
        people.confirm(person)
        return person
    first = db.session.execute(
        update(Place)
        .where(Place.id == place.id, Place.confirmed_at.is_(None), Place.left_at.is_(None))
        .values(confirmed_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    if db.session.get(Place, place.id, populate_existing=True) is None:
        raise Refusal("corrected", CORRECTED)
    if place.left_at is not None:
        raise Refusal("left", "You left this waitlist. Join again to have a new place.")
    people.confirm(person)
    if first.rowcount:
        lines.confirmed(campaign, place)
        referring.confirmed(campaign, place)
        person.name = person.name or place.name
        people.become_member(person, "place", campaign)
        said = f"waitlist:{campaign.slug}"
        consents.record(person, "launch", True, "launch-1", said, campaign)
        if place.marketing:
            consents.agree_to_marketing(person, said, campaign=campaign)
        letters.write("place", person, f"place:{place.id}:{_turn(place)}", campaign)
    db.session.flush()
    return person


def _waits(campaign: Campaign, place: Place) -> bool:
    """True when a place is looked at before it counts: that its link was used is kept, and its person told until when."""
    if not doubts.holds(campaign, place):
        return False
    here = db.session.get(Place, place.id, populate_existing=True)
    if here is None or here.left_at is not None:
        return False
    if doubts.used(campaign, place) and doubts.of(place).state == "open":
        person = db.session.get(Person, place.person_id)
        letters.write("being_checked", person, f"place:{place.id}:{_turn(place)}", campaign)
    return doubts.holds(campaign, place)  # whoever let it in meanwhile did not know yet that the link was used


def leave(campaign: Campaign, person: Person) -> None:
    """Give a place back. What was bought with it stays bought; leaving twice changes nothing."""
    gone = db.session.execute(
        update(Place)
        .where(Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_(None))
        .values(left_at=campaign.moment, pass_from=None, pass_until=None)
        .returning(Place.id)
    )
    lines.left(campaign, gone.scalars().all())
    referring.left(campaign, [person.id])
    consents.record(person, "launch", False, "launch-1", f"waitlist:{campaign.slug}", campaign)


def wish(place: Place, sku: str | None, quantity: int) -> None:
    """Keep what somebody would like to buy; it binds nobody. Raises Refusal for a variant that there is not."""
    campaign = db.session.get(Campaign, place.campaign_id)
    place.sku = _wish(campaign, sku)
    place.quantity = max(1, min(quantity, campaign.most_an_order))
    db.session.flush()


def place_of(campaign: Campaign, person: Person | None) -> Place | None:
    """Somebody's place on this waitlist, confirmed or not; None when there is none, or they left."""
    if person is None:
        return None
    if preview := previewing.seen_as(person):
        return preview.place
    return db.session.scalar(
        select(Place).where(Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_(None))
    )


def left(campaign: Campaign, person: Person) -> bool:
    """True when somebody had a place here and gave it back."""
    mine = Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_not(None)
    return db.session.scalar(select(Place.id).where(*mine)) is not None


def position(place: Place) -> int | None:
    """Their number in line, from 1. None while theirs does not count, and until the draw where lots are drawn."""
    return lines.position(db.session.get(Campaign, place.campaign_id), place)


def confirmed_count(campaign: Campaign) -> int:
    """How many places count."""
    return state.confirmed(campaign)


def _wish(campaign: Campaign, sku: str | None) -> str | None:
    if not sku:
        return None
    found = db.session.scalar(select(Variant.sku).where(Variant.campaign_id == campaign.id, Variant.sku == sku))
    if found is None:
        raise Refusal("sku", "There is no such variant. Choose one of the list.", "sku")
    return found


def _turn(place: Place) -> int:
    """Tells this stay in line from one before it, in the triggers of letters."""
    return round(place.submitted_at.timestamp() * 1000)
