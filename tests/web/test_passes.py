"""A pass as a person meets it: by the letter's link, given on in two clicks, sent again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import letters as sending
from jobs import milestones
from jobs.passes import pass_on
from launchpad.database import db
from launchpad.models import Letter, Order, Pass
from launchpad.services import tokens


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=4, access="passes", per_person=2, waitlist={"wave": 1})
    for n in range(3):
        person = given.person(f"ana{n}@example.com", member=True, name=f"Ana {n}")
        given.place(campaign, person, at=campaign.milestone("waitlist").due + timedelta(hours=n))
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    return campaign


def link(kind="head_start") -> str:
    sending.send_due()
    text = db.session.scalar(select(Letter.text).where(Letter.kind == kind).order_by(Letter.id.desc()))
    return re.search(r"http://127\.0\.0\.1:8000(/lamp/pass/[^/\s]+)\s", text)[1]


def test_the_letter_of_the_first_wave_tells_until_when_and_leads_to_the_checkout(lamp, visitor):
    path = link()
    answer = visitor().get(path)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "up to 2 units" in words
    assert "Ana 0" in words and "ana0@example.com" not in words and "personal" in words
    assert "Sat" in db.session.scalar(select(Letter.text).where(Letter.kind == "head_start"))


def test_looking_spends_nothing_and_buying_on_it_counts_for_its_owner(lamp, visitor, given):
    path = link()
    for _ in range(3):
        assert visitor().get(path).status_code == 200
        assert visitor().get(path + "/decline").status_code == 200
    friend = visitor(given.person(member=True, name="Bo"))
    friend.post(path, {"sku": "OAK", "quantity": 1, "key": "k"}, seen=path)
    order = db.session.scalar(select(Order))
    assert order.person.email == "ana0@example.com" and order.pass_id == db.session.scalar(select(Pass.id))
    assert "Go on paying" in visitor().get(path).get_data(as_text=True)


def test_more_than_the_pass_is_for_is_refused_with_the_form(lamp, visitor):
    path = link()
    answer = visitor().post(path, {"sku": "OAK", "quantity": 3, "key": "k"}, seen=path)
    assert answer.status_code == 422 and db.session.scalar(select(Order.id)) is None


def test_giving_it_on_takes_a_page_and_a_click_and_the_next_in_line_is_written_to(lamp, visitor):
    path = link()
    browser = visitor()
    assert "Give it to the next in line" in browser.get(path + "/decline").get_data(as_text=True)
    assert browser.post(path + "/decline").status_code == 303
    assert "went on" in browser.get(path + "/decline").get_data(as_text=True)
    assert pass_on() == 1
    second = link("pass_second_chance")
    assert second != path and "Your second chance" in visitor().get(second).get_data(as_text=True)
    assert visitor().post(path, {"sku": "OAK", "quantity": 1, "key": "k"}, seen="/sign-in").headers["X-Refusal"] == "pass_declined"
    sending.send_due()
    assert browser.post(path + "/decline", seen="/sign-in").status_code == 303 and pass_on() == 0, "pressed twice is once"


def test_i_see_my_pass_on_my_place_and_have_it_sent_again_once_in_ten_minutes(lamp, visitor):
    mine = visitor(db.session.scalar(select(Pass)).person)
    assert "One confirmed order spends it" in mine.get("/lamp/place").get_data(as_text=True)
    assert mine.post("/lamp/place/pass").status_code == 303
    assert mine.post("/lamp/place/pass", seen="/lamp/place").status_code == 429
    assert "One confirmed order spends it" in mine.get("/lamp/").get_data(as_text=True)


def test_a_made_up_link_is_404_and_a_place_without_a_pass_is_told_so(lamp, visitor):
    assert visitor().get("/lamp/pass/nonsense/decline").status_code == 404
    later = tokens.make("pass", db.session.scalar(select(Pass.place_id)) + 1)
    assert visitor().get(f"/lamp/pass/{later}").status_code == 200
    answer = visitor().post(f"/lamp/pass/{later}/decline", seen="/sign-in")
    assert answer.status_code == 422 and "ended" in answer.get_data(as_text=True)
