"""Bringing friends in the browser: my page, the leaderboard by consent, the team's page and its acts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Consent, LinkVisit, Place, Referral, Reward
from launchpad.services import joining, polls, referrals, visits, waitlist


@pytest.fixture
def lamp(given, watch):
    earns = {"rewards": [{"at": 2, "gives": "A sticker set"}], "leaderboard": True}
    campaign = given.campaign("lamp", rule="points", referrals=earns)
    watch.set(campaign.milestone("waitlist").due + timedelta(hours=1))
    return campaign


@pytest.fixture
def ana(given, lamp):
    person = given.person("ana@post.lamp", member=True, name="Ana Rocha")
    given.place(lamp, person)
    return person


def bring(lamp, by, *emails):
    for email in emails:
        with writing():
            campaign = db.session.get(Campaign, lamp.id)
            waitlist.confirm(joining.join(campaign, email, ref=referrals.code_of(by), client="81.2.3.4"))


def test_my_page_says_what_my_link_brought_and_nothing_of_what_is_withheld(lamp, ana, visitor):
    bring(lamp, ana, "ben@example.com", "cleo@example.com", "a.na+x@post.lamp")
    page = visitor(ana).get("/lamp/invite")
    assert page.status_code == 200 and "A sticker set" in page.text and "Yours since" in page.text
    assert re.search(r">2<", page.text) and "withheld" not in page.text.lower() and "ben@" not in page.text
    assert "wa.me" in page.text and "can take a day" in page.text
    assert "wa.me" in visitor(ana).get("/lamp/place").text
    assert visitor().get("/lamp/invite").location == "/sign-in?next=/lamp/invite"


def test_the_leaderboard_shows_a_name_that_was_chosen_until_it_is_taken_off_or_hidden(lamp, ana, given, visitor):
    bring(lamp, ana, "ben@example.com")
    me, boss = visitor(ana), visitor(given.person(role="owner"))
    at, seen = "/lamp/invite/leaderboard", {"seen": "/lamp/invite"}
    assert "Ana of Porto" not in me.get("/lamp/invite").text
    assert me.post(at, {"shown_as": "ana@post.lamp", "verb": "show"}, **seen).status_code == 422
    assert me.post(at, {"shown_as": " ", "verb": "show"}, **seen).status_code == 422
    assert me.post(at, {"shown_as": "Ana of Porto", "verb": "show"}, **seen).status_code == 303
    assert "<span class=\"who\">Ana of Porto" in me.get("/lamp/invite").text
    assert boss.post(f"/team/lamp/referrals/sharer/{ana.id}", {"verb": "hide"}, seen="/team/lamp/referrals").status_code == 303
    assert "<span class=\"who\">Ana of Porto" not in me.get("/lamp/invite").text
    me.post(at, {"verb": "hide"}, **seen)
    said = select(Consent.given).where(Consent.purpose == "leaderboard").order_by(Consent.id)
    assert db.session.scalars(said).all() == [True, False]


def test_the_team_lets_withheld_friends_count_and_back_and_hands_out_rewards(lamp, ana, given, visitor):
    bring(lamp, ana, "ben@example.com", "a.na+x@post.lamp")
    boss, path = visitor(given.person(role="owner")), "/team/lamp/referrals"
    page = boss.get(path)
    assert "the same person as who brought them" in page.text
    row = db.session.scalar(select(Referral).where(Referral.state == "withheld"))
    points = select(Place.points).where(Place.person_id == ana.id)
    assert boss.post(path, {"verb": "allow", "friend": row.id}, seen=path).status_code == 303
    assert db.session.scalar(points) == 10 and db.session.scalar(select(Audit).where(Audit.act == "referral.allow"))
    reward = db.session.scalar(select(Reward))
    assert boss.post(f"{path}/rewards/{reward.id}", {"verb": "hand"}, seen=path).status_code == 303
    assert "A sticker set" in boss.get(f"{path}/rewards.csv").text
    assert boss.post(path, {"verb": "withhold", "friend": row.id}, seen=path).status_code == 422, "a reason is needed"
    assert boss.post(path, {"verb": "withhold", "friend": row.id, "reason": "Ana again"}, seen=path).status_code == 303
    assert db.session.scalar(points) == 5
    for bad in ({"verb": "x", "friend": row.id}, {"verb": "allow"}, {"verb": "allow", "friend": "9" * 40}):
        assert boss.post(path, bad, seen=path).status_code == 422
    for bad in ("", "nonsense", "10.0.0.0/4", "::/0"):
        assert boss.post(f"{path}/networks", {"network": bad}, seen=path).status_code == 422
    assert visitor(given.person(role="analyst")).get(path).status_code == 403


def test_a_network_that_the_team_allows_lets_the_friends_of_an_evening_count(lamp, ana, given, visitor, monkeypatch):
    monkeypatch.setattr("launchpad.rules.referrals.MOST_OF_NETWORK", 2)
    bring(lamp, ana, "ben@example.com", "cleo@example.com", "dan@example.com")
    counted = select(func.count()).where(Referral.state == "counted")
    assert db.session.scalar(counted) == 0
    boss, path = visitor(given.person(role="owner")), "/team/lamp/referrals"
    assert boss.post(f"{path}/networks", {"network": "81.2.3.0/24", "note": "Our evening"}, seen=path).status_code == 303
    assert db.session.scalar(counted) == 3
    bring(lamp, ana, "eva@example.com")
    assert db.session.scalar(counted) == 4


def test_who_came_by_a_link_is_counted_for_its_person_and_nobody_is_named(lamp, ana, given, visitor, app):
    link = f"/lamp/?ref={referrals.code_of(ana)}"
    for agent in ("one", "two", "two"):
        assert visitor().get(link, headers={"User-Agent": agent}).status_code == 200
    visitor().get("/lamp/?ref=nobody-s0code")
    visitor().get("/lamp/")
    visits.see_again(app, lamp.id, "waitlist", ana.id, "127.0.0.1", "three")  # as for an answer that was kept
    app.extensions["visits"].tell()
    with writing():
        visits.fold()
        visits.fold()
    assert [(row.person_id, row.visitors) for row in db.session.scalars(select(LinkVisit))] == [(ana.id, 3)]
    assert re.search(r"Came by your link.{0,80}>3<|>3<.{0,80}Came by your link", visitor(ana).get("/lamp/invite").text, re.S)
    assert "Came by a link" in visitor(given.person(role="owner")).get("/team/lamp/referrals").text


def test_a_high_rating_asks_to_share_once_until_it_is_declined(lamp, ana, given, visitor):
    poll = given.poll(lamp, kind="rating", options=("1", "2", "3", "4", "5"))
    me, ask = visitor(ana), "You like what you see"
    middle, high = poll.options[2].id, poll.options[3].id
    with writing():
        polls.vote(db.session.get(Campaign, lamp.id), ana, 1, [middle])
    assert ask not in me.get("/lamp/place").text
    with writing():
        polls.vote(db.session.get(Campaign, lamp.id), ana, 1, [high])
    assert ask in me.get("/lamp/place").text and ask in me.get(f"/lamp/polls/{poll.id}").text
    assert me.post("/lamp/invite/not-now", {"moment": "rating", "back": "place"}, seen="/lamp/place").location == "/lamp/place"
    assert ask not in me.get("/lamp/place").text
    assert me.post("/lamp/invite/not-now", {"moment": "rain"}, seen="/lamp/invite").status_code == 422
