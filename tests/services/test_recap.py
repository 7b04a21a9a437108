"""The recap says what the rows say: each number counted here by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Consent, Entry, Idea, IdeaVote, Person, Story, Vote, VoteChoice
from launchpad.rules.refusals import Refusal
from launchpad.services import community, recap, stories
from launchpad.services.recap_numbers import Numbers, curve, numbers


@pytest.fixture
def campaign(given, watch):
    campaign = given.campaign("lamp", stock=100)
    watch.set(campaign.milestone("recap").due)
    return campaign


def vote(poll, person, option=0):
    with writing() as session:
        row = Vote(poll_id=poll.id, person_id=person.id, at=poll_moment())
        row.choices = [VoteChoice(option_id=poll.options[option].id)]
        session.add(row)


def poll_moment():
    return db.session.scalars(select(Campaign)).first().moment


def entry(campaign, person=None, kind="post", **more):
    with writing() as session:
        values = {"text": "Words", "at": campaign.moment, **more}
        session.add(Entry(campaign_id=campaign.id, person_id=person and person.id, kind=kind, **values))


def idea(campaign, person, **more):
    with writing() as session:
        row = Idea(campaign_id=campaign.id, person_id=person.id, title="A longer cable", at=campaign.moment, **more)
        session.add(row)
    return row


def told(campaign, person, text="Mine", approved=True):
    with writing():
        story = stories.send(
            db.session.get(Campaign, campaign.id), db.session.get(Person, person.id), text, consents=["site"]
        )
        if approved:
            stories.approve(db.session.get(Campaign, campaign.id), None, story)
    return story


def test_an_empty_campaign_has_honest_noughts(campaign):
    assert numbers(campaign) == Numbers()
    made = recap.recap(campaign)
    assert made.curve is None and made.outcomes == made.quotes == made.wall == made.thanks == made.ideas == []
    assert made.numbers.community_share is None and made.numbers.conversion is None
    assert [moment.phase for moment in made.moments] == [True] * 4


def test_each_number_counts_its_rows(campaign, given):
    launch = campaign.milestone("launch").due
    ana, bo, cy, dee, eve = (given.person(member=n < 2) for n in range(5))
    given.place(campaign, ana)
    given.place(campaign, bo)
    given.place(campaign, cy, confirmed=False)
    given.place(campaign, dee, left_at=launch)
    given.order(campaign, ana, quantity=2, source="member", head_start=True, at=launch - timedelta(hours=2))
    given.order(campaign, ana, quantity=1, source="joined")
    given.order(campaign, eve, quantity=1, source="cold")
    for state in ("held", "ended", "cancelled", "refunded", "parked"):
        given.order(campaign, cy, state=state, source="member")
    poll = given.poll(campaign)
    vote(poll, ana)
    vote(poll, bo, 1)
    entry(campaign, bo)
    entry(campaign, bo, state="hidden")
    entry(campaign, None, "milestone")
    entry(campaign, eve, "purchase")
    told(campaign, bo)
    told(campaign, eve, approved=False)
    with writing() as session:
        session.add(IdeaVote(idea_id=idea_of(session, campaign, bo), person_id=ana.id, at=campaign.moment))

    other = given.campaign()
    given.order(other, cy)
    given.place(other, cy)

    found = numbers(campaign)
    assert (found.people, found.members) == (3, 2)  # ana, bo, eve
    assert (found.places, found.waited, found.voters, found.ideas) == (2, 1, 2, 1)
    assert (found.entries, found.stories) == (1, 1)
    assert (found.orders, found.head_start_orders, found.units, found.revenue) == (3, 1, 4, 4 * 12900)
    assert found.by_source == {"member": 2 * 12900, "joined": 12900, "cold": 12900}
    assert (found.member_share, found.community_share, found.conversion) == (0.5, 0.75, 0.5)


def idea_of(session, campaign, person) -> int:
    row = Idea(campaign_id=campaign.id, person_id=person.id, title="A longer cable", at=campaign.moment)
    session.add(row)
    session.flush()
    return row.id


def test_the_curve_counts_both_edges_of_each_quarter(campaign, given):
    launch = campaign.milestone("launch").due
    for at, quantity in ((0, 1), (15 * 60 - 1, 2), (15 * 60, 1), (6 * 3600 - 1, 3), (6 * 3600, 5), (-1, 7)):
        given.order(campaign, given.person(), quantity=quantity, at=launch + timedelta(seconds=at))
    found = curve(campaign)
    assert found.since == launch and not found.head_start
    assert len(found.units) == 24 and (found.units[0], found.units[1], found.units[23]) == (3, 1, 3)
    assert sum(found.units) == 7
    assert found.busiest == (timedelta(0), 3)


def test_when_all_went_in_the_head_start_the_curve_is_that(campaign, given):
    given.order(campaign, given.person(), at=campaign.milestone("head_start_founder").due + timedelta(hours=3))
    found = curve(campaign)
    assert found.head_start and found.units[1] == 1 and sum(found.units) == 1


def test_outcomes_are_sorted_and_the_teams_own_polls_stay_theirs(campaign, given):
    poll, secret = given.poll(campaign), given.poll(campaign, 2, results="team")
    given.poll(campaign, 3, question="Nobody answered")
    people = [given.person(member=True) for _ in range(3)]
    for person, option in zip(people, (2, 2, 0), strict=True):
        vote(poll, person, option)
        vote(secret, person)
    (outcome,) = recap.recap(campaign).outcomes
    assert outcome.rows == [("Ink", 2, True), ("Sand", 1, False), ("Forest", 0, False)] and outcome.voters == 3


def test_moments_tell_a_phase_once_and_the_sale_between(campaign):
    launch = campaign.milestone("launch")
    entry(campaign, None, "milestone", text="Doors open.", fact=f"milestone:{launch.id}", at=launch.due)
    entry(
        campaign,
        None,
        "milestone",
        text="The first one is sold.",
        fact="first_sale",
        at=launch.due + timedelta(minutes=2),
    )
    entry(campaign, None, "milestone", text="Hidden", fact="stock_25", at=launch.due, state="hidden")
    texts = [moment.text for moment in recap.recap(campaign).moments]
    assert texts == [
        "The preview opens for members",
        "The waitlist opens",
        "Doors open",
        "The first one is sold.",
        "The recap",
    ]


def test_thanks_name_only_those_who_put_their_name_under_something(campaign, given):
    ana, bo, cy = given.person(name="Ana"), given.person(name="Bo"), given.person(name="Cy")
    quiet, buyer = given.person(name=""), given.person(name="Buyer")
    told(campaign, ana)
    told(campaign, bo, approved=False)
    told(campaign, quiet)
    idea(campaign, cy, state="completed", answer="Done")
    idea(campaign, bo, state="hidden")
    given.order(campaign, buyer)
    given.place(campaign, buyer)
    made = recap.recap(campaign)
    assert made.thanks == ["Ana", "Cy"]
    assert [row.state for row in made.ideas] == ["completed"]
    with writing() as session:
        story = session.scalars(select(Story).where(Story.person_id == ana.id)).one()
        session.add(Consent(person_id=ana.id, story_id=story.id, purpose="story:site", given=False, wording="story-1"))
    assert recap.recap(db.session.get(Campaign, campaign.id)).thanks == ["Cy"]


def test_words_are_shown_once_published(campaign, given, app, monkeypatch):
    owner, woken = given.person(role="owner"), []
    monkeypatch.setitem(app.extensions["wakes"], "letters", woken.append)
    owner_id, id = owner.id, campaign.id

    def act(name, *more):
        with writing():
            getattr(recap, name)(db.session.get(Campaign, id), db.session.get(Person, owner_id), *more)
        return db.session.get(Campaign, id)

    assert recap.recap(act("edit", " We made **this**. ")).words == ""
    campaign = act("publish")
    published = campaign.recap_published_at
    assert recap.recap(campaign).words == "We made **this**." and published == campaign.moment
    assert act("publish").recap_published_at == published
    act("edit", "We made **this**.")
    assert woken == [None]
    assert [(row.act, row.person_id) for row in db.session.scalars(select(Audit).order_by(Audit.id))] == [
        ("recap.edit", owner_id), ("recap.publish", owner_id),
    ]  # fmt: skip
    act("edit", "x" * recap.LONGEST)
    with pytest.raises(Refusal):
        act("edit", "x" * (recap.LONGEST + 1))


def test_the_proof_counts_a_rehearsal_only_while_nothing_is_real(given, watch):
    played = given.campaign(rehearsal=True)
    with writing():
        db.session.get(Campaign, played.id).rehearsal.campaign_0 = played.milestone("recap").due
    given.order(played, given.person(member=True, played_in=played.id))
    found = community.proof()
    assert found.rehearsed and (found.members, found.units) == (1, 1)
    real = given.campaign()
    given.order(real, given.person(member=True), quantity=2)
    found = community.proof()
    assert not found.rehearsed and (found.members, found.units, found.orders) == (1, 2, 1)
    assert [launch.id for launch, _ in found.launches] == [real.id]
