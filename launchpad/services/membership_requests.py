"""Requests to become a member that wait for the team, and what the team says to them.

Only an address that its owner has proven gets here (services.membership); the team's list is `membership_queue`. A
decision can be taken back until its letter has gone, which waits for that.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Joining, Letter, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, people

SOURCE = "request"  # where such a member came from
LETTER_AFTER = timedelta(minutes=10)  # of real time, in which a decision can be taken back
MOST = 500  # decided in one transaction
_ACTS = {"admitted": "member.admit", "declined": "member.decline"}


def receive(row: Joining, person: Person) -> Joining:
    """A proven address asks: it waits from now on. Who waits already goes on waiting since then, with the newer words."""
    _locked([person.id])
    waiting = db.session.scalar(
        select(Joining).where(Joining.person_id == person.id, _in_hand()).order_by(Joining.id.desc()).limit(1)
    )
    if waiting is None:
        row.state = "waiting"
    else:
        waiting.about = row.about or waiting.about
    db.session.flush()
    return waiting or row


def of(person: Person) -> Joining | None:
    """Somebody's newest request that reached the team, or None. See `told` for what they may read of it."""
    rows = select(Joining).where(Joining.person_id == person.id, Joining.state.is_not(None))
    return db.session.scalar(rows.order_by(Joining.id.desc()).limit(1))


def told(row: Joining) -> str:
    """Its state as the person reads it: a decision that may still be taken back is none yet."""
    if row.decided_at is not None and row.decided_at + _pause(row.person_id) > clock.now():
        return "waiting"
    return row.state


def decide(state: str, ids: Sequence[int], actor: Person | None, reason: str = "") -> int:
    """Let in (`admitted`) or say no (`declined`) to who asks, with a reason or without; how many it was.

    Who was let in is a member at once; the letter with the reason goes after LETTER_AFTER. Who was decided about
    meanwhile stays as decided, and who was declined may ask again.
    """
    reason = reason.strip()[:250]
    asking = list(db.session.scalars(select(Joining.person_id).where(Joining.id.in_(list(ids)[:MOST]))))
    locked = _locked(asking)  # before their requests, as who asks again does
    here = [id for id, person in locked.items() if person.member_at is None]
    changed = db.session.scalars(
        update(Joining)
        .where(Joining.id.in_(list(ids)[:MOST]), Joining.state == "waiting", Joining.person_id.in_(here))
        .values(state=state, decided_at=clock.now(), decided_by=actor.id if actor else None, reason=reason or None)
        .returning(Joining.id)
        .execution_options(synchronize_session=False)
    ).all()
    rows = select(Joining).where(Joining.id.in_(changed)).order_by(Joining.id).execution_options(populate_existing=True)
    for row in db.session.scalars(rows).all():
        person, campaign = locked[row.person_id], _campaign(row)
        if state == "admitted":
            people.become_member(person, SOURCE, campaign)
        letters.write(f"request_{state}", person, trigger_of(row), campaign, _pause(person.id))
        audit.record(actor, _ACTS[state], campaign, f"person:{person.id}", reason=reason)
    db.session.flush()
    return len(changed)


def undo(id: int, actor: Person | None) -> Joining:
    """Take a decision back: the request waits again, since when it did. Raises Refusal once its letter has gone."""
    row = db.session.get(Joining, id)
    if row is None or row.state not in ("admitted", "declined"):
        raise Refusal("unknown", "There is no decision to take back here any more.", status=404)
    person = _locked([row.person_id])[row.person_id]
    row = db.session.get(Joining, id, populate_existing=True)
    if row is None or row.state not in ("admitted", "declined"):
        raise Refusal("undone", "Somebody of the team took it back already.")
    unsent = update(Letter).where(_letter_of(row), Letter.state == "due").returning(Letter.id)
    values = {"state": "suppressed", "reason": "the decision was taken back"}
    if db.session.scalar(unsent.values(**values).execution_options(synchronize_session=False)) is None:
        raise Refusal("letter", "Its letter has gone out: they know by now.")
    if row.state == "admitted" and person.member_source == SOURCE:
        person.member_at, person.member_source, person.joined_in = None, "", None
    before = {"state": row.state}
    row.state, row.decided_at, row.decided_by, row.reason = "waiting", None, None, None
    audit.record(actor, "member.undo", _campaign(row), f"person:{person.id}", before, {"state": "waiting"})
    db.session.flush()
    return row


def keep_one(person: Person) -> None:
    """Two people became one: of several requests that wait the first one does, with the newest words."""
    mine = select(Joining).where(Joining.person_id == person.id, Joining.state == "waiting").order_by(Joining.id)
    first, *others = db.session.scalars(mine).all() or [None]
    for row in others:
        first.about = row.about or first.about
        row.state = None
    db.session.flush()


def trigger_of(row: Joining) -> str:
    """Tells this decision from one that was taken back."""
    return f"request:{row.id}:{round(row.decided_at.timestamp() * 1000)}"


def _locked(ids: Sequence[int]) -> dict[int, Person]:
    """These people, fresh, and nobody else's to change until the commit."""
    rows = select(Person).where(Person.id.in_(set(ids))).order_by(Person.id).with_for_update()
    return {person.id: person for person in db.session.scalars(rows.execution_options(populate_existing=True))}


def _pause(person_id: int) -> timedelta:
    """How long a decision's letter waits. A simulated person's does not: their days are minutes."""
    return timedelta() if db.session.get(Person, person_id).played_in else LETTER_AFTER


def _in_hand() -> ColumnElement[bool]:
    """It waits, or was declined in words that have not gone out."""
    lately = Joining.decided_at > clock.now() - LETTER_AFTER
    return or_(Joining.state == "waiting", and_(Joining.state == "declined", lately))


def _letter_of(row: Joining) -> ColumnElement[bool]:
    mine = Letter.person_id == row.person_id, Letter.kind == f"request_{row.state}"
    return and_(*mine, Letter.trigger == trigger_of(row))


def _campaign(row: Joining) -> Campaign | None:
    return db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
