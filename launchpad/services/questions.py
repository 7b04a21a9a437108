"""Questions of the thread and the answers that count: marked by the team, shown inside the question, found again.

The answer that counts is a reply to the question. What happens to it (edit, hide, take back) is a new version of the
question too, so that every open page follows: see services.entry_changes.
"""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from launchpad.database import db
from launchpad.models import Campaign, Entry, Inquiry, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, entry_changes, thread

LONGEST = 100  # characters of a search


def accept(campaign: Campaign, actor: Person | None, reply: Entry) -> None:
    """Let a reply be the answer to its question, in place of another one. Raises Refusal: not_an_answer."""
    question = _question_of(campaign, reply)
    if question is None or reply.state != "shown" or question.state != "shown":
        raise Refusal("not_an_answer", "Only what stands in the thread as a reply to a question can be its answer.")
    other = or_(Entry.answer_id.is_(None), Entry.answer_id != reply.id)
    if entry_changes.set_answer(campaign, question, reply.id, other):
        _record(actor, "answer", campaign, question, {"answer": reply.id})


def unaccept(campaign: Campaign, actor: Person | None, reply: Entry) -> None:
    """The reply does not count as the answer any more; it stays a reply. Twice is once."""
    question = _question_of(campaign, reply)
    if question is None:
        return
    if entry_changes.set_answer(campaign, question, None, Entry.answer_id == reply.id):
        _record(actor, "unanswer", campaign, question, {"answer": None})


def answer(campaign: Campaign, actor: Person, question: Entry, text: str, key: str | None = None) -> Entry:
    """Say the answer as a reply, and let it count at once. Raises Refusal, as a post does, and `not_a_question`."""
    if question.kind != "question" or question.state != "shown":
        raise Refusal("not_a_question", "This question is not there any more.")
    reply = thread.post(campaign, actor, text, "post", question.id, key)
    accept(campaign, actor, reply)
    return reply


def open_ones(campaign: Campaign, most: int = 12) -> list[Entry]:
    """Questions without an answer that counts and stands, the longest waiting first."""
    counts = aliased(Entry)
    answered = select(counts.id).where(counts.id == Entry.answer_id, counts.state == "shown").exists()
    rows = select(Entry).filter_by(campaign_id=campaign.id, kind="question", state="shown").where(~answered)
    return list(db.session.scalars(rows.order_by(Entry.id).limit(most)))


def open_count(campaign: Campaign) -> int:
    """How many of those there are."""
    counts = aliased(Entry)
    answered = select(counts.id).where(counts.id == Entry.answer_id, counts.state == "shown").exists()
    rows = select(func.count()).select_from(Entry).where(
        Entry.campaign_id == campaign.id, Entry.kind == "question", Entry.state == "shown", ~answered
    )  # fmt: skip
    return db.session.scalar(rows) or 0


def replies(campaign: Campaign, questions: list[Entry]) -> dict[int, list[Entry]]:
    """What was replied to each of these and stands, by the question's id: what may be marked."""
    found: dict[int, list[Entry]] = {}
    ids = [question.id for question in questions]
    rows = select(Entry).filter_by(campaign_id=campaign.id, state="shown").where(Entry.reply_to.in_(ids))
    for reply in db.session.scalars(rows.order_by(Entry.id).limit(200)) if ids else ():
        found.setdefault(reply.reply_to, []).append(reply)
    return found


@dataclass(frozen=True)
class Answered:
    """A question with its answer, from the thread (`question`, `answer`) or from what was asked in private (`inquiry`)."""

    asked: str
    told: str
    anchor: str
    question: Entry | None = None
    answer: Entry | None = None
    inquiry: Inquiry | None = None


def answered(campaign: Campaign, words: str = "", most: int = 200) -> list[Answered]:
    """What was asked and answered, the newest first; with words, only where each of them stands in it."""
    reply = aliased(Entry)
    thread_rows = (
        select(Entry, reply)
        .join(reply, reply.id == Entry.answer_id)
        .where(Entry.campaign_id == campaign.id, Entry.kind == "question", Entry.state == "shown", reply.state == "shown")
    )
    published = select(Inquiry).where(Inquiry.campaign_id == campaign.id, Inquiry.published_at.is_not(None))
    for word in words[:LONGEST].split():
        thread_rows = thread_rows.where(_holds(word, Entry.text, reply.text))
        published = published.where(_holds(word, Inquiry.public_question, Inquiry.public_answer))
    found = [
        (answer.at, Answered(question.text, answer.text, f"entry-{question.id}", question, answer))
        for question, answer in db.session.execute(thread_rows.order_by(reply.id.desc()).limit(most))
    ]
    found += [
        (row.published_at, Answered(row.public_question, row.public_answer, f"asked-{row.id}", inquiry=row))
        for row in db.session.scalars(published.order_by(Inquiry.published_at.desc()).limit(most))
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)][:most]


def any_answered(campaign: Campaign) -> bool:
    """Whether that page has anything on it."""
    reply = aliased(Entry)
    rows = select(Entry.id).join(reply, reply.id == Entry.answer_id)
    rows = rows.where(Entry.campaign_id == campaign.id, Entry.kind == "question", Entry.state == "shown", reply.state == "shown")
    published = select(Inquiry.id).where(Inquiry.campaign_id == campaign.id, Inquiry.published_at.is_not(None))
    return any(db.session.scalar(query.limit(1)) is not None for query in (rows, published))


def _holds(word: str, *columns):
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _question_of(campaign: Campaign, reply: Entry) -> Entry | None:
    if reply.reply_to is None:
        return None
    return db.session.scalar(select(Entry).filter_by(id=reply.reply_to, campaign_id=campaign.id, kind="question"))


def _record(actor: Person | None, act: str, campaign: Campaign, question: Entry, after: dict) -> None:
    audit.record(actor, f"entry.{act}", campaign, f"entry:{question.id}", None, after)
