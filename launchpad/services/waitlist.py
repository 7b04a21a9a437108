"""The waitlist: joining, confirming, leaving, and where in line somebody stands.

A place is held from the first submit and counted once its letter's link was used. Joining says the same to everyone,
whether the address is known or not; who is signed in with that address, and so has proven it, is confirmed at once.
"""

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Variant
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import asking, consents, letters, people, previewing, referrals, state


def join(
    campaign: Campaign,
    email: str,
    name: str = "",
    sku: str | None = None,
    quantity: int = 1,
    ref: str = "",
    marketing: bool = False,
    source: str = "",
    played_in: int | None = None,
    by: Person | None = None,
) -> Place:
    """Hold a place for an address and write it the confirming letter; `by` is who is signed in, if anybody.

    Repeating it changes no place that counts and moves nobody in line. After leaving, it is a new place at the end.
    Raises Refusal: closed, full, address, sku.
    """
    if campaign.phase != Phase.WAITLIST:
        raise Refusal("closed", "The waitlist is not open.")
    _refuse_when_full(campaign)
    wish = _wish(campaign, sku)
    person = people.find_or_make(email, played_in=played_in or (campaign.id if campaign.rehearsal else None))
    place, fresh = _hold(campaign, person)
    if fresh:
        place.source, place.ref = source[:250], ref[: referrals.LONGEST]
        referrer = referrals.person_of(ref)
        place.referred_by = referrer.id if referrer and referrer.id != person.id else None
    if not place.counted:
        place.name, place.marketing = name[:250] or place.name, marketing  # a second submit, left empty, takes no name
        if wish or fresh:
            place.sku, place.quantity = wish, quantity
    db.session.flush()
    if by is not None and by.id == person.id and by.confirmed_at is not None:
        confirm(place)
    else:
        asking.ask(campaign, person, place)
    return place


def confirm(place: Place) -> Person:
    """Count a place: its person used what was mailed to them. Confirming twice changes nothing.

    They become a member by it. Raises Refusal when they have left since.
    """
    campaign, person = db.session.get(Campaign, place.campaign_id), db.session.get(Person, place.person_id)
    first = db.session.execute(
        update(Place)
        .where(Place.id == place.id, Place.confirmed_at.is_(None), Place.left_at.is_(None))
        .values(confirmed_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(place)
    if place.left_at is not None:
        raise Refusal("left", "You left this waitlist. Join again to have a new place.")
    people.confirm(person)
    if first.rowcount:
        person.name = person.name or place.name
        people.become_member(person, "place", campaign)
        said = f"waitlist:{campaign.slug}"
        consents.record(person, "launch", True, "launch-1", said, campaign)
        if place.marketing:
            consents.agree_to_marketing(person, said, campaign=campaign)
        letters.write("place", person, f"place:{place.id}:{_turn(place)}", campaign)
    db.session.flush()
    return person


def leave(campaign: Campaign, person: Person) -> None:
    """Give a place back. What was bought with it stays bought; leaving twice changes nothing."""
    db.session.execute(
        update(Place)
        .where(Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_(None))
        .values(left_at=campaign.moment, pass_from=None, pass_until=None)
    )
    consents.record(person, "launch", False, "launch-1", f"waitlist:{campaign.slug}", campaign)


def wish(place: Place, sku: str | None, quantity: int) -> None:
    """Keep what somebody would like to buy; it binds nobody. Raises Refusal for a variant that there is not."""
    campaign = db.session.get(Campaign, place.campaign_id)
    place.sku = _wish(campaign, sku)
    place.quantity = max(1, min(quantity, campaign.per_person))
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


def position(place: Place) -> int | None:
    """Their number in line, from 1: one more than the places that count before it. None while theirs does not count."""
    if not place.counted:
        return None
    before = or_(
        Place.submitted_at < place.submitted_at, and_(Place.submitted_at == place.submitted_at, Place.id < place.id)
    )
    return 1 + db.session.scalar(
        select(func.count())
        .select_from(Place)
        .where(Place.campaign_id == place.campaign_id, Place.confirmed_at.is_not(None), Place.left_at.is_(None), before)
    )


def confirmed_count(campaign: Campaign) -> int:
    """How many places count."""
    return state.confirmed(campaign)


def why(place: Place) -> str:
    """One sentence: how the number came about, and what it decides."""
    number = position(place)
    if number is None:
        return "It counts from the moment you use the link in your inbox, and stands where you first asked for it."
    before = {1: "Nobody", 2: "One person"}.get(number, f"{number - 1:,} people")
    verb = "have" if number > 2 else "has"
    ahead = f"{before} with a confirmed place {verb} asked before you."
    campaign = db.session.get(Campaign, place.campaign_id)
    if campaign.access == "passes":
        return f"{ahead} Passes follow this line."
    return f"{ahead} The number decides nothing: everyone here may buy from the same moment."


def _refuse_when_full(campaign: Campaign) -> None:
    """The cap is soft: a place held before it was reached may still be confirmed after. So joins need no lock."""
    cap = (campaign.waitlist or {}).get("cap")
    if cap and confirmed_count(campaign) >= cap:
        raise Refusal(
            "full", f"The waitlist is full: all {cap:,} places are taken. Doors open for everyone at the launch."
        )


def _wish(campaign: Campaign, sku: str | None) -> str | None:
    if not sku:
        return None
    found = db.session.scalar(select(Variant.sku).where(Variant.campaign_id == campaign.id, Variant.sku == sku))
    if found is None:
        raise Refusal("sku", "There is no such variant. Choose one of the list.", "sku")
    return found


def _hold(campaign: Campaign, person: Person) -> tuple[Place, bool]:
    """Their row, and whether this submit is the one that began it (anew, after they had left)."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    now = campaign.moment
    long_ago = clock.now() - 2 * asking.EVERY
    made = db.session.scalar(
        dialect.insert(Place)
        .values(campaign_id=campaign.id, person_id=person.id, submitted_at=now, asked_at=long_ago)
        .on_conflict_do_nothing(index_elements=["campaign_id", "person_id"])
        .returning(Place.id)
    )
    back = 0
    if not made:
        back = db.session.execute(
            update(Place)
            .where(Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_not(None))
            .values(left_at=None, confirmed_at=None, submitted_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount
    place = db.session.scalars(
        select(Place)
        .where(Place.campaign_id == campaign.id, Place.person_id == person.id)
        .execution_options(populate_existing=True)
    ).one()
    return place, bool(made or back)


def _turn(place: Place) -> int:
    """Tells this stay in line from one before it, in the triggers of letters."""
    return round(place.submitted_at.timestamp() * 1000)
