"""The recap's page and the community's: who sees them when, and that they stand with nothing and with much."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Idea, Vote, VoteChoice
from launchpad.outside.photos import HERO
from launchpad.services import pictures, recap, stories
from tests.pictures import jpeg


@pytest.fixture
def campaign(given, watch):
    return given.campaign("lamp", stock=100)


def test_strangers_wait_for_the_recap_and_the_team_looks_ahead(campaign, given, visitor, watch):
    opens = campaign.milestone("recap").due
    stranger, member, host = visitor(), visitor(given.person(member=True)), visitor(given.person(role="moderator"))
    watch.set(opens - timedelta(microseconds=1))
    for who in (stranger, member):
        answer = who.get("/lamp/recap")
        assert answer.status_code == 403 and "It comes on" in answer.text and "14 December" in answer.text
    answer = host.get("/lamp/recap")
    assert answer.status_code == 200 and "Only the team sees this page" in answer.text
    watch.set(opens)
    answer = stranger.get("/lamp/recap")
    assert answer.status_code == 200 and "Only the team" not in answer.text


def test_a_draft_tells_nothing(campaign, visitor, watch):
    watch.set(campaign.milestone("preview").due - timedelta(seconds=1))
    assert visitor().get("/lamp/recap").status_code == 403
    assert visitor().get("/nothing/recap").status_code == 404


def test_the_page_of_a_full_campaign(campaign, given, visitor, watch):
    launch = campaign.milestone("launch").due
    watch.set(campaign.milestone("recap").due)
    ana = given.person(member=True, name="Ana <b>Reis</b>")
    given.place(campaign, ana)
    given.order(campaign, ana, quantity=2, source="member", at=launch + timedelta(minutes=20))
    poll = given.poll(campaign)
    hero = pictures.take_in(jpeg(), HERO)
    with writing() as session:
        row = Vote(poll_id=poll.id, person_id=ana.id, at=launch)
        row.choices = [VoteChoice(option_id=poll.options[1].id)]
        session.add(row)
        done = {"state": "completed", "answer": "It is now."}
        session.add(Idea(campaign_id=campaign.id, person_id=ana.id, title="A longer cable", at=launch, **done))
        session.add(
            Entry(campaign_id=campaign.id, person_id=ana.id, kind="testimonial", text="The best hour", at=launch)
        )
        campaign = session.get(Campaign, campaign.id)
        story = stories.send(campaign, session.merge(ana), "My desk glows", consents=["site"])
        stories.approve(campaign, None, story)
        campaign.hero = hero.key
        recap.edit(campaign, None, "Thank you **all**")
        recap.publish(campaign, None)
    page = visitor().get("/lamp/recap").text
    for words in (
        "€258.00", "100 %", "of the revenue came", "Units sold in each quarter of an hour", "0:15", "Forest",
        "A longer cable", "The best hour", "My desk glows", "<strong>all</strong>", "Doors open", "/lamp/hero-960.webp",
    ):  # fmt: skip
        assert words in page, words
    assert "<b>Reis" not in page and "Ana &lt;b&gt;Reis" in page
    picture = visitor().get("/lamp/hero-1600.webp")
    assert picture.status_code == 200 and picture.mimetype == "image/webp"
    fragment = visitor().get("/lamp/recap", headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith("<article") and "<html" not in fragment


def test_unpublished_words_are_the_owners(campaign, given, visitor, watch):
    watch.set(campaign.milestone("recap").due)
    owner, stranger = visitor(given.person(role="owner")), visitor()
    with writing():
        recap.edit(db.session.scalars(select(Campaign)).one(), None, "Not yet said")
    assert "Not yet said" not in stranger.get("/lamp/recap").text
    assert "Not yet said" in owner.get("/lamp/recap").text and "Not published yet" in owner.page.text


def test_the_community_with_nothing_and_with_a_launch(given, visitor, watch):
    answer = visitor().get("/community")
    assert answer.status_code == 200 and "No story yet" in answer.text
    campaign = given.campaign("lamp", name="Lamp of all")
    assert "Lamp of all" in visitor().get("/community").text
    watch.set(campaign.milestone("launch").due)
    ana = given.person(member=True, name="Ana")
    given.order(campaign, ana, quantity=3, source="cold")
    with writing() as session:
        story = stories.send(session.merge(campaign), session.merge(ana), "My desk glows", consents=["site"])
        stories.approve(session.merge(campaign), None, story)
    page = visitor().get("/community").text
    assert "My desk glows" in page and "3 sold" in page and "0 % of the revenue from the community" in page
