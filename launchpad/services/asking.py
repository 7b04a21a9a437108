"""Asking whether an address is somebody's: when the letter that confirms a place is written, and that it is once."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, Person, Place
from launchpad.services import letters, sign_in
from launchpad.services.people import Known
from launchpad.services.wakes import wake

EVERY = timedelta(minutes=10)  # real time: an unconfirmed address is written to at most once in it


def ask(campaign: Campaign, person: Person, place: Place) -> None:
    """Write the confirming letter, unless this place had one within ten minutes. One statement decides who writes.

    Whose place counts already is told about it again: whoever asked sees the same, and the one who forgot finds back.
    An address that is nobody's yet may just have been written to for another campaign: then this one waits its turn.
    """
    now = clock.now()
    mine = db.session.execute(
        update(Place)
        .where(Place.id == place.id, Place.asked_at <= now - EVERY)
        .values(asked_at=now)
        .execution_options(synchronize_session=False)
    ).rowcount
    if not mine:
        return
    trigger = f"place:{place.id}:{round(now.timestamp() * 1000)}"
    if place.counted:
        letters.write("place", person, trigger, campaign)
        return
    due = now
    if person.confirmed_at is None and (last := _last_asked(person)) is not None:
        due = max(now, last + EVERY)
    letters.write("confirm", person, trigger, campaign)
    if due > now:
        db.session.execute(
            update(Letter)
            .where(Letter.person_id == person.id, Letter.kind == "confirm", Letter.trigger == trigger)
            .values(due_at=due)
        )
        wake("letters")


_LAST_ASKED = (  # each join asks it, so it is built once
    select(Letter.person_id, func.max(Letter.due_at))
    .where(Letter.person_id.in_(bindparam("ids", expanding=True)), Letter.kind.in_(sign_in.CONFIRMING))
    .group_by(Letter.person_id)
)


def ask_first(campaign: Campaign, places: list[tuple[Known, int]]) -> None:
    """Write the first confirming letter of new places (person, place id), whose `asked_at` was set as they were made."""
    if not places:
        return
    now = clock.now()
    strangers = [known.id for known, _ in places if known.confirmed_at is None]
    asked = dict(iter(db.session.execute(_LAST_ASKED, {"ids": strangers})))
    stamp = round(now.timestamp() * 1000)
    rows = [
        (known.id, f"place:{place_id}:{stamp}", max(now, asked[known.id] + EVERY) if known.id in asked else now)
        for known, place_id in places
    ]
    letters.write_each("confirm", campaign, rows)


def _last_asked(person: Person) -> datetime | None:
    """The real moment of the last letter that asks them to confirm something, sent or still to come."""
    return db.session.scalar(
        select(func.max(Letter.due_at)).where(Letter.person_id == person.id, Letter.kind.in_(sign_in.CONFIRMING))
    )
