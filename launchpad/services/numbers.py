"""The numbers of a campaign for its team: each is one question to the rows, and agrees with them.

A number that divides is None while there is nothing to divide by. Money is in minor units of the campaign's currency.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Poll, Story, Visit, Vote
from launchpad.rules.phases import ORDER
from launchpad.rules.polls import IN_THREAD
from launchpad.services import mailbox, polls
from launchpad.services.conversion import Cohort, cohorts
from launchpad.services.mailbox import Tally
from launchpad.services.revenue import Revenue, Sold, revenue, share
from launchpad.services.stories import shown


@dataclass(frozen=True)
class Numbers:
    """What the page shows.

    visits       visitors by phase, each counted once a day and phase
    submitted    places that were asked for and not left; `confirmed` of them count; `left` is how many were given up
    early, late  of the confirmed places, those with a confirmed order: in the head start, or only after it
    revenue      confirmed orders by where they came from, and what went back
    cohorts      confirmed places and who of them bought, in four ways
    voters       people with a ballot in any poll, of `eligible` members
    stories      by state: waiting, approved, rejected, withdrawn; `shown` is what the public sees now
    """

    visits: dict[str, int]
    submitted: int
    confirmed: int
    left: int
    early: int
    late: int
    revenue: Revenue
    cohorts: dict[str, list[Cohort]]
    voters: int
    eligible: int
    stories: dict[str, int]
    shown: int
    letters: list[Tally]

    @property
    def visitors(self) -> int:
        return sum(self.visits.values())

    @property
    def buyers(self) -> int:
        """Confirmed places that bought, whenever."""
        return self.early + self.late

    @property
    def conversion(self) -> float | None:
        return share(self.buyers, self.confirmed)

    @property
    def sold(self) -> Sold:
        return self.revenue.sold

    @property
    def by_source(self) -> dict[str, Sold]:
        return self.revenue.by_source

    @property
    def by_stage(self) -> dict[str, Sold]:
        return self.revenue.by_stage

    @property
    def refunded(self) -> Sold:
        return self.revenue.refunded

    @property
    def member_share(self) -> float | None:
        """Of the revenue, what people bought who were members before the preview."""
        return share(self.by_source["member"].revenue, self.sold.revenue)

    @property
    def community_share(self) -> float | None:
        """The same together with those who joined during the campaign."""
        return share(self.by_source["member"].revenue + self.by_source["joined"].revenue, self.sold.revenue)

    @property
    def participation(self) -> float | None:
        return share(self.voters, self.eligible)

    @property
    def sent(self) -> int:
        """Stories that ever came in."""
        return sum(self.stories.values())


def numbers(campaign: Campaign) -> Numbers:
    """Count a campaign's rows as they are now."""
    submitted, confirmed, left = _places(campaign)
    found = cohorts(campaign)  # each way of them sums up to all confirmed places, so nobody has to count those once more
    early, late = (sum(getattr(cohort, when) for cohort in found["day"]) for when in ("early", "late"))
    return Numbers(
        visits=_visits(campaign),
        submitted=submitted,
        confirmed=confirmed,
        left=left,
        early=early,
        late=late,
        revenue=revenue(campaign),
        cohorts=found,
        voters=_voters(campaign),
        eligible=_count(select(Person.id).where(eligible(campaign))),
        stories=_stories(campaign),
        shown=_count(select(Story.id).where(Story.campaign_id == campaign.id, shown())),
        letters=mailbox.tallies(campaign),
    )


def _count(rows) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery()))


def _visits(campaign: Campaign) -> dict[str, int]:
    rows = select(Visit.phase, func.sum(Visit.visitors)).where(Visit.campaign_id == campaign.id).group_by(Visit.phase)
    found = dict(db.session.execute(rows).all())
    return {phase.value: int(found[phase.value]) for phase in ORDER if phase.value in found}


def _places(campaign: Campaign) -> tuple[int, int, int]:
    stays = Place.left_at.is_(None)
    row = db.session.execute(
        select(
            func.count().filter(stays),
            func.count().filter(stays, Place.confirmed_at.is_not(None)),
            func.count().filter(~stays),
        ).where(Place.campaign_id == campaign.id)
    ).one()
    return tuple(row)


def _voters(campaign: Campaign) -> int:
    votes = select(Vote.person_id).join(Poll, Poll.id == Vote.poll_id).where(*_of_preview(campaign))
    return _count(votes.distinct())


def eligible(campaign: Campaign) -> ColumnElement[bool]:
    """The condition on Person of those who could vote: members by the moment at which the last poll closed or closes.

    Who became a member later (by a place on the waitlist, say) could not. A moment of joining in another campaign, or
    in none, is real time, and in a rehearsal lies before all of it. Simulated people count in their own rehearsal only.
    """
    conditions = [Person.member_at.is_not(None), Person.confirmed_at.is_not(None), Person.erased_at.is_(None)]
    closings = [polls.window(campaign, number)[1] for number in db.session.scalars(_poll_numbers(campaign))]
    if closings and all(closings):
        conditions.append(_member_before(campaign, max(closings)))
    played = Person.played_in.is_(None)
    conditions.append(or_(played, Person.played_in == campaign.id) if campaign.rehearsal else played)
    return and_(*conditions)


def _poll_numbers(campaign: Campaign):
    return select(Poll.number).where(*_of_preview(campaign))


def _of_preview(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Polls of the campaign that members could vote in before the launch; those of its thread come after."""
    return Poll.campaign_id == campaign.id, Poll.number <= IN_THREAD


def _member_before(campaign: Campaign, closing) -> ColumnElement[bool]:
    in_time = Person.member_at < closing
    if campaign.rehearsal is None:
        return in_time
    return or_(Person.joined_in.is_(None), Person.joined_in != campaign.id, in_time)


def _stories(campaign: Campaign) -> dict[str, int]:
    rows = select(Story.state, func.count()).where(Story.campaign_id == campaign.id).group_by(Story.state)
    found = Counter(dict(db.session.execute(rows).all()))
    return {state: found[state] for state in ("waiting", "approved", "rejected", "withdrawn")}
