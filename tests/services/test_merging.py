"""Two addresses of one person: a claim goes to the other address, and what is joined is counted once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Allowance, Audit, Claim, Letter, Order, Person, Place, Task, Vote
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, claims, erasure, joining, merging, people, polls, profile, waitlist
from launchpad.services.checks import stock as stock_check
from launchpad.services.letter_texts import compose
from launchpad.services.revenue import revenue
from tests.make import NOON


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=20)
    watch.set(campaign.milestone("launch").due)
    return campaign


def guest_order(campaign, email: str, quantity: int = 1) -> Order:
    with writing():
        person = people.find_or_make(email)
        order = buying.pay(buying.buy(campaign, person, "OAK", quantity, f"k-{email}-{quantity}", buying.guest(person.email)))
    return order


def again(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def test_a_claim_is_settled_by_the_letter_to_the_other_address_and_counted_anew_once(lamp, given, visitor, watch):
    ana = given.person("ana@example.com", member=True)
    order = guest_order(lamp, "work@example.com", 2)
    assert (order.source, revenue(lamp).unmatched.units) == ("cold", 2)
    browser = visitor(ana)
    work, number = "work@example.com", order.number
    for asked, email in ((number, "nobody@example.com"), ("XXXXX-XXXXX", work), (number, work.upper())):
        answer = browser.post("/me/another-address", {"number": asked, "email": email}, seen="/me/another-address")
        assert (answer.status_code, answer.location) == (303, "/me/another-address/sent")
    claim = db.session.scalars(select(Claim)).one()
    letter = db.session.scalars(select(Letter).where(Letter.kind == "claim")).one()
    assert letter.person_id == order.person_id != ana.id
    link = re.search(r"/me/another-address/\S+", compose(letter).text)[0]
    stranger = visitor()
    assert "ana@example.com says that order" in stranger.get(link).get_data(as_text=True)
    assert again(claim).used_at is None and again(order).person_id == letter.person_id  # looking changed nothing
    assert stranger.post(link, {}, seen=link).location == "/me/another-address/joined"
    assert stranger.get(link).status_code == 410
    order = again(order)
    assert (order.person_id, order.source, order.matched) == (ana.id, "member", True)
    assert revenue(lamp).unmatched.units == 0
    assert db.session.get(Allowance, (lamp.id, ana.id)).taken == 2 and stock_check._allowances() == []
    assert people.find("work@example.com").id == ana.id == people.find_or_make("work@example.com").id
    assert db.session.scalars(select(Audit.act)).all() == ["people.claim"]
    assert f"/lamp/orders/{order.number}" in browser.get("/me").get_data(as_text=True)


def test_a_letter_at_most_every_ten_minutes_and_none_about_ones_own(lamp, given, watch):
    ana, order = given.person(member=True), guest_order(lamp, "work@example.com")
    for minutes in (0, 9, 10):
        watch.set(NOON + timedelta(days=11, minutes=minutes))
        with writing():
            claims.ask(ana, f" {order.number.lower()} ", "work@example.com")
    assert len(db.session.scalars(select(Claim)).all()) == 2
    with pytest.raises(Refusal), writing():
        claims.ask(ana, order.number, ana.email)
    watch.step(days=7)
    row = db.session.scalars(select(Claim).order_by(Claim.id.desc())).first()
    assert claims.usable(claims.token_of(row)) is None  # seven days are over
    assert claims.usable("1.x") is claims.usable("x") is claims.usable("999999.y") is None


def test_of_what_one_may_have_once_the_own_stays(lamp, given, watch):
    watch.set(lamp.milestone("waitlist").due)
    ana, other = given.person("ana@example.com", member=True), given.person("other@example.com", member=True)
    elsewhere = given.campaign("elsewhere")
    kept, given_up = given.place(lamp, ana), given.place(lamp, other)
    waiting, counted = given.place(elsewhere, ana, confirmed=False), given.place(elsewhere, other)
    open_poll, closed = given.poll(lamp), given.poll(lamp, number=2)
    with writing():
        for person in (ana, other):
            polls.vote(lamp, person, 1, [open_poll.options[0].id])
    for person in (ana, other):
        with writing() as session:
            session.add(Vote(poll_id=closed.id, person_id=person.id, at=NOON))
    watch.set(lamp.milestone("launch").due)
    with writing():
        merging.merge(ana, other, None, "the same person")
    assert again(kept).counted and again(given_up).left_at is not None and waitlist.position(again(kept)) == 1
    assert again(counted).person_id == ana.id and db.session.scalar(select(Place.id).where(Place.id == waiting.id)) is None
    votes = db.session.execute(select(Vote.poll_id, Vote.person_id).order_by(Vote.id)).all()
    assert {(closed.id, ana.id), (closed.id, other.id)} <= set(votes)
    assert (again(other).is_member, again(other).confirmed_at, again(other).is_active) == (False, None, False)
    with pytest.raises(Refusal), writing():
        merging.merge(ana, again(other), None, "again")


def test_over_the_limit_together_is_a_task_and_nothing_is_undone(lamp, given):
    ana, order = given.person(member=True), guest_order(lamp, "work@example.com", 2)
    mine = given.order(lamp, ana, quantity=2)
    with writing() as session:
        session.add(Allowance(campaign_id=lamp.id, person_id=ana.id, taken=2))
    with writing():
        merged = merging.merge(ana, order.person, None, "the same")
    assert merged.over == [lamp.id] and db.session.get(Allowance, (lamp.id, ana.id)).taken == 4
    assert {again(mine).state, again(order).state} == {"confirmed"}
    assert db.session.scalars(select(Task.kind)).all() == ["merged_limit"] and stock_check._allowances() == []


def test_an_order_of_somebody_known_stays_as_it_was_counted(lamp, given):
    ana, other = given.person(member=True), given.person(confirmed_at=NOON)
    order = guest_order(lamp, other.email)
    with writing():
        assert merging.merge(ana, other, None, "the same").recounted == 0
    assert (again(order).source, again(order).person_id) == ("cold", ana.id)


@pytest.mark.parametrize("case", ["same", "staff", "erased", "unconfirmed", "played"])
def test_who_cannot_be_joined(case, lamp, given):
    ana = given.person(member=case != "unconfirmed")
    other = given.person(
        member=True, role="editor" if case == "staff" else None, erased_at=NOON if case == "erased" else None,
        played_in=lamp.id if case == "played" else None,
    )  # fmt: skip
    with pytest.raises(Refusal), writing():
        merging.merge(ana, ana if case == "same" else other, None, "no")


def test_the_joined_address_joins_exports_and_goes_with_its_person(lamp, given, watch):
    ana, other = given.person("ana@example.com", member=True), given.person("work@example.com")
    with writing():
        merging.merge(ana, other, None, "the same")
    watch.set(lamp.milestone("waitlist").due)
    with writing():
        place = joining.join(lamp, "work@example.com")
    assert place.person_id == ana.id
    assert profile.everything(again(ana))["other_addresses"] == ["work@example.com"]
    with writing() as session:
        erasure.erase(session.get(Person, ana.id))
    assert "@" not in "".join(db.session.scalars(select(Person.email)))
    assert people.find("work@example.com") is None


def test_the_team_joins_two_after_seeing_both_and_typing_the_one_that_goes(lamp, given, visitor):
    owner = visitor(given.person(role="owner"))
    ana, order = given.person("ana@example.com", member=True), guest_order(lamp, "work@example.com")
    start = "/team/people/merge"
    assert owner.post(start, {"keep": "ana@example.com", "gone": "nobody@example.com"}, seen=start).status_code == 422
    pair = owner.post(start, {"keep": "ana@example.com", "gone": "work@example.com"}, seen=start).location
    assert pair == f"{start}/{ana.id}/{order.person_id}"  # ids alone: addresses belong into no log
    text = owner.get(pair).get_data(as_text=True)
    assert order.number in text and "cannot be undone" in text
    for fields in ({"typed": "ana@example.com", "reason": "she wrote"}, {"typed": "work@example.com", "reason": ""}):
        assert owner.post(pair, fields, seen=pair).status_code == 422
    assert again(order).person_id != ana.id
    done = owner.post(pair, {"typed": "work@example.com", "reason": "she wrote"}, seen=pair)
    assert done.status_code == 303 and "They are one person now" in owner.get(done.location).get_data(as_text=True)
    assert again(order).person_id == ana.id
    row = db.session.scalars(select(Audit).where(Audit.act == "people.merge")).one()
    assert (row.subject, row.reason, row.after["recounted"]) == (f"person:{ana.id}", "she wrote", 1)
    assert owner.get(pair).status_code == 200 and "one person already" in owner.get(pair).get_data(as_text=True)
    assert visitor(given.person(role="editor")).get(start).status_code == 403
