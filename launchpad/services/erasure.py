"""Erasing a person: no name, address, words or photo of theirs stays. That somebody voted, waited and bought does."""

from sqlalchemy import delete, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import (
    CalendarKey,
    Campaign,
    Doubt,
    Duty,
    Idea,
    Joining,
    Letter,
    Order,
    Person,
    Place,
    Reminder,
    SignIn,
    Staff,
    TestLetter,
)  # fmt: skip
from launchpad.rules.phases import Phase
from launchpad.services import (
    entry_changes,
    flags,
    hooks,
    inquiries,
    lines,
    people,
    sale_lines,
    sanctions,
    sharing,
    store_units,
    stores,
    stories,
    team,
    testimonials,
)

WITHDRAWN = "Taken back by its author"


def erase(person: Person) -> None:
    """Take everything that tells who a person is out of every row; a second time changes nothing.

    Raises Refusal for the last owner of the control room. Their place is left where a waitlist is still open. The
    address is free again: who comes back is somebody new.
    """
    if person.erased_at is not None:
        return
    team.refuse_last_owner(person)
    for other in db.session.scalars(select(Person).where(Person.merged_into == person.id)).all():
        _forget(other)  # what both had and one may have stayed with the address that went
    _forget(person)
    person.unsubscribed_at = person.unsubscribed_at or person.erased_at
    db.session.flush()


def _forget(person: Person) -> None:
    """The same for one row of a person, who may have several addresses."""
    entry_changes.forget(person)
    stories.forget(person)
    flags.forget(person)
    sanctions.forget(person)
    testimonials.forget(person)
    inquiries.forget(person)
    hooks.forget(person)
    stores.forget(person)
    _ideas(person)
    sharing.forget(person)
    _places(person)
    for order in db.session.scalars(select(Order).where(Order.person_id == person.id)):
        if not order.owner.startswith(store_units.OWNER):  # the store's own says nobody's name, and finds its order again
            order.owner = f"erased:{order.id}"
        order.body, order.source_note, order.touch = "", "", None
    theirs = update(Letter).where(Letter.person_id == person.id)
    db.session.execute(theirs.values(subject="", text=None, html=None))
    db.session.execute(theirs.where(Letter.state == "due").values(state="suppressed", reason="erased"))
    for model in (SignIn, Joining, CalendarKey, Staff, Reminder, TestLetter, Duty):
        db.session.execute(delete(model).where(model.person_id == person.id))
    people.sign_out_everywhere(person)
    person.email, person.name, person.erased_at = f"erased-{person.id}", "", clock.now()
    db.session.flush()
    sale_lines.forget(person)


def _ideas(person: Person) -> None:
    db.session.execute(
        update(Idea)
        .where(Idea.person_id == person.id)
        .values(title=WITHDRAWN, text="", state="hidden", key=None, held=None, hidden_why=None)
        .execution_options(synchronize_session=False)
    )


def _places(person: Person) -> None:
    for place in db.session.scalars(select(Place).where(Place.person_id == person.id)):
        place.name, place.ref, place.source, place.touch = "", "", "", None
        db.session.execute(delete(Doubt).where(Doubt.place_id == place.id))
        campaign = db.session.get(Campaign, place.campaign_id)
        if place.left_at is None and campaign.phase == Phase.WAITLIST:
            place.left_at = campaign.moment
            lines.left(campaign, [place.id])
