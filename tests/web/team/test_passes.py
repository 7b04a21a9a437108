"""The team's page of passes: the next wave as it was shown, one pass taken back, and the line served first."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import milestones
from jobs.passes import pass_on
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Letter, Order, Pass, Variant
from launchpad.services import buying, passing
from launchpad.services.checks import passes as checks


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=8, access="passes", per_person=1, waitlist={"wave": 1})
    for n in range(5):
        person = given.person(member=True, name=f"Ana {n}")
        given.place(campaign, person, at=campaign.milestone("waitlist").due + timedelta(hours=n))
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    return campaign


@pytest.fixture
def editor(visitor, given):
    return visitor(given.person(role="editor"))


def version(browser) -> dict:
    words = browser.page.get_data(as_text=True)
    return {name: re.search(rf'name="{name}" value="([^"]*)"', words)[1] for name in ("version", "seen")}


def test_the_next_wave_goes_as_it_was_shown_and_not_twice(lamp, editor):
    words = editor.get("/team/lamp/passes").get_data(as_text=True)
    assert "Release 1 pass" in words and "Ana 0" in words
    fields = {**version(editor), "wave": "1", "reason": "The first is quick"}
    assert editor.post("/team/lamp/passes/release/member", {**fields, "reason": ""}).status_code == 422
    assert editor.post("/team/lamp/passes/release/member", fields, seen="/team/lamp/passes").status_code == 303
    again = editor.post("/team/lamp/passes/release/member", fields, seen="/team/lamp/passes")
    assert again.status_code == 422 and "changed since" in again.get_data(as_text=True)
    assert db.session.scalars(select(Pass.wave).order_by(Pass.id)).all() == [1, 2]
    assert "pass.release" in db.session.scalars(select(Audit.act)).all()
    for bad in ("", "x", "-1", "9" * 30):
        assert editor.post("/team/lamp/passes/release/member", {**fields, "wave": bad}, seen="/team/lamp/passes").status_code == 422
    nobody = {**fields, **version(editor)}
    assert editor.post("/team/lamp/passes/release/nobody", nobody, seen="/team/lamp/passes").status_code == 422
    with writing() as session:
        session.scalar(select(Variant)).head_start_stock = 2
    words = editor.get("/team/lamp/passes").get_data(as_text=True)
    assert "Release" not in words and "every unit of the head start is taken or promised" in words


def test_a_pass_is_sent_again_and_taken_back_with_a_reason(lamp, editor, visitor, given):
    one = f"/team/lamp/passes/{db.session.scalar(select(Pass.id))}"
    assert "Take it back" in editor.get(one).get_data(as_text=True)
    assert editor.post(f"{one}/resend", {"reason": "Lost it"}).status_code == 303
    assert editor.post(f"{one}/revoke", {"reason": ""}, seen=one).status_code == 422
    assert editor.post(f"{one}/revoke", {"reason": "A robot"}, seen=one).status_code == 303
    assert editor.post(f"{one}/revoke", {"reason": "A robot"}, seen="/team/lamp/passes").status_code == 422
    assert pass_on() == 1
    words = editor.get("/team/lamp/passes").get_data(as_text=True)
    assert "taken back" in words and "second chance" in words
    assert "Ana 0" in editor.get("/team/lamp/passes?state=revoked").get_data(as_text=True)
    acts = db.session.scalars(select(Audit.act).order_by(Audit.id)).all()
    assert acts == ["pass.resend", "pass.revoke"]
    assert visitor(given.person(role="moderator")).get("/team/lamp/passes").status_code == 403


def test_after_sold_out_what_is_added_goes_to_the_line_before_anyone_buys_it(lamp, editor, visitor, given, watch):
    watch.set(lamp.milestone("launch").due)
    milestones.advance(lamp.id)
    for _ in range(8):  # sold out, to strangers
        given.order(lamp, given.person(), at=lamp.milestone("launch").due)
    stranger = visitor()
    assert "Sold out" in stranger.get("/lamp/buy").get_data(as_text=True)
    editor.get("/team/lamp/passes")
    fields = {**version(editor), "hours": "48", "reason": "They waited"}
    for bad in ("", "0", "400", "x"):
        assert editor.post("/team/lamp/passes/list", {**fields, "hours": bad}, seen="/team/lamp/passes").status_code == 422
    assert editor.post("/team/lamp/passes/list", fields, seen="/team/lamp/passes").status_code == 303
    assert passing.campaigns() == []  # nothing to give yet
    with writing():
        db.session.scalar(select(Variant)).stock += 2
    assert stranger.get("/lamp/state.json").json["selling"] is False
    sold = {"sku": "OAK", "quantity": 1, "key": "k", "email": "late@example.com"}
    assert stranger.post("/lamp/buy", sold, seen="/sign-in").headers["X-Refusal"] == "list_first"
    assert pass_on() == 2 and pass_on() == 0
    written = db.session.scalars(select(Letter).where(Letter.kind == "pass_restock").order_by(Letter.id)).all()
    assert [letter.person.name for letter in written] == ["Ana 0", "Ana 1"]
    first = visitor(written[0].person)
    words = first.get("/lamp/buy").get_data(as_text=True)
    assert "Something came back, and it is your turn" in words and "Give my pass to the next in line" in words
    assert "Of what came back" in first.get("/lamp/place").get_data(as_text=True)
    first.post("/lamp/buy", {"sku": "OAK", "quantity": 1, "key": "a"}, seen="/lamp/buy")
    with writing():
        buying.pay(db.session.scalar(select(Order).where(Order.person_id == written[0].person_id)))
    watch.step(hours=24)
    assert pass_on() == 1 and checks.faults() == []  # Ana 1 did not come; Ana 2 is next
    newest = select(Letter).where(Letter.kind == "pass_restock").order_by(Letter.id.desc())
    assert db.session.scalar(newest).person.name == "Ana 2"
    watch.step(hours=24, seconds=-1)
    assert "max-age" not in stranger.get("/lamp/state.json").headers["Cache-Control"], "nothing outlives the list's turn"
    watch.step(seconds=1)
    assert stranger.get("/lamp/state.json").json["selling"] is True
    assert stranger.post("/lamp/buy", sold, seen="/sign-in").status_code == 303
    pass_on()
    assert db.session.scalar(select(Pass.id).where(Pass.ended_at.is_(None))) is None
    assert db.session.get(Campaign, lamp.id).list_first_until is not None


def test_sold_out_says_so_and_takes_addresses_for_what_comes_back(lamp, visitor, given, watch):
    watch.set(lamp.milestone("launch").due)
    milestones.advance(lamp.id)
    stranger = visitor()
    assert stranger.post("/lamp/restock", {"email": "eve@example.com"}, seen="/sign-in").status_code == 422
    for _ in range(8):
        given.order(lamp, given.person(), at=lamp.milestone("launch").due)
    for path in ("/lamp/", "/lamp/buy", "/lamp/thread"):
        assert "Tell me when one comes back" in stranger.get(path).get_data(as_text=True), path
    assert stranger.post("/lamp/restock", {"email": "not one"}, seen="/lamp/restock").status_code == 422
    assert stranger.post("/lamp/restock", {"email": "eve@example.com"}, seen="/lamp/restock").status_code == 303
    eve = db.session.scalar(select(Letter).where(Letter.kind == "confirm"))
    assert eve.person.email == "eve@example.com"
    ana = visitor(db.session.scalar(select(Pass)).person)
    assert "on the list already" in ana.get("/lamp/restock").get_data(as_text=True)
    assert "Everything is sold" in ana.get("/lamp/place").get_data(as_text=True)
