"""The ledger of letters, as sending changes it: each letter is claimed once, by one conditional statement.

States: due -> claimed -> sent | failed | unknown, or due -> suppressed | expired without being sent. Consent is asked
in the claim, not when the letter was written. All moments here are real time.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, Person, Rehearsal
from launchpad.services import consents, recipients
from launchpad.services.letters import KINDS

STALE = timedelta(
    minutes=3
)  # a claim this old belongs to a worker that died; a mail server's slowest answers take less
AGAIN_AFTER = (
    30,
    60,
    120,
    300,
    900,
    1800,
    3600,
)  # seconds before the next try, by tries so far; after them it has failed


def next_due(most: int, kept: bool) -> list[int]:
    """Ids of letters to send now: letters of service first, then the oldest.

    `kept`: those that stay in the outbox because they are of a rehearsal or to a simulated person; else all others.
    """
    played = Letter.person_id.in_(select(Person.id).where(Person.played_in.is_not(None)))
    of_rehearsal = or_(func.coalesce(Letter.campaign_id, 0).in_(select(Rehearsal.campaign_id)), played)
    which = of_rehearsal if kept else ~of_rehearsal
    query = select(Letter.id).where(Letter.state == "due", Letter.due_at <= clock.now(), which)
    return list(db.session.scalars(query.order_by(Letter.marketing, Letter.id).limit(most)))


def any_due() -> bool:
    """True when a letter is to be sent now, or was claimed by a worker that died."""
    real = clock.now()
    due = and_(Letter.state == "due", Letter.due_at <= real)
    stale = and_(Letter.state == "claimed", Letter.claimed_at <= real - STALE)
    return db.session.scalar(select(Letter.id).where(or_(due, stale)).limit(1)) is not None


def drop_hopeless() -> None:
    """Close what must not be sent any more: past its last useful moment, without consent, or to nobody."""
    real = clock.now()
    due = [Letter.state == "due", Letter.due_at <= real]
    _close("expired", "past its last useful moment", *due, Letter.useful_until <= real)
    _close("suppressed", "no consent", *due, Letter.marketing.is_(True), ~_agreed())
    _close("suppressed", "erased", *due, ~_there())


def recover() -> None:
    """Settle the claims of workers that died: what may go twice is due again, of the rest nobody knows."""
    stale = [Letter.state == "claimed", Letter.claimed_at <= clock.now() - STALE]
    again = [kind for kind, rule in KINDS.items() if rule.again]
    _set({"state": "due", "claimed_at": None}, *stale, Letter.kind.in_(again), Letter.marketing.is_(False))
    _set({"state": "unknown", "reason": "a worker died while sending"}, *stale)


def claim(letter_id: int) -> Letter | None:
    """Take one letter for sending; None when another worker has it, or it must not be sent any more."""
    real = clock.now()
    mine = _set(
        {"state": "claimed", "claimed_at": real, "attempts": Letter.attempts + 1},
        Letter.id == letter_id,
        Letter.state == "due",
        Letter.due_at <= real,
        or_(Letter.useful_until.is_(None), Letter.useful_until > real),
        _there(),
        or_(Letter.marketing.is_(False), _agreed()),
    )
    return db.session.get(Letter, letter_id, populate_existing=True) if mine else None


def sent(letter_id: int, subject: str, text: str | None = None, html: str | None = None) -> None:
    """The server has it, or the outbox: only then with its text."""
    values = {"state": "sent", "sent_at": clock.now(), "subject": subject, "text": text, "html": html, "reason": ""}
    _set(values, Letter.id == letter_id, Letter.state.in_(("claimed", "unknown")))


def not_sent(letter_id: int, why: str, later: bool) -> None:
    """The server did not take it: another try later while tries are left, else it has failed."""
    tries = db.session.scalar(select(Letter.attempts).where(Letter.id == letter_id)) or 0
    if later and tries <= len(AGAIN_AFTER):
        due = clock.now() + timedelta(seconds=AGAIN_AFTER[tries - 1])
        values: dict[str, Any] = {"state": "due", "due_at": due, "claimed_at": None, "reason": why[:250]}
    else:
        values = {"state": "failed", "reason": why[:250]}
    _set(values, Letter.id == letter_id, Letter.state == "claimed")


def unclear(letter_id: int, why: str) -> None:
    """The connection broke while the server was taking it: only what may arrive twice is tried again."""
    again = [kind for kind, rule in KINDS.items() if rule.again]
    mine = [Letter.id == letter_id, Letter.state == "claimed"]
    due = clock.now() + timedelta(seconds=AGAIN_AFTER[0])
    _set({"state": "due", "due_at": due, "reason": why[:250]}, *mine, Letter.kind.in_(again))
    _set({"state": "unknown", "reason": why[:250]}, *mine)


def pointless(letter_id: int, why: str) -> None:
    """What it was about is gone."""
    _set({"state": "suppressed", "reason": why[:250]}, Letter.id == letter_id, Letter.state == "claimed")


def newest(most: int | None = None) -> list[dict[str, Any]]:
    """Letters for people to read, newest first, as `launchpad outbox --json` prints them."""
    slug = select(Campaign.slug).where(Campaign.id == Letter.campaign_id).correlate(Letter).scalar_subquery()
    rows = db.session.execute(select(Letter, slug).order_by(Letter.id.desc()).limit(most)).all()
    return [
        {
            "to": letter.person.email,
            "subject": letter.subject,
            "kind": letter.kind,
            "campaign": slug,
            "trigger": letter.trigger,
            "state": letter.state,
            "reason": letter.reason,
            "moment": letter.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "text": letter.text,
        }
        for letter, slug in rows
    ]


def _close(state: str, why: str, *conditions: ColumnElement[bool]) -> None:
    _set({"state": state, "reason": why}, *conditions)


def _set(values: dict[str, Any], *conditions: ColumnElement[bool]) -> int:
    statement = update(Letter).where(*conditions).values(**values)
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount


def _there() -> ColumnElement[bool]:
    return exists().where(Person.id == Letter.person_id, Person.erased_at.is_(None)).correlate(Letter)


def _agreed() -> ColumnElement[bool]:
    """Who may get a marketing letter: who agreed; to the doors also who waits for them, to the recap who took part.

    Never an address that nobody has confirmed: a guest may have typed any.
    """
    place, order = recipients.has_place(Letter.campaign_id), recipients.has_bought(Letter.campaign_id)
    reason = or_(
        consents.wants_marketing(),
        and_(Letter.kind.in_(("doors_open", "recap")), place),
        and_(Letter.kind == "recap", order),
    )
    mine = Person.id == Letter.person_id, recipients.reachable()
    return exists().where(*mine, reason).correlate(Letter)
