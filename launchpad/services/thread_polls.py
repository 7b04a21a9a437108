"""Polls in the thread: the team starts one, people vote in it there, and it closes at its moment of the timetable."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Milestone, Option, Person, Poll
from launchpad.rules import access
from launchpad.rules import polls as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, polls, standing, thread
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake


def start(
    campaign: Campaign, actor: Person, question: str, answers: Collection[str], kind: str, results: str, minutes: int, key: str
) -> Entry:
    """Ask something in the thread for so many minutes of campaign time. The same key again is the same poll.

    `kind`: single | multiple; `results`: when they are shown, as for every poll. Raises Refusal.
    """
    question, answers = rules.check_asked(question, answers, kind, results, minutes)
    if not key:
        raise Refusal("key", "This form is not complete. Load the page again.")
    if why := thread.why_not(campaign, standing.roles(actor, campaign)):
        raise Refusal("not_open", why, status=403)
    campaign = locked(campaign.id)
    fact = f"poll:{key}"
    if known := db.session.scalar(select(Entry).filter_by(campaign_id=campaign.id, fact=fact)):
        return known
    at = campaign.now
    last = db.session.scalar(select(func.max(Poll.number)).where(Poll.campaign_id == campaign.id)) or 0
    poll = Poll(
        campaign_id=campaign.id, number=max(last, rules.IN_THREAD) + 1, question=question, kind=kind, results=results,
        least=1, most=len(answers) if kind == "multiple" else 1, opened_at=at,
    )  # fmt: skip
    poll.options = [Option(position=place, text=words) for place, words in enumerate(answers, 1)]
    db.session.add(poll)
    campaign.milestones.append(Milestone(name=rules.closing(poll.number), due=at + timedelta(minutes=minutes), letters=False))
    db.session.flush()
    entry = thread.report(campaign, fact, question, kind="poll", person=actor)
    entry.poll_id = poll.id
    audit.record(actor, "poll.start", campaign, f"entry:{entry.id}", None, {"minutes": minutes, "answers": len(answers)})
    wake("timetable", campaign.id)
    return entry


def vote(campaign: Campaign, person: Person, entry: Entry, choices: list[int]) -> None:
    """Vote in a poll of the thread, or change the vote; choices of other polls of the page are not heard. Raises Refusal."""
    if entry.poll is None or entry.state != "shown":
        raise Refusal("gone", "This poll is no longer there.", status=404)
    if why := access.why_not("thread.vote", standing.roles(person, campaign), *standing.stage(campaign, campaign.now)):
        raise Refusal("not_open", why, status=403)
    polls.vote(campaign, person, entry.poll.number, choices)


def close(campaign: Campaign, actor: Person, entry: Entry) -> None:
    """Close a poll before its minutes are over. What is closed stays so."""
    campaign = locked(campaign.id)
    if entry.poll is None:
        raise Refusal("gone", "This poll is no longer there.", status=404)
    milestone = campaign.milestone(rules.closing(entry.poll.number))
    if milestone is None or milestone.reached_at is not None or milestone.due <= campaign.now:
        return
    milestone.due = campaign.now
    audit.record(actor, "poll.close", campaign, f"entry:{entry.id}", None, None)
    wake("timetable", campaign.id)
