"""The line on the pages: its rule, why somebody is where they are, the draw; and that the rule stays."""

import re
from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign, Place
from launchpad.rules import ranking
from launchpad.rules.campaign_file import Fault
from launchpad.services import joining, lines, plans, polls, waitlist


@pytest.fixture
def lamp(given, watch, request):
    campaign = given.campaign("lamp", **getattr(request, "param", {}))
    watch.set(campaign.milestone("waitlist").due + timedelta(hours=1))
    return campaign


def seen(visitor, path: str) -> str:
    """The words of a page, without tags."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


RULES = [
    ({"rule": "first_come", "access": "all"}, "in the order in which people first asked", "The number decides nothing"),
    ({"rule": "points", "access": "passes"}, "each poll you vote in 1, each idea 2", "It decides who gets a pass"),
    ({"rule": "draw", "access": "passes"}, "The draw is on", "It decides who gets a pass"),
]


@pytest.mark.parametrize(("lamp", "orders", "decides"), RULES, indirect=["lamp"])
def test_the_rule_is_printed_where_people_join_and_where_they_stand(lamp, given, visitor, orders, decides):
    mine = given.place(lamp, given.person())
    for who, path in ((visitor(), "/lamp/"), (visitor(), "/lamp/waitlist"), (visitor(mine.person), "/lamp/place")):
        words = seen(who, path)
        assert orders in words and decides in words, path


@pytest.mark.parametrize("lamp", [{"rule": "points", "waitlist": {"points": {"vote": 4}}}], indirect=True)
def test_a_vote_in_the_preview_moves_its_place_up_and_the_page_says_so(lamp, given, visitor, watch):
    ana, poll = given.person("ana@example.com", member=True, name="Ana"), given.poll(lamp)
    others = [given.place(lamp, given.person()) for _ in range(3)]
    watch.set(lamp.milestone("preview").due + timedelta(hours=1))
    with writing():
        polls.vote(lamp, ana, 1, [poll.options[0].id])
    watch.set(lamp.milestone("waitlist").due + timedelta(hours=2))
    with writing():
        waitlist.confirm(joining.join(lamp, "ana@example.com"))
    page = seen(visitor(ana), "/lamp/place")
    assert "You have 4 points. Nobody has more" in page, page
    assert "+4 points: you voted in a poll: number 1" in page
    assert "4 people ahead" not in seen(visitor(others[0].person), "/lamp/place")
    with writing():
        polls.withdraw(db.session.get(Campaign, lamp.id), ana, 1)
    page = seen(visitor(ana), "/lamp/place")
    assert "You have 0 points. 3 people have more" in page and "−4 points: the vote was taken back" in page


@pytest.mark.parametrize("lamp", [{"rule": "draw", "access": "passes"}], indirect=True)
def test_the_draw_can_be_done_again_by_anyone(lamp, given, visitor, watch):
    people = [given.place(lamp, given.person()).person for _ in range(12)]
    seed = lamp.draw_seed
    before = seen(visitor(), "/lamp/draw")
    assert ranking.seal(seed) in before and "Until then nobody has a number" in before
    assert visitor().get("/lamp/draw.txt").status_code == 404
    mine = seen(visitor(people[0]), "/lamp/place")
    assert "Nobody has a number yet: the draw is on" in mine and "number 1" not in mine
    for path in ("/lamp/", "/lamp/draw", "/lamp/place", "/lamp/state.json"):
        assert seed not in visitor(people[0]).get(path).get_data(as_text=True), path
    owner = visitor(given.person(role="owner"))
    assert re.findall(r'id="place-\d+"><td class="number">([^<]+)<', owner.get("/team/lamp/waitlist").text) == ["–"] * 12
    watch.set(lamp.milestone("head_start_founder").due)
    found = re.search(r'id="seed">(\w+)<', visitor().get("/lamp/draw").text)[1]
    assert ranking.seal(found) == ranking.seal(seed)
    listed = [line.split() for line in visitor().get("/lamp/draw.txt").text.splitlines() if line[0] != "#"]
    assert listed == sorted(([str(p.id), ranking.lot(found, p.id)] for p in db.session.query(Place)), key=lambda row: row[1])
    first = db.session.get(Place, int(listed[0][0]))
    assert lines.position(lamp, first) == 1 and "Nobody drew a smaller lot" in seen(visitor(first.person), "/lamp/place")
    assert visitor().get("/lamp/draw.txt?after=%00").status_code == 200
    assert len([r for r in visitor().get(f"/lamp/draw.txt?after={first.rank}").text.splitlines() if r[0] != "#"]) == 11


def test_a_line_without_a_draw_has_no_page_of_one(lamp, visitor):
    assert visitor().get("/lamp/draw").status_code == 404 and visitor().get("/lamp/draw.txt").status_code == 404


CHANGES = [("rule", "points"), ("access", "passes"), ("points", {"vote": 9})]


@pytest.mark.parametrize(("key", "value"), CHANGES)
def test_what_the_line_goes_by_is_frozen_when_the_waitlist_opens(lamp, given, watch, key, value):
    from dataclasses import replace

    watch.set(lamp.milestone("waitlist").due - timedelta(seconds=1))
    plan = plans.plan_of(lamp)
    with writing():
        plans.load(replace(plan, **{key: value}))
    with writing():
        plans.load(plan)
    watch.set(lamp.milestone("waitlist").due)
    with pytest.raises(Fault) as no, writing():
        plans.load(replace(plan, **{key: value}))
    assert no.value.key == f"waitlist.{key}" and "since the waitlist opened" in no.value.message
    with writing():
        plans.load(replace(plan, points={"vote": 1}, tagline="The same points, said aloud"))
