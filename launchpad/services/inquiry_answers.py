"""What the team does with private questions: answers them, sets them aside, and words what everyone may read of them."""

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Inquiry, Order, Person
from launchpad.rules import inquiries as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, inquiries, letters


def waiting(campaign: Campaign, most: int = 100) -> list[Inquiry]:
    """Those that wait for an answer, who waits longest first."""
    rows = select(Inquiry).where(Inquiry.campaign_id == campaign.id, Inquiry.waits_since.is_not(None))
    return list(db.session.scalars(rows.order_by(Inquiry.waits_since, Inquiry.id).limit(most)))


def waiting_count(campaign: Campaign) -> int:
    """How many of those there are."""
    rows = select(func.count()).select_from(Inquiry)
    return db.session.scalar(rows.where(Inquiry.campaign_id == campaign.id, Inquiry.waits_since.is_not(None))) or 0


def answered(campaign: Campaign, before: int | None = None, most: int = 50) -> list[Inquiry]:
    """Those that wait no more, the newest first, below an id."""
    rows = select(Inquiry).where(Inquiry.campaign_id == campaign.id, Inquiry.waits_since.is_(None))
    rows = rows.where(Inquiry.id < before) if before else rows
    return list(db.session.scalars(rows.order_by(Inquiry.id.desc()).limit(most)))


def answer(campaign: Campaign, actor: Person, row: Inquiry, text: str, key: str = "", seen: int | None = None) -> None:
    """Answer, and write to the asker that there is one. The same form twice is one answer.

    `seen` is the version that was read: what the asker added since is read first. Raises Refusal: text, changed.
    """
    text = text.strip()
    if why := rules.fault(text):
        raise Refusal("text", why.replace("your question", "an answer"), "text")
    inquiries.lock(row)
    if inquiries.said(row, key):
        return
    _same(row, seen)
    row.waits_since = None
    row.version += 1
    line = inquiries.say(campaign, row, actor, text, key)
    letters.write("help_answer", row.person, f"inquiry_line:{line.id}", campaign)
    _record(actor, "answer", campaign, row)


def set_aside(campaign: Campaign, actor: Person, row: Inquiry, seen: int | None = None) -> None:
    """It needs no answer: a thank-you, or the same again. What the asker adds later waits anew. Raises Refusal: changed."""
    inquiries.lock(row)
    if row.waits_since is None:
        return
    _same(row, seen)
    row.waits_since = None
    row.version += 1
    _record(actor, "aside", campaign, row)
    db.session.flush()
    events.announce(campaign, "state", audience="team")


def private_parts(row: Inquiry) -> list[str]:
    """What must not stand in the public words: the asker's address and name, and the numbers of their orders."""
    rows = select(Order.number).where(Order.person_id == row.person_id, Order.campaign_id == row.campaign_id)
    names = [row.person.name, *(part for part in row.person.name.split() if len(part) > 2)]
    return [row.person.email, *db.session.scalars(rows), *(names if not row.name_agreed else [])]


def publish(campaign: Campaign, actor: Person, row: Inquiry, question: str, answer: str, seen: int | None = None) -> None:
    """Let everyone read it under asked & answered, in these words. Again with others changes them. Raises Refusal."""
    question, answer = question.strip(), answer.strip()
    for field, text in (("question", question), ("answer", answer)):
        if why := rules.fault(text):
            raise Refusal(field, why.replace("your question", f"the {field}"), field)
        if found := rules.gives_away(text, private_parts(row)):
            raise Refusal(field, f"Take this private part out first: {found}", field)
    inquiries.lock(row)
    _same(row, seen)
    if not any(line.team for line in row.lines):
        raise Refusal("unanswered", "Answer the one who asked before everyone reads it.")
    row.public_question, row.public_answer = question, answer
    row.published_at = row.published_at or campaign.moment
    _changed(campaign, actor, "publish", row)


def unpublish(campaign: Campaign, actor: Person, row: Inquiry) -> None:
    """Take it off that page; its words stay for another time. Twice is once."""
    inquiries.lock(row)
    if row.published_at is None:
        return
    row.published_at = None
    _changed(campaign, actor, "unpublish", row)


def _changed(campaign: Campaign, actor: Person, act: str, row: Inquiry) -> None:
    row.version += 1
    _record(actor, act, campaign, row)
    db.session.flush()
    events.announce(campaign, "state")  # kept pages are left behind


def _same(row: Inquiry, seen: int | None) -> None:
    if seen is not None and row.version != seen:
        raise Refusal("changed", "Something was said since you opened the page. Read it first; your words are kept here.")


def _record(actor: Person, act: str, campaign: Campaign, row: Inquiry) -> None:
    """The audit row holds the number and version, never the words."""
    audit.record(actor, f"inquiry.{act}", campaign, f"inquiry:{row.id}", None, {"version": row.version})
