"""The queue before the public opening: early ones are drawn, later ones stand as they came, nobody needs a script."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Waiting
from launchpad.rules import prequeue as rules
from launchpad.rules.campaign_file import Fault, parse, unparse

DEMO = Path(__file__).parents[2] / "launchpad" / "demo" / "aurora-lamp.toml"
SOLD = {"sku": "OAK", "quantity": 1}


@pytest.fixture
def lamp(given, watch):
    """Ten minutes before its doors open; the queue begins at a quarter past and lets two in a minute."""
    campaign = given.campaign("lamp", stock=10)
    with writing():
        db.session.get(Campaign, campaign.id).prequeue = {"on": True, "minutes": 15, "rate": 2}
    watch.set(campaign.milestone("launch").due - timedelta(minutes=10))
    return campaign


def come(visitor, person=None):
    browser = visitor(person)
    browser.get("/lamp/queue")
    assert browser.post("/lamp/queue").status_code == 303
    return browser


def buys(browser, n=0) -> str:
    fields = {**SOLD, "key": f"k{n}", "email": f"guest{n}@example.com"}
    answer = browser.post("/lamp/buy", fields, seen="/sign-in")
    return "order" if answer.status_code == 303 else answer.headers.get("X-Refusal", str(answer.status_code))


def test_early_ones_enter_in_the_drawn_order_and_later_ones_behind_them(lamp, visitor, watch):
    early = [come(visitor) for _ in range(4)]
    with writing():  # what the draw gave
        for row, lot in zip(db.session.scalars(select(Waiting).order_by(Waiting.id)), (40, 30, 20, 10), strict=True):
            row.lot = lot
    page = early[0].get("/lamp/queue")
    assert "You are in the draw" in page.get_data(as_text=True) and int(page.headers["Refresh"]) <= 24
    assert early[0].get("/lamp/buy").location.endswith("/lamp/queue")
    watch.set(lamp.milestone("launch").due - timedelta(microseconds=1))
    assert buys(early[3]) != "order"
    watch.set(lamp.milestone("launch").due)
    late = come(visitor)
    assert [buys(each, n) for n, each in enumerate(early)] == ["queue", "queue", "order", "order"]
    assert buys(late, 4) == "queue"
    assert "number 5" in late.get("/lamp/queue").get_data(as_text=True)
    watch.step(seconds=59)
    assert buys(early[0], 0) == "queue"
    watch.step(seconds=31)
    assert buys(late, 4) == "order" and buys(early[0], 0) == "order"


def test_a_browser_and_a_person_have_one_turn_however_often_they_ask(lamp, visitor, given):
    stranger = come(visitor)
    stranger.post("/lamp/queue", seen="/lamp/queue")
    ana = given.person(member=True)
    come(visitor, ana)
    come(visitor, ana)
    assert len(db.session.scalars(select(Waiting)).all()) == 2


def test_a_turn_buys_for_one_person(lamp, visitor, watch):
    browser = come(visitor)
    watch.set(lamp.milestone("launch").due)
    assert buys(browser, 1) == "order" and buys(browser, 2) == "turn"
    assert len(db.session.scalars(select(Order)).all()) == 1


def test_who_had_a_head_start_needs_no_turn_and_who_has_none_must_take_it_while_others_wait(lamp, visitor, given, watch):
    ana = given.person(member=True)
    given.place(lamp, ana)
    for _ in range(2):
        come(visitor)
    watch.set(lamp.milestone("launch").due)
    assert buys(visitor(ana)) == "order"
    assert buys(visitor(), 5) == "queue"
    watch.step(minutes=15, microseconds=-1)
    assert buys(visitor(), 6) == "queue"
    watch.step(microseconds=1)  # the rush is over and nobody waits: whoever comes goes straight in
    assert buys(visitor(), 6) == "order"


def test_the_team_sees_its_length_and_switches_it_off_at_once(lamp, visitor, given, watch):
    for _ in range(3):
        come(visitor)
    watch.set(lamp.milestone("launch").due)
    team = visitor(given.person(role="moderator"))
    words = team.get("/team/lamp/queue").get_data(as_text=True)
    assert "3" in words and "wait" in words
    for bad in ({"minutes": "0"}, {"minutes": "x"}, {"rate": "0"}, {"rate": "9" * 30}, {"reason": ""}):
        fields = {"on": "1", "minutes": "15", "rate": "2", "reason": "why", **hidden(team), **bad}
        assert team.post("/team/lamp/queue", fields, seen="/team/lamp/queue").status_code == 422
    team.get("/team/lamp/queue")
    assert team.post("/team/lamp/queue/off", {"reason": "All are in", **hidden(team)}).status_code == 303
    assert buys(visitor(), 7) == "order"


def hidden(browser) -> dict:
    words = browser.page.get_data(as_text=True)
    return {name: re.search(rf'name="{name}" value="([^"]*)"', words)[1] for name in ("version", "seen")}


def test_off_by_default(given, visitor, watch):
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due - timedelta(minutes=1))
    assert visitor().get("/lamp/queue").location.endswith("/lamp/buy")
    assert visitor().post("/lamp/queue", seen="/sign-in").status_code == 422
    watch.set(campaign.milestone("launch").due)
    assert visitor().get("/lamp/buy").status_code == 200


def test_who_enters_when_is_steady_and_nobody_before_the_opening(watch):
    launch = watch.now
    queue = rules.Queue(True, 15, 60)
    assert rules.let_in(queue, launch, launch - timedelta(microseconds=1)) == 0
    assert rules.let_in(queue, launch, launch) == 60
    assert rules.let_in(queue, launch, launch + timedelta(seconds=10)) == 70
    for number in (1, 60, 61, 200, 999):
        enters = rules.enters_at(queue, launch, number)
        assert rules.let_in(queue, launch, enters) >= number
        assert number <= 60 or rules.let_in(queue, launch, enters - timedelta(milliseconds=1)) < number


def test_the_file_says_it_and_says_nothing_while_it_is_as_usual():
    table = tomllib.loads(DEMO.read_text())
    assert "launch" not in unparse(parse(table))
    for key, bad in (("prequeue", 1), ("prequeue_minutes", 0), ("prequeue_rate", "many")):
        with pytest.raises(Fault, match=f"launch.{key}"):
            parse({**table, "launch": {key: bad}})
    plan = parse({**table, "launch": {"prequeue": True, "prequeue_rate": 60}})
    assert (plan.prequeue, plan.prequeue_minutes, plan.prequeue_rate) == (True, rules.MINUTES, 60)
    assert parse(unparse(plan)) == plan
