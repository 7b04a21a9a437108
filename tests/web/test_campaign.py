"""The campaign's one address, and its public truth."""

import re
from datetime import datetime, timedelta

import pytest

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import by_hand
from launchpad.services import state as public_state

TICK = timedelta(microseconds=1)


def page(visitor, campaign, person=None) -> str:
    answer = visitor(person).get(f"/{campaign.slug}/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def state(visitor, campaign) -> dict:
    return visitor().get(f"/{campaign.slug}/state.json").json


@pytest.mark.parametrize(
    "opens, words",
    [
        ("preview", "Preview for members"),
        ("waitlist", "Join the waitlist"),
        ("launch", "Follow live"),
        ("recap", 'id="recap"'),
    ],
)
def test_the_page_changes_at_exactly_the_moment(app, given, watch, visitor, opens, words):
    campaign = given.campaign()
    due = campaign.milestone(opens).due
    watch.set(due - TICK)
    assert words not in page(visitor, campaign)
    watch.set(due)
    assert words in page(visitor, campaign)


def test_a_draft_shows_its_poster_and_nothing_more(app, given, watch, visitor):
    campaign = given.campaign(story="A secret story", tagline="A line")
    watch.step(hours=-1)
    words = page(visitor, campaign)
    assert campaign.name in words and "A secret story" not in words


def test_the_preview_is_told_to_members_alone(app, given, watch, visitor):
    campaign, member = given.campaign(story="A secret story"), given.person(member=True)
    given.poll(campaign)
    assert "A secret story" not in page(visitor, campaign)
    assert "cable" not in page(visitor, campaign)
    mine = page(visitor, campaign, member)
    assert "A secret story" in mine and "cable" in mine


def test_a_stranger_gets_no_cookie(app, given, visitor):
    answer = visitor().get(f"/{given.campaign().slug}/")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" in answer.headers["Vary"]


def test_what_is_mine_is_kept_by_nobody(app, given, visitor):
    answer = visitor(given.person(member=True)).get(f"/{given.campaign().slug}/")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_place_is_on_the_page_once_it_counts(app, given, watch, visitor):
    campaign, person, other = given.campaign(), given.person(member=True), given.person(member=True)
    given.place(campaign, person)
    given.place(campaign, other, confirmed=False)
    watch.set(campaign.milestone("waitlist").due + timedelta(hours=1))
    assert "Your place" in page(visitor, campaign, person)
    assert "Join the waitlist" in page(visitor, campaign, other)


def test_doors_open_for_a_place_at_its_tiers_moment(app, given, watch, visitor):
    campaign, person = given.campaign(), given.person(member=True)
    given.place(campaign, person)
    opening = campaign.milestone("head_start_member").due
    watch.set(opening - TICK)
    assert "Doors are open for you" not in page(visitor, campaign, person)
    watch.set(opening)
    assert "Doors are open for you" in page(visitor, campaign, person)
    assert "Doors are open for you" not in page(visitor, campaign)


def test_state_says_the_public_truth(app, given, watch, visitor):
    campaign, person = given.campaign(stock=10), given.person()
    given.place(campaign, person)
    given.place(campaign, given.person(), confirmed=False)
    watch.set(campaign.milestone("head_start_founder").due)
    said = state(visitor, campaign)
    assert said["slug"] == campaign.slug and said["phase"] == "waitlist" and said["selling"] is False
    assert said["now"] == "2026-12-10T12:00:00.000000Z"
    assert said["head_start"] == {"founder": True, "member": False}
    assert said["waitlist"] == {"confirmed": 1}
    assert said["stock"] == [{"sku": "OAK", "total": 10, "left": 10}]
    assert said["milestones"][0] == {"name": "preview", "due": "2026-12-01T12:00:00.000000Z", "reached": None, "waits": False}
    assert said["thread"] == {"seq": 0}


def test_selling_begins_with_the_launch_and_the_head_start_is_over_then(app, given, watch, visitor):
    campaign = given.campaign()
    due = campaign.milestone("launch").due
    watch.set(due - TICK)
    before = state(visitor, campaign)
    assert before["selling"] is False and before["head_start"]["member"] is True
    watch.set(due)
    after = state(visitor, campaign)
    assert after["selling"] is True and after["head_start"] == {"founder": False, "member": False}
    watch.set(campaign.milestone("archive").due)
    assert state(visitor, campaign)["selling"] is False


def test_stopping_sales_shows_at_once(app, given, watch, visitor):
    campaign, owner = given.campaign(), given.person(role="owner")
    watch.set(campaign.milestone("launch").due)
    with writing():
        by_hand.stop_sales(db.session.get(Campaign, campaign.id), owner, "Back in ten minutes", "a wrong price")
    assert state(visitor, campaign)["selling"] is False
    assert "Back in ten minutes" in page(visitor, campaign)


def test_state_is_cached_for_a_second_but_not_across_an_opening(app, given, watch, visitor):
    campaign = given.campaign()
    address, due = f"/{campaign.slug}/state.json", campaign.milestone("waitlist").due
    watch.set(due - timedelta(seconds=1) - public_state.ON_ITS_WAY)
    assert visitor().get(address).headers["Cache-Control"] == "max-age=1"
    watch.step(microseconds=1)
    assert visitor().get(address).headers["Cache-Control"] == "no-cache"
    watch.set(due)
    assert visitor().get(address).headers["Cache-Control"] == "max-age=1"


def test_state_answers_for_a_draft_and_for_no_unknown_campaign(app, given, watch, visitor):
    campaign = given.campaign()
    watch.step(days=-30)
    assert state(visitor, campaign)["phase"] == "draft"
    assert visitor().get("/nothing-here/state.json").status_code == 404
    assert visitor().get("/nothing-here/").status_code == 404


def test_the_colours_follow_the_hue(app, given, visitor):
    one, other = given.campaign(hue=74), given.campaign(hue=200)
    css = visitor().get(f"/{one.slug}/theme.css")
    assert css.mimetype == "text/css" and css.data != visitor().get(f"/{other.slug}/theme.css").data


def test_the_front_page_puts_what_runs_first(app, given, watch, visitor):
    given.campaign(name="Past lamp", preview=watch.now - timedelta(days=60))
    given.campaign(name="Running lamp")
    given.campaign(name="Coming lamp", preview=watch.now + timedelta(days=60))
    words = visitor().get("/").get_data(as_text=True)
    assert words.index("Running lamp") < words.index("Coming lamp") < words.index("Past lamp")


class Going:
    """A clock that goes on by a second each time it is asked."""

    def __init__(self, begin):
        self.now = begin

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.mark.parametrize("name, mark", [("", "Follow live"), ("buy", 'name="quantity"'), ("state.json", "")])
def test_an_answer_is_true_at_the_one_moment_that_it_states(app, given, watch, visitor, monkeypatch, name, mark):
    campaign = given.campaign()
    opening = campaign.milestone("launch").due
    monkeypatch.setattr(clock, "source", Going(opening - timedelta(seconds=3)))
    seen = set()
    for _ in range(6):
        answer = visitor().get(f"/{campaign.slug}/{name}")
        text = answer.get_data(as_text=True)
        now = datetime.fromisoformat(answer.json["now"] if answer.is_json else re.search('data-now="([^"]+)"', text)[1])
        buying = answer.json["selling"] if answer.is_json else mark in text
        assert buying == (now >= opening), (now, opening)
        seen.add(buying)
    assert seen == {False, True}


def test_a_no_at_the_gate_states_the_moment_of_the_no(app, given, watch, visitor, monkeypatch):
    campaign = given.campaign()
    opening = campaign.milestone("launch").due
    watch.set(opening - timedelta(hours=25))
    buyer = visitor()
    buyer.get(f"/{campaign.slug}/waitlist")
    fields = {"sku": "OAK", "quantity": "1", "key": "k1", "email": "cold@example.com", "name": "Cold"}
    told = set()
    for before in range(1, 12):
        monkeypatch.setattr(clock, "source", Going(opening - timedelta(seconds=before)))
        answer = buyer.post(f"/{campaign.slug}/buy", fields, seen="/sign-in")
        if answer.status_code == 422:
            now = datetime.fromisoformat(re.search('data-now="([^"]+)"', answer.get_data(as_text=True))[1])
            assert answer.headers["X-Refusal"] == "no_place" and now < opening
        told.add(answer.status_code)
    assert told == {303, 422}
