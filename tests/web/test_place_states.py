"""What my place says I can do now: wait, buy, pay, or look at what is mine already."""

from datetime import timedelta

import pytest

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Person, Place
from launchpad.services import buying, doubts, holds, joining, pass_acts, waitlist


@pytest.fixture
def lamp(given, watch):
    """A head start that follows the line, with one pass at a time: Ana has it, Bo is next."""
    campaign = given.campaign("lamp", stock=4, access="passes", per_person=2, waitlist={"wave": 1, "pass_hours": 24})
    for hours, name in enumerate(("Ana", "Bo")):
        at = campaign.milestone("waitlist").due + timedelta(hours=hours)
        given.place(campaign, given.person(f"{name.lower()}@example.com", member=True, name=name), at=at)
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    return campaign


def place(visitor, name: str, path: str = "/lamp/place") -> str:
    return visitor(db.session.query(Person).filter_by(name=name).one()).get(path).get_data(as_text=True)


def buy(name: str, pays: bool) -> str:
    with writing() as session:
        person = session.query(Person).filter_by(name=name).one()
        order = buying.buy(session.query(Campaign).one(), person, "OAK", 1, "key", buying.person_owner(person))
        if pays:
            buying.pay(order)
        return order.number


def test_who_has_a_pass_reads_until_when_and_buys_from_the_top_of_the_page(lamp, visitor):
    for path in ("/lamp/place", "/lamp/"):
        words = place(visitor, "Ana", path)
        assert "Yours until" in words and words.index("Buy Lamp") < words.index("Your link to share")
        assert "What would you like" not in words, "the makers have brought what they bring"
    assert "When one reaches you, we write to you" in place(visitor, "Bo")


def test_who_has_something_set_aside_is_led_on_to_paying_and_then_to_the_order(lamp, visitor, watch):
    number = buy("Ana", pays=False)
    words = place(visitor, "Ana")
    assert "Go on paying" in words and f"/lamp/orders/{number}" in words and "Buy Lamp" not in words
    watch.step(minutes=11)
    with writing() as session:
        holds.sweep(session.query(Campaign.id).scalar())
    words = place(visitor, "Ana")
    assert "Go on paying" not in words and "Buy Lamp" in words


@pytest.mark.parametrize(("path", "status"), [("/lamp/place", 403), ("/lamp/place/pass", 422)])
def test_leaving_in_another_window_in_this_very_moment_is_an_answer(lamp, visitor, monkeypatch, path, status):
    ana = visitor(db.session.query(Person).filter_by(name="Ana").one())
    ana.get("/lamp/place")
    monkeypatch.setattr(waitlist, "place_of", lambda campaign, person: None)  # after the guard has seen the place
    assert ana.post(path, {"sku": "OAK", "quantity": "1"}).status_code == status


def test_who_has_no_place_that_counts_is_led_to_what_became_of_it(lamp, given, visitor):
    cleo = given.person("cleo@example.com", member=True)
    words = visitor(cleo).get("/lamp/place")
    assert words.status_code == 403 and "Join the waitlist" in words.text and "Sign in" not in words.text
    with writing() as session:
        here = session.get(Campaign, lamp.id)
        doubted = joining.join(here, cleo.email)
        doubts.raise_all(here, {doubted.id: ["pace"]})
        waitlist.confirm(doubted)
    assert visitor(cleo).get("/lamp/place").location == "/lamp/waitlist/checked"
    for path in ("/lamp/", "/lamp/waitlist"):
        words = visitor(cleo).get(path).text
        assert "See how it stands" in words and "Join the waitlist</" not in words, path
    assert "Join the waitlist" in visitor().get("/lamp/").text
    with writing() as session:
        waitlist.leave(session.get(Campaign, lamp.id), session.get(Person, cleo.id))
    assert visitor(cleo).get("/lamp/place").location == "/lamp/place/left"


def test_who_has_bought_sees_the_order_and_no_promise_of_a_letter(lamp, visitor):
    number = buy("Ana", pays=True)
    words = place(visitor, "Ana")
    assert f"order {number}" in words and "See my order" in words and "We write to you" not in words


def test_a_pass_that_was_given_on_or_ran_out_says_so(lamp, given, visitor, watch):
    with writing() as session:
        pass_acts.decline(session.query(Campaign).one(), session.query(Place).order_by(Place.id).first())
    assert "You gave your pass on" in place(visitor, "Ana")
    other = given.campaign("other", stock=4, access="passes", waitlist={"pass_hours": 24})
    given.place(other, given.person("gil@example.com", member=True, name="Gil", tier="founder"))
    watch.set(other.milestone("head_start_founder").due)
    milestones.advance(other.id)
    assert "Buy Lamp" in place(visitor, "Gil", "/other/place")
    watch.step(hours=24)
    words = place(visitor, "Gil", "/other/place")
    assert "Your pass ended before it was used" in words and "Buy Lamp" not in words


def test_a_name_is_asked_for_once_there_is_a_place_and_only_while_there_is_none(given, watch, visitor):
    campaign = given.campaign("lamp")
    person = given.person("joana@example.com", member=True, name="")
    given.place(campaign, person)
    watch.set(campaign.milestone("waitlist").due + timedelta(hours=1))
    mine = visitor(person)
    assert "What to call you" not in mine.get("/lamp/waitlist").get_data(as_text=True)
    assert "What to call you" in mine.get("/lamp/place").get_data(as_text=True)
    fields = {"sku": "OAK", "quantity": 1, "name": "  Joana   Reis "}
    assert mine.post("/lamp/place", fields | {"name": "x" * 61}, seen="/lamp/place").status_code == 422
    assert mine.post("/lamp/place", fields, seen="/lamp/place").status_code == 303
    mine.post("/lamp/place", fields | {"name": "Somebody Else"}, seen="/lamp/place")
    assert "Joana Reis" in (words := mine.get("/lamp/place").get_data(as_text=True)) and "What to call you" not in words
