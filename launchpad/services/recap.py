"""The recap: a campaign told from its own records, and the team's words on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Idea, Option, Person, Poll, Story, Vote, VoteChoice
from launchpad.rules import polls as poll_rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, stories, thread
from launchpad.services.recap_numbers import Curve, Numbers, curve, numbers
from launchpad.services.stories import shown
from launchpad.services.wakes import wake

LONGEST = 20_000  # characters of the team's words
NAMED = 300  # people thanked by name
WALL = 12  # stories on the page; the rest is a page of its own


@dataclass(frozen=True)
class Moment:
    """Something that happened, in campaign time."""

    at: datetime
    text: str
    phase: bool  # a phase began with it


@dataclass(frozen=True)
class Outcome:
    """What a poll decided: rows are (text, votes, won), most votes first; `voters` people took part."""

    question: str
    rows: list[tuple[str, int, bool]]
    voters: int


@dataclass(frozen=True)
class Recap:
    """Everything the recap shows, true at the moment it was read."""

    numbers: Numbers
    curve: Curve | None
    moments: list[Moment]
    outcomes: list[Outcome]
    ideas: list[Idea]  # that the team took up or answered
    quotes: list[Entry]
    wall: list[Story]
    thanks: list[str]
    words: str  # Markdown


def recap(campaign: Campaign) -> Recap:
    """Make a campaign's recap from its rows."""
    return Recap(
        numbers=numbers(campaign),
        curve=curve(campaign),
        moments=_moments(campaign),
        outcomes=_outcomes(campaign),
        ideas=_ideas(campaign),
        quotes=thread.best(campaign, 7),
        wall=stories.approved(campaign)[:WALL],
        thanks=_thanks(campaign),
        words=campaign.recap_words if campaign.recap_published_at else "",
    )


_BEGAN = {
    "preview": "The preview opens for members",
    "waitlist": "The waitlist opens",
    "launch": "Doors open",
    "recap": "The recap",
}


def _moments(campaign: Campaign) -> list[Moment]:
    """The phases that began, and between them what the thread reported as milestones."""
    opened = [
        (milestone, opens)
        for milestone, opens in timetable.openings(campaign.milestones)
        if opens is not None and opens <= campaign.now and milestone.phase in _BEGAN
    ]
    phases = [Moment(opens, _BEGAN[milestone.phase], True) for milestone, opens in opened]
    own = [f"milestone:{milestone.id}" for milestone, _ in opened]  # the thread's lines for these same phases
    told = (
        select(Entry.at, Entry.text)
        .filter_by(campaign_id=campaign.id, kind="milestone", state="shown")
        .where(or_(Entry.fact.is_(None), Entry.fact.not_in(own)))
        .order_by(Entry.id)
        .limit(30)
    )
    between = [Moment(at, text, False) for at, text in db.session.execute(told)]
    return sorted(phases + between, key=lambda moment: moment.at)


def _outcomes(campaign: Campaign) -> list[Outcome]:
    """The results of the polls, save those whose results are the team's own."""
    found = []
    for poll in db.session.scalars(select(Poll).where(Poll.campaign_id == campaign.id).order_by(Poll.number)):
        if not poll_rules.may_see_results(poll.results, voted=False, closed=True):
            continue
        rows = db.session.execute(
            select(Option.text, func.count(VoteChoice.vote_id).label("votes"))
            .outerjoin(VoteChoice, VoteChoice.option_id == Option.id)
            .where(Option.poll_id == poll.id)
            .group_by(Option.id, Option.text, Option.position)
            .order_by(func.count(VoteChoice.vote_id).desc(), Option.position)
        ).all()
        voters = db.session.scalar(select(func.count()).select_from(Vote).where(Vote.poll_id == poll.id))
        if voters:
            most = rows[0].votes
            found.append(Outcome(poll.question, [(text, votes, votes == most) for text, votes in rows], voters))
    return found


def _ideas(campaign: Campaign) -> list[Idea]:
    """What we changed because somebody said so, the finished first."""
    rank = {"completed": 0, "started": 1, "planned": 2}
    rows = db.session.scalars(
        select(Idea).where(Idea.campaign_id == campaign.id, Idea.state.in_(list(rank))).order_by(Idea.id)
    )
    return sorted(rows, key=lambda idea: rank[idea.state])[:12]


def _thanks(campaign: Campaign) -> list[str]:
    """The names of those who put them under something public here: a shown story, an idea that stands."""
    authors = select(Story.person_id).where(Story.campaign_id == campaign.id, shown())
    thinkers = select(Idea.person_id).where(Idea.campaign_id == campaign.id, Idea.state != "hidden")
    rows = (
        select(Person.name)
        .where(Person.id.in_(authors.union(thinkers)), Person.name != "", Person.erased_at.is_(None))
        .distinct()
        .order_by(Person.name)
        .limit(NAMED)
    )
    return list(db.session.scalars(rows))


def edit(campaign: Campaign, actor: Person | None, words: str) -> None:
    """Keep the team's own words, in Markdown. They are shown once the recap is published. Raises Refusal."""
    words = words.strip()
    if len(words) > LONGEST:
        raise Refusal("long", f"The recap's words hold up to {LONGEST:,} characters.", "words")
    if words == campaign.recap_words:
        return
    before, campaign.recap_words = len(campaign.recap_words), words
    campaign.version += 1  # so that a form made from the words before is refused
    db.session.flush()
    audit.record(
        actor, "recap.edit", campaign, f"campaign:{campaign.id}", {"characters": before}, {"characters": len(words)}
    )


def publish(campaign: Campaign, actor: Person | None) -> None:
    """The team's words stand: they are shown, and the recap's letter need not wait any longer. Twice is once."""
    if campaign.recap_published_at is not None:
        return
    campaign.recap_published_at = campaign.moment
    db.session.flush()
    audit.record(
        actor,
        "recap.publish",
        campaign,
        f"campaign:{campaign.id}",
        None,
        {"at": campaign.recap_published_at.isoformat()},
    )
    wake("letters")
