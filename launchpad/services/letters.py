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
    "place": Kind(False, timedelta(days=2)),
    "order": Kind(False),
    "preview": Kind(True, 24 * HOUR),
    "waitlist": Kind(True, 24 * HOUR),
    "head_start": Kind(False, 24 * HOUR),
    "doors_open": Kind(True, 12 * HOUR),
    "recap": Kind(True, 72 * HOUR),
}


def write(kind: str, person: Person, trigger: str, campaign: Campaign | None = None) -> None:
    """Put one letter into the ledger; the same (person, kind, trigger) writes once, however often it is called."""
    row = select(
        literal(campaign.id if campaign else None, Letter.campaign_id.type), literal(person.id), *_columns(kind, trigger, campaign)
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


def _columns(kind: str, trigger: str, campaign: Campaign | None) -> list:
    rule, real = KINDS[kind], clock.now()
    until: datetime | None = real + rule.useful if rule.useful else None
    return [
        literal(value, column.type)
        for column, value in (
            (Letter.kind, kind),
            (Letter.trigger, trigger),
            (Letter.marketing, rule.marketing),
            (Letter.state, "due"),
            (Letter.reason, ""),
            (Letter.attempts, 0),
            (Letter.due_at, real),
            (Letter.useful_until, until),
            (Letter.at, campaign.moment if campaign else real),
            (Letter.subject, ""),
        )
    ]


def _insert(rows: Select) -> None:
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    names = ["campaign_id", "person_id", "kind", "trigger", "marketing", "state", "reason", "attempts", "due_at"]
    names += ["useful_until", "at", "subject"]
    statement = dialect.insert(Letter).from_select(names, rows, include_defaults=False)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["person_id", "kind", "trigger"]))
