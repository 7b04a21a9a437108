"""The line: a number from the database's own order, and joins that meet."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import joining, referrals, waitlist
from tests.races import together

CROWD = 30


def test_the_number_counts_confirmed_places_before_mine_and_leaving_moves_the_others_up(lamp, given):
    at = lamp.milestone("waitlist").due
    people = [given.person() for _ in range(5)]
    places = [given.place(lamp, person, at=at + timedelta(seconds=n // 2)) for n, person in enumerate(people)]
    assert [waitlist.position(place) for place in places] == [1, 2, 3, 4, 5], "one moment keeps the order of ids"
    late = given.place(lamp, given.person(), confirmed=False, at=at)
    assert waitlist.position(late) is None and waitlist.position(places[4]) == 5
    with writing():
        waitlist.confirm(db.session.get(Place, late.id))
    assert waitlist.position(late) == 3, "held from the first submit, counted once confirmed"
    with writing():
        waitlist.leave(lamp, people[0])
    assert [waitlist.position(place) for place in places] == [None, 1, 3, 4, 5]
    assert waitlist.confirmed_count(lamp) == 5


def test_thirty_joins_with_one_address_are_one_place_and_one_letter(app, lamp):
    slug = lamp.id
    failed = together(app, [lambda s: joining.join(s.get(Campaign, slug), "ana@example.com") for _ in range(CROWD)])
    assert failed == []
    for model in (Person, Place, Letter):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1, model


def test_thirty_people_at_once_have_thirty_numbers(app, lamp):
    id = lamp.id
    emails = [f"p{n}@example.com" for n in range(CROWD)]
    assert together(app, [lambda s, e=email: joining.join(s.get(Campaign, id), e) for email in emails]) == []
    ids = list(db.session.scalars(select(Place.id)))
    assert together(app, [lambda s, i=i: waitlist.confirm(s.get(Place, i)) for i in ids]) == []
    numbers = sorted(waitlist.position(place) for place in db.session.scalars(select(Place)))
    assert numbers == list(range(1, CROWD + 1))


def test_confirming_at_once_makes_one_member_and_one_letter(app, lamp):
    with writing():
        id = joining.join(lamp, "ana@example.com", "Ana", marketing=True).id
    assert together(app, [lambda s: waitlist.confirm(s.get(Place, id)) for _ in range(10)]) == []
    assert sorted(db.session.scalars(select(Letter.kind))) == ["confirm", "place"]


def test_a_member_keeps_since_when_they_are_one(lamp, given):
    ana = given.person("ana@example.com", member=True, name="Ana")
    since = ana.member_at
    with writing():
        waitlist.confirm(joining.join(lamp, "ana@example.com", "Someone Else"))
    assert (ana.member_at, ana.joined_in, ana.name) == (since, None, "Ana")


def test_in_a_rehearsal_places_bear_the_campaigns_time_and_new_people_belong_to_it(given, watch):
    campaign = given.campaign("play", rehearsal=True)
    with writing():
        campaign.rehearsal.campaign_0 = campaign.milestone("waitlist").due
        campaign.rehearsal.speed = 3600
    watch.step(seconds=2)
    with writing():
        place = joining.join(campaign, "ana@example.com")
        waitlist.confirm(place)
    assert place.submitted_at == campaign.milestone("waitlist").due + timedelta(hours=2)
    assert (place.person.played_in, place.person.joined_in) == (campaign.id, campaign.id)
    assert place.person.member_at == place.confirmed_at


def test_a_wish_for_what_there_is_not(lamp):
    with pytest.raises(Refusal) as no, writing():
        joining.join(lamp, "ana@example.com", sku="GOLD")
    assert no.value.field == "sku"
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("code", ["", "-", "1", "é-é", "1-000000", "zzzzzzzzzzzz-1", "0" * 50, "il-ou", "\x00-\x00"])
def test_a_code_that_is_nobodys(given, code):
    given.person()
    assert referrals.person_of(code) is None


def test_a_code_is_read_as_it_is_typed(given):
    ana = given.person()
    assert referrals.person_of(f" {referrals.code_of(ana).upper()} ").id == ana.id
