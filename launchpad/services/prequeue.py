"""The queue before the public opening, as rows: a turn a person or browser. Nothing in it has to be worked.

The order is drawn when one comes and told to nobody before the opening; who is let in when follows from the clock, so
that a restart loses nothing and a late worker keeps nobody waiting.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Waiting
from launchpad.rules import prequeue as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, gate

LOT = 31  # bits of a lot


@dataclass(frozen=True)
class Standing:
    """Where somebody stands. `number` is their place in the order, None before the opening or without a turn.

    `needed`: they have to wait, or to take a turn. `begins` and `launch` are campaign time; `minutes` are still to wait.
    """

    needed: bool
    waits: bool  # has a turn
    begins: datetime
    launch: datetime
    number: int | None = None
    ahead: int = 0
    minutes: int = 0
    early: bool = False  # the doors are still shut
    drawn: bool = False  # their number comes from the draw, not from when they came


def is_on(campaign: Campaign) -> bool:
    """Whether the campaign has a queue at all: asked first, so that a launch without one pays nothing for it."""
    return rules.read(campaign.prequeue).on


def standing(campaign: Campaign, person: Person | None, place: Place | None, waiting: Waiting | None) -> Standing | None:
    """Whether and how the queue concerns somebody now; None when it does not: it is off, or they had a head start."""
    queue, launch, now = rules.read(campaign.prequeue), _launch(campaign), campaign.now
    begins = rules.begins(queue, launch)
    if begins is None or now < begins or (person is not None and place is not None and gate.is_early(campaign, person, place)):
        return None
    if now < launch:
        return Standing(True, waiting is not None, begins, launch, early=True)
    entered = rules.let_in(queue, launch, now)
    if waiting is None:
        # While the rush lasts everyone takes a turn, if only to be counted; later only while others wait.
        needed = now < launch + timedelta(minutes=queue.minutes) or length(campaign) >= entered
        return Standing(needed, False, begins, launch) if needed else None
    number = number_of(waiting, launch)
    enters = rules.enters_at(queue, launch, number)
    return Standing(
        number > entered, True, begins, launch, number, max(0, number - entered - 1),
        rules.minutes_left(enters, now), drawn=waiting.came_at < launch,
    )  # fmt: skip


def check(campaign: Campaign, person: Person | None, place: Place | None, waiting: Waiting | None) -> None:
    """Raise Refusal `queue` while somebody has to wait; `turn` when their turn is somebody else's."""
    stands = standing(campaign, person, place, waiting)
    if stands is not None and stands.needed and campaign.now >= stands.launch:
        then = "Your turn is coming up." if waiting else "Take your turn in it."
        raise Refusal("queue", f"Many are here at once, so a queue lets people in. {then}")


def take(campaign: Campaign, waiting: Waiting | None, person: Person) -> None:
    """Who buys with a turn first is its person from then on. Raises Refusal `turn` when that is somebody else."""
    if waiting is None:
        return
    kept = db.session.scalar(select(Waiting).where(Waiting.id == waiting.id).with_for_update())
    if kept is None or kept.person_id == person.id:
        return
    if kept.person_id is not None:
        raise Refusal("turn", "This turn in the queue was somebody else’s. Take your own.")
    if db.session.scalar(select(Waiting.id).filter_by(campaign_id=campaign.id, person_id=person.id)) is None:
        kept.person_id = person.id


def come(campaign: Campaign, person: Person | None, waiting: Waiting | None) -> Waiting:
    """Take a turn; who has one keeps it, however often they come. Raises Refusal `queue_shut` when there is none to take."""
    begins = rules.begins(rules.read(campaign.prequeue), _launch(campaign))
    if begins is None or campaign.now < begins:
        raise Refusal("queue_shut", "There is no queue now.")
    if waiting is not None and (person is None or waiting.person_id in (None, person.id)):
        return waiting
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = dialect.insert(Waiting).values(
        campaign_id=campaign.id, person_id=person.id if person else None, came_at=campaign.now, lot=secrets.randbits(LOT)
    )
    made = db.session.scalar(row.on_conflict_do_nothing(index_elements=["campaign_id", "person_id"]).returning(Waiting.id))
    mine = Waiting.id == made if made else and_(Waiting.campaign_id == campaign.id, Waiting.person_id == person.id)
    return db.session.scalars(select(Waiting).where(mine)).one()


def turn_of(campaign: Campaign, person: Person | None, id: int | None) -> Waiting | None:
    """The turn of somebody: their own, else that of the browser, which nobody else has used."""
    if person is not None:
        found = db.session.scalar(select(Waiting).filter_by(campaign_id=campaign.id, person_id=person.id))
        if found is not None:
            return found
    found = db.session.scalar(select(Waiting).filter_by(campaign_id=campaign.id, id=id)) if id else None
    return found if found is not None and (person is None or found.person_id in (None, person.id)) else None


def number_of(waiting: Waiting, launch: datetime) -> int:
    """Their place in the order, from 1: the drawn first, then by arrival."""
    mine, early = Waiting.campaign_id == waiting.campaign_id, Waiting.came_at < launch
    if waiting.came_at < launch:
        before = [early, or_(Waiting.lot < waiting.lot, and_(Waiting.lot == waiting.lot, Waiting.id < waiting.id))]
    else:
        same = and_(Waiting.came_at == waiting.came_at, Waiting.id < waiting.id)
        before = [or_(Waiting.came_at < waiting.came_at, same)]
    return 1 + db.session.scalar(select(func.count()).select_from(Waiting).where(mine, *before))


def length(campaign: Campaign) -> int:
    """How many turns were taken."""
    return db.session.scalar(select(func.count()).select_from(Waiting).where(Waiting.campaign_id == campaign.id))


def seconds_to_look(stands: Standing, now: datetime, pace: int) -> int:
    """After how many real seconds a page that waits should look again; not all at once."""
    jitter = secrets.randbelow(4)
    until = stands.launch - now if now < stands.launch else timedelta(minutes=min(stands.minutes, 1))
    return max(2, min(20, round(until.total_seconds() / max(1, pace)))) + jitter


def set_up(campaign: Campaign, actor: Person | None, on: bool, minutes: int, rate: int, reason: str) -> None:
    """Turn the queue on, off, or change it. The caller holds the campaign's lock. Raises Refusal: reason, minutes, rate."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    if not 1 <= minutes <= rules.MOST_MINUTES:
        raise Refusal("minutes", f"Choose from 1 to {rules.MOST_MINUTES} minutes.", "minutes")
    if not 1 <= rate <= rules.MOST_RATE:
        raise Refusal("rate", f"Choose from 1 to {rules.MOST_RATE:,} people a minute.", "rate")
    before, after = campaign.prequeue, {"on": on, "minutes": minutes, "rate": rate}
    campaign.prequeue = after
    campaign.version += 1
    audit.record(actor, "queue.set" if on else "queue.off", campaign, "", before, after, reason.strip())
    events.announce(campaign, "state")


def _launch(campaign: Campaign) -> datetime | None:
    return timetable.opening(campaign.milestones, "launch")
