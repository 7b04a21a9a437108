"""Letters that the team sends to itself, to see that letters arrive."""

from datetime import timedelta

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person, TestLetter
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, tokens

PURPOSE = "test_letter"
EVERY = timedelta(minutes=1)  # of real time between two letters to one person


def send(campaign: Campaign, person: Person) -> TestLetter:
    """Write a letter to somebody of the team. Raises Refusal `pace` when they got one in the last minute."""
    newest = db.session.scalar(
        select(TestLetter.sent_at).where(TestLetter.person_id == person.id).order_by(TestLetter.id.desc()).limit(1)
    )
    if newest is not None and clock.now() - newest < EVERY:
        raise Refusal("pace", "One was written to you in the last minute. Look for it first.", status=429)
    row = TestLetter(campaign_id=campaign.id, person_id=person.id)
    db.session.add(row)
    db.session.flush()
    letters.write("test", person, f"test:{row.id}", campaign)
    audit.record(person, "readiness.letter", campaign, f"test_letter:{row.id}")
    return row


def arrive(row: TestLetter) -> None:
    """Record that the letter is there: its button was pressed. Pressing it again changes nothing."""
    if row.arrived_at is None:
        row.arrived_at = clock.now()
        campaign = db.session.get(Campaign, row.campaign_id)
        audit.record(row.person, "readiness.arrived", campaign, f"test_letter:{row.id}")
        db.session.flush()


def by_token(campaign: Campaign, token: str) -> TestLetter | None:
    """The letter whose link holds this token; None when it is none of this campaign's."""
    id = tokens.read(PURPOSE, token)
    row = db.session.get(TestLetter, id) if id is not None else None
    return row if row is not None and row.campaign_id == campaign.id and row.person.erased_at is None else None


def token_of(row: TestLetter) -> str:
    """What its link holds."""
    return tokens.make(PURPOSE, row.id)


def newest(campaign: Campaign) -> tuple[TestLetter | None, TestLetter | None]:
    """The last one that was sent, and the last one that arrived."""
    mine = select(TestLetter).where(TestLetter.campaign_id == campaign.id).limit(1)
    sent = db.session.scalar(mine.order_by(TestLetter.sent_at.desc(), TestLetter.id.desc()))
    there = mine.where(TestLetter.arrived_at.is_not(None)).order_by(TestLetter.arrived_at.desc(), TestLetter.id.desc())
    return sent, db.session.scalar(there)
