"""Asking to become a member where the team looks at each request."""

import threading

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Joining, Letter, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import (
    erasure,
    invites,
    ledger,
    letter_texts,
    membership,
    membership_queue,
    membership_requests,
    merging,
    profile,
    rehearsals,
    waitlist,
)
from tests.races import at_once


def asked(email="ada@example.com", **values) -> Joining:
    with writing():
        membership.ask(email, **values)
    return db.session.scalar(select(Joining).order_by(Joining.id.desc()).limit(1))


def handed_in(email="ada@example.com", **values) -> Joining:
    """A request whose address is proven."""
    token = membership.token_of(asked(email, **values))
    with writing():
        return membership.confirm(token)


def decided(state: str, row: Joining, actor=None, reason="") -> int:
    with writing():
        return membership_requests.decide(state, [row.id], actor, reason)


def person_of(row: Joining) -> Person:
    return db.session.get(Person, row.person_id)


def letters_of(row: Joining) -> list[tuple[str, str]]:
    rows = select(Letter).where(Letter.person_id == row.person_id, Letter.kind != "membership").order_by(Letter.id)
    return [(letter.kind, letter.state) for letter in db.session.scalars(rows)]


def test_an_address_waits_for_the_team_once_it_is_proven(given, watch):
    campaign = given.campaign(membership="request")
    row = asked(campaign=campaign, about="  I light rooms.  ", name="Ada")
    assert membership_queue.waiting() == 0 and row.state is None
    with writing():
        row = membership.confirm(membership.token_of(row))
    person = person_of(row)
    assert person.confirmed_at == watch.now and not person.is_member and membership_requests.told(row) == "waiting"
    (one,) = membership_queue.listed("waiting")
    assert (one.row.about, one.row.name, one.row.used_at) == ("I light rooms.", "Ada", watch.now)
    assert membership_queue.waiting(campaign) == membership_queue.waiting() == 1


def test_let_in_is_a_member_at_once_and_reads_it_when_the_letter_goes(given, watch):
    owner = given.person(role="owner")
    row = handed_in(campaign=given.campaign("lamp", membership="request"))
    watch.step(hours=1)
    assert decided("admitted", row, owner, "Welcome") == 1
    assert person_of(row).is_member and person_of(row).member_source == "request"
    assert membership_queue.waiting() == 0
    letter = db.session.scalar(select(Letter).where(Letter.kind == "request_admitted"))
    assert letter.due_at == watch.now + membership_requests.LETTER_AFTER
    text = letter_texts.compose(letter)
    assert "Welcome" in text.text and "/lamp/" in text.text
    act = db.session.scalar(select(Audit).where(Audit.act == "member.admit"))
    assert (act.person_id, act.subject, act.reason) == (owner.id, f"person:{row.person_id}", "Welcome")
    assert decided("declined", row, owner) == 0, "somebody was first"
    assert person_of(row).is_member


def test_a_decision_is_taken_back_until_its_letter_has_gone(given, watch):
    given.campaign(membership="request")
    row = handed_in()
    decided("admitted", row)
    with writing():
        membership_requests.undo(row.id, None)
    assert person_of(row).member_at is None and membership_queue.waiting() == 1
    assert letters_of(row) == [("request_admitted", "suppressed")]
    watch.step(minutes=1)
    decided("declined", row, reason="Not now")
    assert membership_requests.told(db.session.get(Joining, row.id)) == "waiting", "it may be taken back yet"
    watch.step(seconds=membership_requests.LETTER_AFTER.total_seconds())
    assert membership_requests.told(db.session.get(Joining, row.id)) == "declined"
    letter = db.session.scalar(select(Letter).where(Letter.kind == "request_declined"))
    with writing():
        assert ledger.claim(letter.id)
    with pytest.raises(Refusal), writing():
        membership_requests.undo(row.id, None)
    assert db.session.get(Joining, row.id, populate_existing=True).state == "declined"
    assert [act for act in db.session.scalars(select(Audit.act).order_by(Audit.id)) if act.startswith("member.")] == [
        "member.admit", "member.undo", "member.decline",
    ]  # fmt: skip


def test_one_request_of_a_person_waits_at_a_time_and_who_was_declined_may_ask_again(given, watch):
    given.campaign(membership="request")
    first = handed_in(about="One")
    since = first.used_at
    watch.step(minutes=11)
    handed_in(about="Two")
    (one,) = membership_queue.listed("waiting")
    assert (one.row.id, one.row.about, one.row.used_at) == (first.id, "Two", since)
    decided("declined", one.row, reason="No room")
    assert decided("admitted", one.row) == 0, "somebody was first"
    assert letters_of(first) == [("request_declined", "due")] and not person_of(first).is_member
    assert membership_queue.listed("declined")[0].before == [], "it is not its own past"
    watch.step(days=1)
    again = handed_in()
    (one,) = membership_queue.listed("waiting")
    assert one.row.id == again.id and [row.reason for row in one.before] == ["No room"]


def test_who_was_declined_in_words_that_have_not_gone_hands_in_nothing_new(given, watch):
    given.campaign(membership="request")
    first = asked()
    watch.step(minutes=11)
    tokens = [membership.token_of(first), membership.token_of(asked(about="Please"))]
    with writing():
        first = membership.confirm(tokens[0])
    decided("declined", first)
    with writing():
        assert membership.confirm(tokens[1]).state is None
    assert membership_queue.waiting() == 0 and membership_requests.told(first) == "waiting"


def test_a_code_still_makes_a_member_at_once(given, watch):
    given.campaign(membership="request")
    with writing():
        invites.make_invite("LAMP")
    assert person_of(handed_in(code="LAMP")).is_member and membership_queue.waiting() == 0


def test_who_became_a_member_by_another_door_waits_no_more(given, watch):
    campaign = given.campaign(membership="request")
    row = handed_in()
    watch.set(campaign.milestone("waitlist").due)
    place = given.place(campaign, person_of(row), confirmed=False)
    assert membership_queue.waiting() == 1
    with writing():
        waitlist.confirm(db.session.merge(place))
    assert person_of(row).member_source == "place" and membership_queue.waiting() == 0
    assert decided("declined", row) == 0 and letters_of(row) == [("place", "due")]


@pytest.mark.parametrize(
    "others, own, played, way",
    [
        ((), None, False, "open"),
        (("open", "request"), None, False, "request"),
        (("request", "invite"), "open", False, "invite"),
        (("invite",), "request", True, "request"),
        (("invite", "request"), None, True, "open"),
    ],
)
def test_the_strictest_of_the_running_campaigns_counts(given, watch, others, own, played, way):
    for word in others:
        given.campaign(membership=word)
    given.campaign(membership="invite", rehearsal=True)
    campaign = given.campaign(membership=own) if own else None
    assert membership.way_in(campaign, played) == way


def test_a_rehearsals_requests_are_its_own_and_go_with_it(given, watch):
    campaign = given.campaign(membership="request", rehearsal=True)
    row = handed_in(campaign=campaign)
    assert (membership_queue.waiting(), membership_queue.waiting(campaign)) == (0, 1)
    assert membership_queue.listed("waiting") == [] and membership_queue.listed("waiting", campaign)[0].row.id == row.id
    decided("admitted", row)
    assert db.session.scalar(select(Letter.due_at).where(Letter.kind == "request_admitted")) == watch.now
    with writing():
        rehearsals.wipe(db.session.get(type(campaign), campaign.id))
    assert db.session.scalar(select(func.count()).select_from(Joining)) == 0


def test_export_holds_the_request_and_erasure_takes_it(given, watch):
    given.campaign(membership="request")
    row = handed_in(about="I light rooms.")
    decided("declined", row, reason="No room")
    (kept,) = profile.everything(person_of(row))["joinings"]
    assert (kept["about"], kept["state"], kept["reason"]) == ("I light rooms.", "declined", "No room")
    with writing():
        erasure.erase(person_of(row))
    assert db.session.scalar(select(func.count()).select_from(Joining)) == 0
    assert letters_of(row) == [("request_declined", "suppressed")]


def test_two_rows_that_are_one_person_wait_once(given, watch):
    given.campaign(membership="request")
    first, second = handed_in("ada@example.com", about="One"), handed_in("ada@two.example.com", about="Two")
    with writing():
        merging.merge(person_of(first), person_of(second), None, "the same")
    (one,) = membership_queue.listed("waiting")
    assert (one.row.id, one.row.about) == (first.id, "Two")


def test_what_the_team_sees_of_somebody_who_was_here_before(given, watch):
    person, campaign = given.person("ada@example.com"), given.campaign(membership="request", name="Lamp")
    given.order(campaign, person)
    handed_in()
    assert membership_queue.listed("waiting")[0].known == ["bought Lamp"]


def pressed_at_once(app, given, watch) -> int:
    """How many requests of one person wait after several of their letters' buttons were pressed in one moment."""
    given.campaign(membership="request")
    given.person("ada@example.com", confirmed_at=watch.now)
    tokens = []
    for _ in range(4):
        tokens.append(membership.token_of(asked()))
        watch.step(minutes=11)

    def press(token) -> None:
        with writing():
            membership.confirm(token)

    assert at_once(app, [lambda token=token: press(token) for token in tokens]) == [None] * 4
    return db.session.scalar(select(func.count()).select_from(Joining).where(Joining.state == "waiting"))


def test_buttons_pressed_at_once_are_one_request(app, given, watch):
    assert pressed_at_once(app, given, watch) == 1


def test_without_the_lock_they_would_be_several(app, given, watch, monkeypatch, settings):
    if settings.embedded:
        pytest.skip("on SQLite one writes at a time")
    looked = threading.Barrier(4)

    def not_locked(ids):
        looked.wait(30)
        return {}

    monkeypatch.setattr(membership_requests, "_locked", not_locked)
    assert pressed_at_once(app, given, watch) > 1
