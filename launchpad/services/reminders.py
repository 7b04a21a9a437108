"""Reminders of live events: asked for with one tap by whoever is signed in, by anyone else with an address and the button
of the letter that goes there. Each is a letter of service for one event, and stops with one click."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, LiveEvent, Person, Reminder
from launchpad.rules.refusals import Refusal
from launchpad.services import letters, live_events, people, sign_in, tokens
from launchpad.services.wakes import wake

EVERY = timedelta(minutes=10)  # an address gets at most one letter to confirm in this time


def ask(campaign: Campaign, event: LiveEvent, person: Person) -> None:
    """A reminder for somebody who is signed in, so whose address is theirs. Asked twice it is one. Raises Refusal."""
    _check(campaign, event)
    row = _row(campaign, event, person)
    row.stopped_at = None
    row.confirmed_at = row.confirmed_at or clock.now()
    people.confirm(person)
    db.session.flush()


def ask_by_address(campaign: Campaign, event: LiveEvent, email: str, played_in: int | None = None) -> None:
    """Write the letter whose button confirms it, at most one in ten minutes: that one confirms all that wait by then.

    It says nothing back about the address. Raises Refusal: address, late.
    """
    key = people.key_of(email)
    _check(campaign, event)
    if played_in is None and campaign.rehearsal:
        played_in = campaign.id
    person = people.find_or_make(key, played_in=played_in)
    row = _row(campaign, event, person)
    wake("letters")  # either way, so that the work behind the answer is alike as well
    if row.confirmed_at is not None and row.stopped_at is None:
        return
    row.asked_at, row.confirmed_at, row.stopped_at = clock.now(), None, None
    db.session.flush()
    if not _written_lately(person):
        letters.write("reminder_confirm", person, f"reminder:{row.id}:{int(row.asked_at.timestamp())}", campaign)


def waiting(token: str) -> Reminder | None:
    """The reminder that a link would confirm now, or None. It changes nothing."""
    row = _of("reminder", token)
    return row if row is not None and row.confirmed_at is None and row.stopped_at is None else None


def confirm(token: str) -> Reminder | None:
    """Confirm it, and whatever else that person asked for in the same campaign. None when there is nothing to confirm."""
    row = waiting(token)
    if row is None:
        return None
    now = clock.now()
    same = select(Reminder).filter_by(campaign_id=row.campaign_id, person_id=row.person_id, confirmed_at=None)
    for each in db.session.scalars(same.where(Reminder.stopped_at.is_(None))):
        each.confirmed_at = now
    people.confirm(db.session.get(Person, row.person_id))
    db.session.flush()
    return row


def stoppable(token: str) -> Reminder | None:
    """The reminder that the link of its letter would stop, stopped or not; None when it is nobody's."""
    return _of("reminder_stop", token)


def stop(row: Reminder) -> None:
    """No letter about this event to them. Twice changes nothing."""
    row.stopped_at = row.stopped_at or clock.now()
    db.session.flush()


def stop_mine(event: LiveEvent, person: Person) -> None:
    """The same for somebody who is signed in; who has none has none."""
    row = db.session.scalar(select(Reminder).filter_by(event_id=event.id, person_id=person.id))
    if row is not None:
        stop(row)


def mine(campaign: Campaign, person: Person | None) -> set[int]:
    """Ids of the events that a person is reminded of."""
    if person is None:
        return set()
    rows = select(Reminder.event_id).filter_by(campaign_id=campaign.id, person_id=person.id, stopped_at=None)
    return set(db.session.scalars(rows.where(Reminder.confirmed_at.is_not(None))))


def counted(campaign: Campaign) -> dict[int, int]:
    """How many people are reminded of each event, by its id."""
    rows = select(Reminder.event_id, func.count()).filter_by(campaign_id=campaign.id, stopped_at=None)
    found = db.session.execute(rows.where(Reminder.confirmed_at.is_not(None)).group_by(Reminder.event_id))
    return {id: number for id, number in found}


def _check(campaign: Campaign, event: LiveEvent) -> None:
    if not live_events.show(campaign, event, campaign.now).remindable:
        raise Refusal("late", "It is too late to be reminded of this.", "email")


def _row(campaign: Campaign, event: LiveEvent, person: Person) -> Reminder:
    """The row of this event and person, made when there is none. Two at once get the same one."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    values = {"campaign_id": campaign.id, "event_id": event.id, "person_id": person.id, "asked_at": clock.now()}
    statement = dialect.insert(Reminder).values(**values)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["event_id", "person_id"]))
    return db.session.scalars(select(Reminder).filter_by(event_id=event.id, person_id=person.id)).one()


def _written_lately(person: Person) -> bool:
    since = clock.now() - EVERY
    if person.confirmed_at is None:
        return sign_in.written_lately(person, since)
    mine = select(Letter.id).filter_by(person_id=person.id, kind="reminder_confirm").where(Letter.due_at > since)
    return db.session.scalar(mine.limit(1)) is not None


def _of(purpose: str, token: str) -> Reminder | None:
    id = tokens.read(purpose, token)
    row = db.session.get(Reminder, id, populate_existing=True) if id is not None else None
    if row is None or db.session.get(Person, row.person_id).erased_at is not None:
        return None
    return row
