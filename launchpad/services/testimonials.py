"""Testimonials: a member gives one, the team takes it into the queue, and it is heard in the thread exactly once.

The front door of all about them: the team's acts on the queue are in `testimonial_acts`.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person, Testimonial
from launchpad.rules import testimonials as rules
from launchpad.rules import timetable
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, entry_words, sanctions, thread
from launchpad.services.timetable import locked

PURPOSE, WORDING = "testimonial", "testimonial-1"


def of(campaign: Campaign, person: Person | None) -> Testimonial | None:
    """What somebody gave, in whatever state; None for nobody and for nothing."""
    return person and db.session.scalar(select(Testimonial).filter_by(campaign_id=campaign.id, person_id=person.id))


def send(campaign: Campaign, person: Person, text: str, name: str, agreed: bool, source: str = "form") -> Testimonial:
    """Take in a member's words, or their change of them: they wait for the team. The same words again change nothing.

    Once they were heard they are changed in the thread. Raises Refusal.
    """
    text, name = text.strip(), " ".join(name.split())
    if why := rules.fault(text):
        raise Refusal("text", why, "text")
    if why := rules.name_fault(name):
        raise Refusal("name", why, "name")
    if not agreed:
        raise Refusal("agreed", "Tick the box: without it your words may not be shown.", "agreed")
    sanctions.refuse(campaign, person)
    row = _mine(campaign, person)
    if row.state == "released":
        raise Refusal("released", "Your words are in the thread already.")
    if row.state in ("waiting", "queued") and (row.text, row.name) == (text, name):
        return row
    row.text, row.name, row.at = text, name, campaign.moment
    row.state, row.why, row.place, row.minutes = "waiting", "", None, None
    row.version += 1
    consents.record(person, PURPOSE, True, WORDING, source, campaign)
    return row


def _mine(campaign: Campaign, person: Person) -> Testimonial:
    """Their row, locked, made when there is none: whoever sends two at once has one."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    empty = {"text": "", "name": "", "state": "withdrawn", "why": "", "by_clock": False, "version": 0, "at": campaign.moment}
    statement = dialect.insert(Testimonial).values(campaign_id=campaign.id, person_id=person.id, **empty)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["campaign_id", "person_id"]))
    return _locked(campaign, person)


def _locked(campaign: Campaign, person: Person) -> Testimonial | None:
    rows = select(Testimonial).filter_by(campaign_id=campaign.id, person_id=person.id).with_for_update(of=Testimonial)
    return db.session.scalar(rows.execution_options(populate_existing=True))


def withdraw(campaign: Campaign, person: Person, source: str = "form") -> None:
    """The author takes it back, and with it the consent: out of the queue, out of the thread. Twice is once."""
    heard_as = select(Testimonial.entry_id).filter_by(campaign_id=campaign.id, person_id=person.id).scalar_subquery()
    db.session.execute(select(Entry.id).where(Entry.id == heard_as).with_for_update())  # first, as whoever hides it does
    locked(campaign.id)  # before the row, as the clock does that lets it be heard
    row = _locked(campaign, person)
    if row is None or row.state == "withdrawn":
        return
    if row.entry_id is not None:
        entry_words.withdraw(campaign, person, db.session.get_one(Entry, row.entry_id))
    empty(row)
    consents.record(person, PURPOSE, False, WORDING, source, campaign)


def withdraw_said(campaign: Campaign, person: Person, entry: Entry) -> None:
    """The author took the entry back in the thread: that is the same word about the testimonial it was."""
    locked(campaign.id)
    row = _locked(campaign, person)
    if row is not None and row.entry_id == entry.id:
        empty(row)
        consents.record(person, PURPOSE, False, WORDING, "thread", campaign)


def empty(row: Testimonial) -> None:
    """No words of it stay. A new version, so that one given later is another."""
    row.state, row.text, row.name, row.why, row.place, row.minutes = "withdrawn", "", "", "", None, None
    row.entry_id = None
    row.version += 1
    db.session.flush()


def forget(person: Person) -> None:
    """Erasure: no words of theirs stay; what was heard goes with their entries."""
    theirs = select(Testimonial).where(Testimonial.person_id == person.id).order_by(Testimonial.campaign_id)
    for row in list(db.session.scalars(theirs)):
        locked(row.campaign_id)
        empty(row)


# --- the queue ---------------------------------------------------------------------------------------------------


def waiting(campaign: Campaign) -> list[Testimonial]:
    """Those that nobody has looked at, the longest waiting first."""
    rows = select(Testimonial).filter_by(campaign_id=campaign.id, state="waiting")
    return list(db.session.scalars(rows.order_by(Testimonial.at, Testimonial.id)))


def queue(campaign: Campaign) -> list[Testimonial]:
    """Those that may be heard, in the order in which they are."""
    rows = select(Testimonial).filter_by(campaign_id=campaign.id, state="queued")
    return list(db.session.scalars(rows.order_by(Testimonial.place, Testimonial.id)))


def heard(campaign: Campaign) -> list[Testimonial]:
    """Those that were heard, the latest first."""
    rows = select(Testimonial).filter_by(campaign_id=campaign.id, state="released")
    return list(db.session.scalars(rows.order_by(Testimonial.released_at.desc(), Testimonial.id.desc())))


def following(campaign: Campaign) -> Testimonial | None:
    """The one that a cue lets be heard."""
    rows = select(Testimonial).filter_by(campaign_id=campaign.id, state="queued")
    return db.session.scalar(rows.order_by(Testimonial.place, Testimonial.id).limit(1))


def doors(campaign: Campaign) -> datetime | None:
    """When the doors open from which minutes count: of the turn that is open or comes next; None while it waits for a go."""
    launches = [at for m, at in timetable.openings(campaign.milestones) if m.phase == Phase.LAUNCH]
    opened = [at for at in launches if at is not None and at <= campaign.now]
    return max(opened) if opened else launches[0] if launches else None


def moments(campaign: Campaign) -> dict[int, datetime | None]:
    """When each of the queue is heard by the clock, by its id; None: on cue."""
    at = doors(campaign)
    return {row.id: rules.moment(at, row.minutes) for row in queue(campaign)}


def let_be_heard(campaign: Campaign, row: Testimonial, by_clock: bool) -> Entry | None:
    """Make it an entry of the thread, once: None when somebody else, or the clock, was first."""
    if not _is_first(campaign, row, by_clock):
        return None
    db.session.refresh(row)
    entry = thread.report(campaign, f"testimonial:{row.id}-{row.version}", row.text, "testimonial", row.person)
    if entry is not None:
        entry.marks = {**entry.marks, "name": row.name}
        row.entry_id = entry.id
        db.session.flush()
    return entry


def _is_first(campaign: Campaign, row: Testimonial, by_clock: bool) -> bool:
    statement = (
        update(Testimonial)
        .where(Testimonial.id == row.id, Testimonial.state == "queued")
        .values(state="released", released_at=campaign.moment, by_clock=by_clock)
    )
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1


def campaigns_due() -> list[int]:
    """Ids of the campaigns in which the clock lets one be heard now."""
    timed = select(Testimonial.campaign_id).where(Testimonial.state == "queued", Testimonial.minutes.is_not(None))
    rows = db.session.scalars(select(Campaign).where(Campaign.id.in_(timed)).order_by(Campaign.id))
    return [campaign.id for campaign in rows if due(campaign)]


def due(campaign: Campaign) -> list[Testimonial]:
    """Those whose minute has come, in the order of their minutes; none while the thread is closed or sales are stopped."""
    at = doors(campaign)
    if at is None or campaign.phase != Phase.LAUNCH or campaign.thread_closed_at or campaign.sales_stopped_at:
        return []
    rows = select(Testimonial).where(Testimonial.campaign_id == campaign.id, Testimonial.state == "queued")
    come = Testimonial.minutes <= int((campaign.now - at).total_seconds() // 60)
    found = list(db.session.scalars(rows.where(come).order_by(Testimonial.minutes, Testimonial.place)))
    if not found:
        return []
    clocked = Testimonial.campaign_id == campaign.id, Testimonial.by_clock.is_(True)
    last = db.session.scalar(select(Testimonial.released_at).where(*clocked).order_by(Testimonial.released_at.desc()).limit(1))
    return found if rules.may_follow(last, campaign.now, campaign.pace) else []
