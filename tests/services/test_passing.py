"""Passes: a wave, what becomes of what comes back, and that no unit is promised twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs import milestones
from jobs.passes import pass_on
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Order, Pass, Person, Place, Variant
from launchpad.rules import passes as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, pass_acts, pass_rows, passing, shelves, waitlist
from launchpad.services.checks import orders as order_checks
from launchpad.services.checks import passes as checks
from launchpad.services.checks import stock as stock_checks
from launchpad.services.timetable import locked
from tests.services.test_stock import at_once, buy

TICK = timedelta(microseconds=1)


@pytest.fixture
def line(given, watch):
    """Six members in line, a wave of two, units for three of one each; their tier has just opened."""
    campaign = given.campaign("lamp", stock=6, access="passes", per_person=1, waitlist={"wave": 2, "pass_hours": 24})
    with writing():
        launch = db.session.merge(campaign).milestone("launch")
        launch.due += timedelta(hours=24)  # so that a second chance has its whole 24 hours
    opens = campaign.milestone("waitlist").due
    people = []
    for n in range(6):
        people.append(given.person(member=True))
        given.place(campaign, people[-1], at=opens + timedelta(hours=n))
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    return campaign.id, [person.id for person in people]


def campaign_of(id) -> Campaign:
    db.session.rollback()
    return db.session.get(Campaign, id, populate_existing=True)


def reason(id, person_id) -> str:
    return buying.offer(campaign_of(id), db.session.get(Person, person_id)).reason


def holders(id) -> list[int]:
    """Who may buy now."""
    everyone = db.session.scalars(select(Place.person_id).where(Place.campaign_id == id).order_by(Place.id)).all()
    return [person for person in everyone if reason(id, person) == ""]


def kinds(person_id) -> list[str]:
    return list(db.session.scalars(select(Letter.kind).where(Letter.person_id == person_id).order_by(Letter.id)))


def order(id, person_id, paid=True) -> Order:
    number = buy(id, person_id, key=f"key-{person_id}")()
    if paid:
        with writing():
            buying.pay(db.session.scalar(select(Order).where(Order.number == number)))
    return db.session.scalar(select(Order).where(Order.number == number))


def place_of(id, person_id) -> Place:
    return waitlist.place_of(campaign_of(id), db.session.get(Person, person_id))


def act(call, id, person_id):
    with writing():
        campaign = db.session.get(Campaign, id)
        call(campaign, waitlist.place_of(campaign, db.session.get(Person, person_id)))


def test_an_unused_pass_goes_to_the_next_in_line_as_a_second_chance(line, watch):
    id, people = line
    assert holders(id) == people[:2]
    watch.step(hours=24, microseconds=-1)
    assert pass_on() == 0 and holders(id) == people[:2]
    watch.step(microseconds=1)
    assert holders(id) == []  # by the clock, before anybody recorded it
    assert pass_on() == 2 and pass_on() == 0
    assert holders(id) == people[2:4]
    assert reason(id, people[0]) == "pass_ended"
    assert kinds(people[2]) == ["pass_second_chance"]
    assert checks.faults() == []


def test_a_declined_pass_goes_on_at_once_and_the_place_stays(line):
    id, people = line
    act(pass_acts.decline, id, people[0])
    act(pass_acts.decline, id, people[0])  # a second click changes nothing
    assert pass_on() == 1
    assert holders(id) == [people[1], people[2]]
    assert reason(id, people[0]) == "pass_declined" and place_of(id, people[0]).counted


def test_a_place_that_is_left_passes_its_pass_on(line):
    id, people = line
    with writing():
        waitlist.leave(db.session.get(Campaign, id), db.session.get(Person, people[1]))
    assert pass_on() == 1 and holders(id) == [people[0], people[2]]


def test_a_revoked_pass_says_so_and_is_on_record(line, given):
    id, people = line
    owner = given.person(role="owner")
    mine = pass_rows.newest(place_of(id, people[0])).id
    with writing(), pytest.raises(Refusal, match="Say why"):
        pass_acts.revoke(db.session.get(Campaign, id), owner, mine, " ")
    with writing():
        pass_acts.revoke(db.session.get(Campaign, id), owner, mine, "bought by a robot")
    assert reason(id, people[0]) == "pass_revoked"
    with pytest.raises(Refusal):
        buy(id, people[0])()


def test_one_confirmed_order_spends_it_and_an_open_checkout_holds_it(line, watch):
    id, people = line
    first = order(id, people[0], paid=False)
    with pytest.raises(Refusal) as no:
        buy(id, people[0], key="another")()
    assert no.value.reason == "pass_in_use"
    with pytest.raises(Refusal, match="checkout holds this pass"):
        act(pass_acts.decline, id, people[0])
    with writing():
        buying.cancel(db.session.get(Order, first.id))
    assert reason(id, people[0]) == ""  # looking, and giving a checkout up, spends nothing
    with writing():
        again = buying.buy(
            db.session.get(Campaign, id), db.session.get(Person, people[0]), "OAK", 1, "third", f"person:{people[0]}"
        )
        buying.pay(again)
    assert reason(id, people[0]) == "pass_used"
    pass_on()
    assert db.session.scalar(select(Pass.ended_why).where(Pass.person_id == people[0])) == "used"
    assert order_checks.faults() == [] and checks.faults() == [] and stock_checks.faults() == []


def test_when_a_wave_is_used_up_the_next_goes_and_is_as_large_as_units_allow(line):
    id, people = line
    for person in people[:2]:
        order(id, person)
    assert pass_on() == 1  # three units for the head start, two are sold
    assert holders(id) == [people[2]] and kinds(people[2]) == ["pass_ready"]
    assert passing.next_wave(campaign_of(id), "member") == (0, 3)


def test_the_team_may_release_the_next_wave_and_gets_no_more_than_there_is(line):
    id, people = line
    with writing():
        assert len(passing.release(locked(id), "member")) == 1
    with writing():
        assert passing.release(locked(id), "member") == []
    assert holders(id) == people[:3]


def test_no_pass_is_given_that_would_last_less_than_an_hour(line, watch):
    id, people = line
    launch = campaign_of(id).milestone("launch").due
    watch.set(launch - rules.LEAST + TICK)
    assert pass_on() == 0 and holders(id) == []
    watch.set(launch)
    assert holders(id) == people
    pass_on()
    assert db.session.scalar(select(func.count()).select_from(Pass).where(Pass.ended_at.is_(None))) == 0


def test_a_launch_put_off_leaves_a_pass_its_whole_hours(line, watch):
    id, people = line
    watch.step(hours=24)
    pass_on()
    with writing():
        db.session.get(Campaign, id).milestone("launch").due += timedelta(hours=5)
    mine = pass_rows.newest(place_of(id, people[2]))
    assert mine.until - mine.given_at == timedelta(hours=24)
    watch.step(hours=24, microseconds=-1)
    assert reason(id, people[2]) == ""


def test_the_letter_is_sent_again_at_most_once_in_ten_minutes(line, watch):
    id, people = line
    act(pass_acts.send_again, id, people[0])
    watch.step(minutes=9)
    with pytest.raises(Refusal) as no:
        act(pass_acts.send_again, id, people[0])
    assert no.value.status == 429
    watch.step(minutes=1)
    act(pass_acts.send_again, id, people[0])
    assert kinds(people[0]).count("pass_ready") == 2
    with pytest.raises(Refusal):
        act(pass_acts.send_again, id, people[5])


def give_at_once(app, id):
    def release():
        with writing():
            return len(passing.release(locked(id), "member"))

    return at_once(app, [release] * 4 + [lambda: _passed(id)] * 4)


def _passed(id):
    with writing():
        return passing.pass_on(id)


def test_eight_workers_at_once_promise_no_unit_twice(app, line):
    id, _ = line
    give_at_once(app, id)
    assert db.session.scalar(select(func.sum(Pass.units))) == 3
    assert checks.faults() == []


def test_without_the_count_of_promises_they_would(app, line, monkeypatch):
    monkeypatch.setattr(pass_rows, "room", lambda campaign, tier: 3)
    id, _ = line
    give_at_once(app, id)
    assert db.session.scalar(select(func.sum(Pass.units))) > 3
    assert checks.faults() != []


def test_one_pass_buys_once_however_many_checkouts_begin_at_once(app, line):
    id, people = line
    said = at_once(app, [buy(id, people[0], key=f"k{n}") for n in range(6)])
    assert sorted(said)[1:] == ["pass_in_use"] * 5 or sorted(said)[:-1] == ["pass_in_use"] * 5
    assert db.session.scalar(select(Variant.taken)) == 1


def test_a_tier_takes_no_more_than_its_cap_also_in_passes(given, watch):
    campaign = given.campaign("lamp", stock=10, access="passes", per_person=2)
    with writing():
        variant = db.session.scalar(select(Variant))
        variant.head_start_stock, variant.head_start_caps = 4, {"founder": 3, "member": 1}
    for n in range(3):
        for tier in ("founder", "member"):
            given.place(campaign, given.person(member=True, tier=tier), at=campaign.milestone("waitlist").due + timedelta(hours=n))
    watch.set(campaign.milestone("head_start_founder").due)
    milestones.advance(campaign.id)
    units = select(Pass.units).where(Pass.tier == "founder").order_by(Pass.id)
    assert db.session.scalars(units).all() == [2, 1]
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    pass_on()
    assert db.session.scalars(select(Pass.units).where(Pass.tier == "member")).all() == [1]


def test_stock_that_live_passes_were_promised_cannot_be_taken_away(line, given):
    id, _ = line
    owner = given.person(role="owner")

    def lower(part):
        with writing():
            shelves.restock(db.session.get(Campaign, id), owner, db.session.scalar(select(Variant)), 6, part, "fewer came")

    lower(2)
    with pytest.raises(Refusal, match="promised to passes"):
        lower(1)
