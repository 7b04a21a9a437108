"""A rush at the checkout: "sold out" from kept bytes is as true as from rows, and says what each buyer needs to know."""

import threading
from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import update

from launchpad.database import db, writing
from launchpad.models import Campaign, Hold, Order, Variant
from launchpad.services import guests, holds, leftovers
from launchpad.turns import Turns
from launchpad.web import buy as checkout
from launchpad.web import buy_together, limits, sold_out
from tests.races import at_once


@pytest.fixture
def lamp(given, watch, kept):
    campaign = given.campaign("lamp", stock=2)
    watch.set(campaign.milestone("launch").due + timedelta(hours=1))
    return campaign


def ask(browser, name="ana", key="k", **fields):
    fields = {"sku": "OAK", "quantity": "1", "key": key, "email": f"{name}@example.com", **fields}
    return browser.post("/lamp/buy", fields, seen="/sign-in")


@pytest.fixture
def pages(monkeypatch):
    """How often the page of a refusal was made."""
    made, page = [], checkout.refused

    def count(*words, **values):
        made.append(words[0].reason)
        return page(*words, **values)

    monkeypatch.setattr(checkout, "refused", count)
    return made


def test_the_second_stranger_is_told_from_bytes_the_same_as_the_first(lamp, visitor, pages):
    assert ask(visitor(), quantity="2").status_code == 303
    told = [ask(visitor(), f"late{n}") for n in range(4)]
    assert {(t.status_code, t.headers["X-Refusal"], t.headers["Cache-Control"]) for t in told} == {
        (422, "sold_out", "private, no-store")
    }
    assert pages == ["sold_out"] and len({t.data for t in told}) == 1 and b"Sold out." in told[0].data
    assert b"late0" not in told[0].data and "Content-Security-Policy" in told[3].headers
    assert told[0].headers["Vary"] == told[3].headers["Vary"]


def test_a_repeated_key_a_hold_that_is_over_and_a_unit_that_came_back_all_get_past_it(lamp, visitor, watch, pages):
    first = ask(visitor(), "ana", "mine", quantity="2")
    assert ask(visitor(), "ben").status_code == ask(visitor(), "cy").status_code == 422
    assert ask(visitor(), "ana", "mine", quantity="2").headers["Location"] == first.headers["Location"]
    watch.step(minutes=11)  # nobody swept, nothing else has changed
    assert ask(visitor(), "ben").status_code == 303
    assert ask(visitor(), "cy").status_code == 303
    assert ask(visitor(), "dora").status_code == 422
    with writing() as session:
        session.execute(update(Hold).where(Hold.state == "live").values(until=watch.now))
    with writing():
        holds.sweep()
    assert ask(visitor(), "dora").status_code == 303


def test_what_the_team_changes_is_told_at_once_and_not_the_page_of_before(lamp, visitor):
    ask(visitor(), quantity="2")
    assert ask(visitor(), "ben").headers["X-Refusal"] == ask(visitor(), "cy").headers["X-Refusal"] == "sold_out"
    with writing() as session:
        session.execute(update(Campaign).values(sales_stopped_at=lamp.milestone("launch").due))
    assert ask(visitor(), "dora").headers["X-Refusal"] == "stopped"


def test_who_is_signed_in_or_asks_for_a_part_or_sends_a_wrong_form_is_not_answered_from_there(lamp, given, visitor, pages):
    eva = given.person("eva@example.com", member=True, name="Eva Winter")
    ask(visitor(), quantity="2")
    ask(visitor(), "ben")
    assert b"Eva Winter" in ask(visitor(eva)).data
    browser = visitor()
    browser.get("/sign-in")
    no = browser.client.post("/lamp/buy", data={"sku": "OAK", "quantity": "1", "key": "k", "email": "cy@example.com"})
    assert no.status_code == 400, "without the token of a form of ours"
    assert ask(visitor(), "cy", quantity="many").status_code == 422
    assert ask(visitor(), "cy", sku="ELM").headers["X-Refusal"] != "sold_out"
    assert "sold_out" in pages


def test_a_form_of_another_site_or_without_our_token_is_refused_by_the_application_itself(lamp, visitor):
    ask(visitor(), quantity="2")
    assert ask(visitor(), "ben").status_code == ask(visitor(), "cy").status_code == 422
    browser = visitor()
    browser.get("/sign-in")
    form = {"sku": "OAK", "quantity": "1", "key": "k", "email": "dora@example.com", "csrf_token": browser.token}
    whole = {"Referer": "http://localhost/lamp/buy", "Sec-Fetch-Site": "same-origin"}
    assert browser.client.post("/lamp/buy", data=form, headers=whole).headers["X-Refusal"] == "sold_out"
    for wrong in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.com"}, {"X-CSRF-Token": "no"}):
        assert browser.client.post("/lamp/buy", data=form, headers=wrong).status_code == 400
    for odd in ({"csrf_token": "x"}, {"csrf_token": ""}):
        assert browser.client.post("/lamp/buy", data=form | odd).status_code == 400
    assert browser.client.post("/lamp/buy", data=form, content_type="multipart/form-data").status_code == 422


def test_who_wants_more_than_is_left_is_told_so_and_nobody_else_is_told_that(lamp, visitor):
    assert ask(visitor()).status_code == 303
    assert b"Only 1 left" in ask(visitor(), "ben", quantity="2").data
    assert ask(visitor(), "cy").status_code == 303
    told = [ask(visitor(), f"late{n}", quantity="2").data for n in range(3)]
    assert all(b"Sold out." in page and b"Only" not in page for page in told)


def test_of_many_who_find_it_gone_one_asks_and_each_leaves_a_line_in_the_log(
    app, lamp, visitor, pages, caplog, monkeypatch
):
    browser = visitor()
    browser.get("/lamp/buy")
    token = browser.token
    ask(visitor(), quantity="2")
    calls = [lambda n=n: late(app, n, token) for n in range(12)]
    monkeypatch.setattr(sold_out, "SECONDS", 60.0)
    caplog.clear()
    with caplog.at_level("INFO", "launchpad.requests"):
        assert at_once(app, calls) == [422] * 12
    assert pages == ["sold_out"], "made once"
    lines = [(r.method, r.route, r.status) for r in caplog.records if r.name == "launchpad.requests"]
    assert lines == [("POST", "/<slug>/buy", 422)] * 12


def late(app, number, token):
    fields = {"sku": "OAK", "quantity": "1", "key": "k", "email": f"l{number}@example.com", "csrf_token": token}
    return app.test_client().post("/lamp/buy", data=fields).status_code


def test_many_at_once_take_what_there_is_and_not_one_more(app, lamp, visitor):
    def buyer(number):
        def go():
            browser = app.test_client()
            fields = {"sku": "OAK", "quantity": "1", "key": "k", "email": f"b{number}@example.com", "csrf_token": token}
            return browser.post("/lamp/buy", data=fields, environ_base={"REMOTE_ADDR": f"10.0.{number}.1"}).status_code

        return go

    browser = visitor()
    browser.get("/lamp/buy")
    token = browser.token
    said = at_once(app, [buyer(n) for n in range(24)])
    assert sorted(said) == [303] * 2 + [422] * 22
    assert db.session.scalar(db.select(Variant.taken)) == 2


def test_who_saw_units_left_and_finds_them_gone_is_told_what_all_are_told(lamp, visitor, pages, monkeypatch):
    """The door looks once more, and their page is the one that was made for others."""
    look, stale, looks = leftovers.look, [], []

    def seen(wishes):
        looks.append(len(wishes))
        return [replace(left, units=1, known=False) if stale and stale.pop() else left for left in look(wishes)]

    monkeypatch.setattr(leftovers, "look", seen)
    first = ask(visitor(), "ana", "mine", quantity="2")
    told = ask(visitor(), "ben").data
    looks.clear()
    stale.append(True)
    assert ask(visitor(), "cy").data == told and len(looks) == 2 and pages == ["sold_out"]
    stale.append(True)
    assert ask(visitor(), "ana", "mine", quantity="2").headers["Location"] == first.headers["Location"]
    stale.extend([True, True])
    assert ask(visitor(), "dora").headers["X-Refusal"] == "sold_out", "and not a third time"
    assert pages == ["sold_out"] * 2


def test_who_is_served_at_the_door_gets_the_answer_of_the_application(app, lamp, visitor, monkeypatch):
    asked, dispatch = [], app.full_dispatch_request
    monkeypatch.setattr(app, "full_dispatch_request", lambda *words: asked.append(request.method) or dispatch(*words))
    at_the_door = ask(visitor(), "ana", announce="true", utm_medium="mail", source="news")
    assert "POST" not in asked
    monkeypatch.setitem(app.config, "KEEP_PAGES", False)
    inside = ask(visitor(), "ben", announce="true", utm_medium="mail", source="news")
    assert "POST" in asked
    ours = ("Location", "Content-Length", "Set-Cookie")
    kept, made = ([(n, v) for n, v in answer.headers if n not in ours] for answer in (at_the_door, inside))
    assert at_the_door.status_code == inside.status_code == 303 and sorted(kept) == sorted(made)
    page = visitor().get(at_the_door.headers["Location"])
    first, second = db.session.scalars(db.select(Order).order_by(Order.id))
    assert page.status_code == 200 and first.number in page.text
    assert first.touch == second.touch and first.touch["last"]["utm_medium"] == "mail"
    assert (first.source, first.announce, first.body != second.body) == (second.source, True, True)


def test_too_many_forms_of_one_client_are_left_to_the_application_by_the_door(app, lamp, visitor, monkeypatch):
    asked = []
    monkeypatch.setattr(limits, "within", lambda *words: asked.append(words) or False)
    monkeypatch.setattr(guests, "hold_all", lambda *_: pytest.fail("held what is too much"))
    assert ask(visitor()).status_code == 303, "the application counts for itself, and here lets them in"
    assert asked == [("30/minute", "127.0.0.1", "buy.buy")]


def test_strangers_who_buy_at_the_same_moment_share_transactions(app, lamp, visitor, monkeypatch):
    with writing() as session:
        session.execute(update(Variant).values(stock=40))
    browser, sizes, hold_all, gate = visitor(), [], guests.hold_all, threading.Event()
    browser.get("/lamp/buy")

    def counted(campaign, wishes):
        sizes.append(len(wishes))
        gate.wait(2 if len(sizes) == 1 else 0)  # the first has the turn until the others stand behind them
        return hold_all(campaign, wishes)

    monkeypatch.setattr(guests, "hold_all", counted)
    monkeypatch.setattr(buy_together._hold, "_waiting", waiting := Watched(10, gate))
    said = at_once(app, [lambda n=n: late(app, n, browser.token) for n in range(11)])
    assert said == [303] * 11 and sizes == [1, 10] and not waiting


class Watched(deque):
    """Sets the event as soon as so many wait."""

    def __init__(self, most, event):
        super().__init__()
        self.most, self.event = most, event

    def append(self, wish):
        super().append(wish)
        if len(self) >= self.most:
            self.event.set()


def test_nobody_waits_for_a_turn_while_they_hold_one(lamp, visitor, monkeypatch):
    """Else two dozen forms that name no variant of ours would wait for each other, as long as anybody may wait."""
    held, take = [], Turns.take

    def count(turns, name):
        held.append(name in turns._rooms)
        return take(turns, name)

    monkeypatch.setattr(Turns, "take", count)
    assert ask(visitor(), sku="ELM").status_code == 422
    assert held == [False, False], "once at the door, once in the application"
