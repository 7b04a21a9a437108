"""The line: a number that the counters give is the one that the rule gives, whatever happens, and at once."""

from datetime import timedelta
from random import Random
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from launchpad.database import db, writing
from launchpad.models import Campaign, LineBlock, Place, PlaceMove
from launchpad.rules import ranking
from launchpad.services import erasure, line_blocks, line_mending, line_story, lines, waitlist
from launchpad.services.checks import line as check
from tests.races import together


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    monkeypatch.setattr(line_blocks, "LONGEST", 8)
    monkeypatch.setattr(line_mending, "_FULL", 6)


@pytest.fixture
def lamp(given, watch, request):
    campaign = given.campaign("lamp", rule=getattr(request, "param", "first_come"))
    watch.set(campaign.milestone("waitlist").due + timedelta(hours=1))
    return campaign


def asked(campaign: Campaign, given, n: int) -> list[int]:
    at = campaign.milestone("waitlist").due
    return [given.place(campaign, given.person(), confirmed=False, at=at + timedelta(seconds=k // 2)).id for k in range(n)]


def by_rule(campaign: Campaign) -> dict[int, int]:
    """The numbers as the rule gives them, from the rows."""
    rows = db.session.scalars(select(Place).where(Place.campaign_id == campaign.id)).unique()
    order = ranking.line(rows, campaign.rule, campaign.draw_seed)
    return {place.id: number for number, place in enumerate(order, 1)}


def by_counters(campaign: Campaign) -> dict[int, int]:
    rows = db.session.scalars(select(Place).where(Place.campaign_id == campaign.id)).unique()
    return {p.id: number for p in rows if (number := lines.position(campaign, p)) is not None}


def test_a_rank_sorts_as_its_rule_does(given):
    dice = Random(7)
    at = given.campaign().milestone("waitlist").due
    places = [
        SimpleNamespace(
            id=n, submitted_at=at + timedelta(microseconds=dice.randrange(9)), points=dice.choice([0, 1, 9, 10, 2**31]),
            confirmed_at=at, left_at=None,
        )
        for n in range(1, 200)
    ]  # fmt: skip
    for rule in ranking.RULES:
        for place in places:
            place.points = min(place.points, ranking.MOST_POINTS)
        ranks = [ranking.rank(place, rule, "s") for place in ranking.line(places, rule, "s")]
        assert ranks == sorted(ranks) and len({len(rank) for rank in ranks}) == 1, rule
        assert all(line_blocks.BEGIN < rank < line_blocks.END for rank in ranks)


@pytest.mark.parametrize("lamp", ranking.RULES, indirect=True)
def test_the_counters_number_as_the_rule_does_through_joins_leaves_points_and_cuts(lamp, given, watch):
    dice, ids = Random(3), asked(lamp, given, 30)
    for id in dice.sample(ids, 26):
        with writing():
            waitlist.confirm(db.session.get(Place, id))
    for id in dice.sample(ids, 8):
        with writing():
            waitlist.leave(lamp, db.session.get(Place, id).person)
    for n, id in enumerate(dice.sample(ids, 10)):
        with writing():
            given_points = lines.award(db.session.get(Place, id), 1 + n % 3, "referral", "person:7")
            assert given_points == (lamp.rule == "points")
            assert not lines.award(db.session.get(Place, id), 5, "referral", "person:7"), "once for a subject"
    with writing():
        erasure.erase(db.session.get(Place, ids[0]).person)
    if lamp.rule == "draw":
        assert by_counters(lamp) == {}, "nobody has a number before lots are drawn"
        assert set(db.session.scalars(select(PlaceMove.number))) == {None}
        watch.set(lamp.milestone("head_start_founder").due)
    assert by_counters(lamp) == by_rule(lamp)
    assert lines.total(lamp) == len(by_rule(lamp)) > 12
    assert db.session.scalar(select(func.count()).select_from(LineBlock)) > 2, "the line was cut"
    assert check.faults() == []
    assert [p.id for p in lines.next_places(lamp, 3)] == sorted(by_rule(lamp), key=by_rule(lamp).get)[:3]


@pytest.mark.parametrize("lamp", ["first_come", "points"], indirect=True)
def test_thirty_who_confirm_leave_and_earn_at_once_are_counted_right(app, lamp, given):
    slug, ids = lamp.id, asked(lamp, given, 30)
    with writing():
        for id in ids[:20]:
            waitlist.confirm(db.session.get(Place, id))

    def confirm(id):
        return lambda s: waitlist.confirm(s.get(Place, id))

    def leave(id):
        return lambda s: waitlist.leave(s.get(Campaign, slug), s.get(Place, id).person)

    def earn(id, n):
        return lambda s: lines.award(s.get(Place, id), 2, "referral", f"person:{n}")

    calls = [confirm(id) for id in ids[20:30]] + [leave(id) for id in ids[:10]]
    calls += [earn(id, n) for id in ids[10:15] for n in (1, 1)]
    assert together(app, calls) == []
    assert check.faults() == []
    assert by_counters(lamp) == by_rule(lamp) and lines.total(lamp) == 20
    if lamp.rule == "points":
        assert {p.points for p in db.session.scalars(select(Place).where(Place.id.in_(ids[10:15]))).unique()} == {2}


def test_a_counter_that_is_read_and_written_back_is_seen_to_lose_people(app, lamp, given, monkeypatch, database):
    """The negative control: with the one statement taken apart, the check finds what is missing."""
    if not database.startswith("postgresql"):
        pytest.skip("SQLite has one writer: nothing comes between reading and writing")
    from threading import Barrier

    both = Barrier(2)

    def apart(campaign_id, rank, counted, gone):
        block = db.session.execute(select(LineBlock.counted)).scalar_one()
        both.wait(20)
        db.session.execute(update(LineBlock).values(counted=block + counted))

    ids = asked(lamp, given, 3)
    with writing():
        waitlist.confirm(db.session.get(Place, ids[0]))
    monkeypatch.setattr(line_blocks, "_change", apart)
    assert together(app, [lambda s, i=i: waitlist.confirm(s.get(Place, i)) for i in ids[1:]]) == []
    assert lines.total(lamp) == 2 and check.faults() != []
    with writing():
        line_mending.mend(lamp)
    assert lines.total(lamp) == 3 and check.faults() == []


def test_places_that_came_past_the_services_are_found_and_mended(lamp, given):
    at = lamp.milestone("waitlist").due
    people = [given.person() for _ in range(30)]
    with writing() as session:
        for person in people:
            session.add(Place(campaign_id=lamp.id, person_id=person.id, submitted_at=at, asked_at=at, confirmed_at=at))
    assert line_mending.is_behind(lamp) and "30 places" in check.faults()[0]
    with writing():
        assert line_mending.mend(lamp) == 30
    assert not line_mending.is_behind(lamp) and check.faults() == [] and by_counters(lamp) == by_rule(lamp)
    with writing() as session:
        session.execute(update(LineBlock).where(LineBlock.first == "").values(counted=1))
    assert "counts 1 places" in check.faults()[0]
    assert line_mending.behind() == [] and line_mending.behind(thoroughly=True) == [lamp.id]


@pytest.mark.parametrize("lamp", ["points"], indirect=True)
def test_points_that_were_taken_back_can_be_earned_again(lamp, given):
    first, second = (given.place(lamp, given.person()) for _ in range(2))
    with writing():
        assert lines.award(second, 3, "story", "story:1")
    assert lines.position(lamp, db.session.get(Place, second.id)) == 1
    with writing():
        assert lines.take_back(second, "story", "story:1") and not lines.take_back(second, "story", "story:1")
    assert lines.position(lamp, db.session.get(Place, second.id)) == 2
    with writing():
        assert lines.award(second, 3, "story", "story:1")
    assert [lines.position(lamp, db.session.get(Place, p.id)) for p in (first, second)] == [2, 1]


def test_why_i_am_here_tells_who_left_and_who_confirmed_late_and_adds_up(lamp, given, watch):
    ids = asked(lamp, given, 6)
    for id in (ids[0], ids[2], ids[3], ids[5]):
        with writing():
            waitlist.confirm(db.session.get(Place, id))
    watch.step(hours=30)
    with writing():
        waitlist.confirm(db.session.get(Place, ids[1]))
    for id in (ids[0], ids[2]):
        with writing():
            waitlist.leave(lamp, db.session.get(Place, id).person)
    watch.step(hours=1)
    mine = line_story.standing(lamp, db.session.get(Place, ids[5]))
    assert [(c.kind, c.n, c.number) for c in mine.changes] == [("exits", 2, None), ("passed", 1, None), ("joined", 0, 4)]
    assert mine.number == 4 - 2 + 1
    theirs = line_story.standing(lamp, db.session.get(Place, ids[1]))
    assert [(c.kind, c.n, c.number) for c in theirs.changes] == [("exits", 1, None), ("joined", 0, 2)]


@pytest.mark.parametrize("lamp", ["draw"], indirect=True)
def test_lots_are_sealed_before_and_public_after(lamp, given, watch):
    places = [given.place(lamp, given.person()).id for _ in range(5)]
    assert line_story.seed(lamp) is None and lines.draw_at(lamp) == lamp.milestone("head_start_founder").due
    seal = ranking.seal(lamp.draw_seed)
    watch.set(lamp.milestone("head_start_founder").due)
    seed = line_story.seed(lamp)
    assert ranking.seal(seed) == seal
    drawn = sorted(places, key=lambda id: ranking.lot(seed, id))
    assert [lines.position(lamp, db.session.get(Place, id)) for id in drawn] == [1, 2, 3, 4, 5]
