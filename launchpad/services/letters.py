"""Writing letters: a row in the ledger, in the transaction of what caused it. jobs.letters sends them.

Each kind of letter is a pair of templates `templates/letters/<kind>.txt` and `.html`; KINDS says what else is true of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, Person
from launchpad.services.wakes import wake


@dataclass(frozen=True)
class Kind:
    """What is true of every letter of a kind.

    marketing  needs consent and stops at unsubscribe; otherwise it is a letter of service
    useful     real time after which it is dropped instead of sent late; None = always useful
    again      may be sent again after a crash between acceptance and record (L1)
    """

    marketing: bool
    useful: timedelta | None = None
    again: bool = False


HOUR = timedelta(hours=1)
KINDS = {
    "sign_in": Kind(False, timedelta(minutes=15), again=True),
    "confirm": Kind(False, timedelta(days=7), again=True),  # the waitlist's double opt-in
    "membership": Kind(False, timedelta(days=7), again=True),  # confirming an address to become a member
    "request_admitted": Kind(False, timedelta(days=14)),  # the team let somebody in who asked to be a member
    "request_declined": Kind(False, timedelta(days=14)),
    "staff_invite": Kind(False, 24 * HOUR, again=True),  # a key to the control room, with a link that signs in
    "place": Kind(False, timedelta(days=2)),
    "being_checked": Kind(False, timedelta(hours=12)),  # the place counts once somebody looked, or by itself
    "order": Kind(False),
    "reward": Kind(False, timedelta(days=14)),  # so many friends confirmed
    "claim": Kind(False, timedelta(days=7), again=True),  # that an order of this address is somebody else's
    "refund": Kind(False),
    "preview": Kind(True, 24 * HOUR),
    "waitlist": Kind(True, 24 * HOUR),
    "head_start": Kind(False, 24 * HOUR),
    "pass_ready": Kind(False, 24 * HOUR),  # of a later wave, or sent again
    "pass_second_chance": Kind(False, 24 * HOUR),  # a pass that came back
    "pass_restock": Kind(False, 24 * HOUR),  # something came back after everything was sold
    "doors_open": Kind(True, 12 * HOUR),
    "recap": Kind(True, 72 * HOUR),
    "sanction": Kind(False),  # somebody is silenced or banned: why, until when, how to appeal
    "sanction_over": Kind(False, timedelta(days=14)),
    "appeal": Kind(False, timedelta(days=14)),  # what became of their appeal
    "test": Kind(False, 2 * HOUR, again=True),  # of the team to itself: do letters arrive?
    "reminder_confirm": Kind(False, timedelta(days=7), again=True),  # confirming an address to be reminded
    "reminder": Kind(False, timedelta(minutes=25)),  # of a live event: from 15 min before until 10 min after it began
    "event_cancelled": Kind(False, timedelta(days=2)),
    "help_answer": Kind(False, timedelta(days=14)),  # the team answered a private question
}


def write(
    kind: str, person: Person, trigger: str, campaign: Campaign | None = None, after: timedelta = timedelta()
) -> None:
    """Put one letter into the ledger; the same (person, kind, trigger) writes once, however often it is called.

    It is due `after` so much real time. A simulated person's has the moment of their rehearsal, also when no campaign
    writes it.
    """
    clocked = campaign or (db.session.get(Campaign, person.played_in) if person.played_in else None)
    row = select(
        literal(campaign.id if campaign else None, Letter.campaign_id.type), literal(person.id),
        *_columns(kind, trigger, clocked, after)
    )
    _insert(row)
    wake("letters")


def write_many(kind: str, campaign: Campaign, trigger: str, people: Select) -> None:
    """Put a letter to each person of a select of ids into the ledger, in one statement whatever their number."""
    ids = people.subquery()
    _insert(
        select(
            literal(campaign.id, Letter.campaign_id.type), list(ids.c)[0], *_columns(kind, trigger, campaign)
        ).where(True)
    )
    wake("letters")


def write_each(kind: str, campaign: Campaign, rows: list[tuple[int, str, datetime]]) -> None:
    """Put a letter each into the ledger: (person id, trigger, real moment at which it is due)."""
    if not rows:
        return
    same = _new(kind, "", campaign)
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Letter.__table__).on_conflict_do_nothing(index_elements=["person_id", "kind", "trigger"])
    db.session.connection().execute(
        statement,
        [
            {**same, "campaign_id": campaign.id, "person_id": person_id, "trigger": trigger, "due_at": due}
            for person_id, trigger, due in rows
        ],
    )
    wake("letters")


def _columns(kind: str, trigger: str, campaign: Campaign | None, after: timedelta = timedelta()) -> list:
    return [literal(value, getattr(Letter, name).type) for name, value in _new(kind, trigger, campaign, after).items()]


def _new(kind: str, trigger: str, campaign: Campaign | None, after: timedelta = timedelta()) -> dict:
    """What a letter of a kind begins with."""
    rule, real = KINDS[kind], clock.now()
    due = real + after
    return {
        "kind": kind,
        "trigger": trigger,
        "marketing": rule.marketing,
        "state": "due",
        "reason": "",
        "attempts": 0,
        "due_at": due,
        "useful_until": due + rule.useful if rule.useful else None,
        "at": campaign.moment if campaign else real,
        "subject": "",
    }


def _insert(rows: Select) -> None:
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    names = ["campaign_id", "person_id", "kind", "trigger", "marketing", "state", "reason", "attempts", "due_at"]
    names += ["useful_until", "at", "subject"]
    statement = dialect.insert(Letter).from_select(names, rows, include_defaults=False)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["person_id", "kind", "trigger"]))
