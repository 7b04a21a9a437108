"""Sending letters: once, with consent asked right before, through a real mail server."""

import email
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from email import policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from jobs import letters as job
from launchpad.database import db, writing
from launchpad.models import Letter, Person, Place, SignIn
from launchpad.outside import mail
from launchpad.services import consents, ledger, letters, sign_in
from tests.make import NOON


class Inbox:
    """A mail server that keeps what it takes; `answer` says something else than yes, `drop` hangs up in the middle."""

    def __init__(self):
        self.taken, self.answer, self.refuse, self.drop = [], None, set(), False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server, session, envelope):
        if self.answer:
            return self.answer
        self.taken.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=policy.default)))
        if self.drop:
            server.transport.abort()
        return "250 yes"

    @property
    def to(self):
        return sorted(address for address, _ in self.taken)


@pytest.fixture
def inbox(app):
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, mail_url=f"smtp://127.0.0.1:{port}?from=hello@example.com")
    yield inbox
    app.extensions["settings"] = kept
    server.stop()


def written(kind, person, campaign=None, trigger=None):
    """A letter in the ledger."""
    trigger = trigger or f"milestone:{campaign.milestones[0].id}"
    person_id = person.id
    with writing():
        letters.write(kind, person, trigger, campaign)
    return db.session.scalar(select(Letter.id).filter_by(person_id=person_id, kind=kind, trigger=trigger))


def state(id):
    db.session.rollback()
    return db.session.get(Letter, id, populate_existing=True)


# --- what arrives


def test_a_letter_arrives_once_however_often_the_job_runs(given, inbox, watch):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    assert [job.send_due(), job.send_due()] == [1, 0]
    assert inbox.to == [person.email]
    row = state(id)
    assert (row.state, row.attempts, row.sent_at) == ("sent", 1, watch.now)
    assert row.subject and row.text is None and row.html is None, "what was mailed is not kept"


def test_a_marketing_letter_can_be_unsubscribed_in_one_click(app, given, inbox, watch, visitor):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    job.send_due()
    ((_, message),) = inbox.taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"]
    assert address.startswith("<http://127.0.0.1:8000/unsubscribe/") and address.endswith(">") and " " not in address
    assert message["From"] == "Aurora <hello@example.com>"
    assert message["Message-ID"].startswith("<") and message["Message-ID"].count("@") == 1
    assert address.strip("<>") in message.get_body(("plain",)).get_content()
    assert address.strip("<>") in message.get_body(("html",)).get_content()
    assert state(id).state == "sent"


def test_a_letter_of_service_has_no_way_to_unsubscribe_and_goes_all_the_same(given, inbox, watch):
    campaign, person = given.campaign(), given.person(unsubscribed_at=NOON)
    order = given.order(campaign, person)
    written("order", person, campaign, f"order:{order.id}")
    job.send_due()
    ((_, message),) = inbox.taken
    assert message["List-Unsubscribe"] is None
    assert f"/orders/{order.number}?token=" in message.get_body(("plain",)).get_content()


def test_a_name_adds_no_header(given, inbox, watch):
    campaign, person = given.campaign(brand="Aurora\r\nBcc: all@example.com", name="Lamp\nX-Evil: 1"), given.agreed()
    written("preview", person, campaign)
    job.send_due()
    ((_, message),) = inbox.taken
    assert message["Bcc"] is None and message["X-Evil"] is None
    assert message["Subject"].startswith("Lamp")


def test_the_same_letter_has_the_same_message_id(given, inbox, watch):
    row = SignInLetter(given)
    job.send_due()
    with writing():
        db.session.get(Letter, row.id).state = "due"
    job.send_due()
    assert len({message["Message-ID"] for _, message in inbox.taken}) == 1 and len(inbox.taken) == 2


def SignInLetter(given):
    """A sign-in letter that is due."""
    person = given.person(member=True)
    with writing():
        sign_in.ask(person.email)
    return db.session.scalar(select(Letter).filter_by(kind="sign_in"))


def test_a_sign_in_letter_holds_the_link_and_the_code_that_work(given, inbox, watch):
    SignInLetter(given)
    job.send_due()
    ((_, message),) = inbox.taken
    words = message.get_body(("plain",)).get_content()
    row = db.session.scalar(select(SignIn))
    assert f"http://127.0.0.1:8000/sign-in/{sign_in.token_of(row)}" in words and sign_in.code_of(row) in words
    db.session.rollback()


# --- consent and time are asked in the claim


@pytest.mark.parametrize("how", ["unsubscribed", "withdrawn", "erased", "never"])
def test_no_marketing_letter_starts_without_consent(given, inbox, watch, how):
    campaign, person = given.campaign(), given.agreed() if how != "never" else given.person(member=True)
    id = written("preview", person, campaign)
    with writing():
        row = db.session.get(Person, person.id)
        if how == "unsubscribed":
            consents.stop_marketing(row, "test")
        elif how == "withdrawn":
            consents.record(row, "marketing", False, "unsubscribe-1", "test")
        elif how == "erased":
            row.erased_at = watch.now
    job.send_due()
    assert inbox.taken == [] and state(id).state == "suppressed"


def test_the_claim_itself_refuses_who_unsubscribed_after_the_batch_was_chosen(given, inbox, watch):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    chosen = ledger.next_due(10, kept=False)
    assert chosen == [id]
    with writing():
        consents.stop_marketing(db.session.get(Person, person.id), "test")
    with writing():
        assert ledger.claim(id) is None
    assert state(id).state == "due"


@pytest.mark.parametrize("kind, who, goes", [
    ("doors_open", "place", True), ("recap", "place", True), ("recap", "buyer", True),
    ("doors_open", "left", False), ("preview", "place", False), ("recap", "stranger", False), ("recap", "guest", False),
])  # fmt: skip
def test_who_waits_or_took_part_is_written_to_about_it_without_the_box(given, inbox, watch, kind, who, goes):
    campaign, person = given.campaign(), given.person(confirmed_at=None if who == "guest" else NOON)
    if who in ("buyer", "guest"):
        given.order(campaign, person)
    elif who != "stranger":
        given.place(campaign, person, left_at=NOON if who == "left" else None)
    id = written(kind, person, campaign)
    job.send_due()
    assert (state(id).state == "sent") is goes


def test_a_letter_past_its_use_is_dropped_and_at_its_last_moment_too(given, inbox, watch):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    until = state(id).useful_until
    db.session.rollback()
    watch.set(until)
    job.send_due()
    assert inbox.taken == [] and state(id).state == "expired"
    fresh = written("preview", person, campaign, f"milestone:{campaign.milestones[1].id}")
    watch.set(state(fresh).useful_until - timedelta(microseconds=1))
    job.send_due()
    assert state(fresh).state == "sent"


def test_what_a_letter_was_about_may_be_gone(given, inbox, watch):
    campaign, person = given.campaign(), given.person()
    place = given.place(campaign, person, confirmed=False)
    id = written("confirm", person, campaign, f"place:{place.id}:1")
    with writing():
        db.session.get(Place, place.id).left_at = NOON
    job.send_due()
    assert inbox.taken == [] and state(id).state == "suppressed"


# --- what goes wrong


def test_a_refused_address_has_failed_and_the_next_letter_goes(given, inbox, watch):
    campaign, one, two = given.campaign(), given.agreed(), given.agreed()
    inbox.refuse = {one.email}
    first, second = written("preview", one, campaign), written("preview", two, campaign)
    job.send_due()
    assert state(first).state == "failed" and "550" in state(first).reason and one.email not in state(first).reason
    assert state(second).state == "sent"


def test_a_busy_server_is_tried_again_later_and_at_last_it_has_failed(given, inbox, watch):
    campaign, person = given.campaign(), given.person()
    order = given.order(campaign, person)
    id = written("order", person, campaign, f"order:{order.id}")
    inbox.answer = "451 later"
    for tries in range(1, len(ledger.AGAIN_AFTER) + 1):
        assert job.send_due() == 1
        row = state(id)
        assert (row.state, row.attempts) == ("due", tries)
        assert job.send_due() == 0, "not before its moment"
        watch.set(row.due_at)
    job.send_due()
    assert state(id).state == "failed"


def test_a_server_that_comes_back_gets_the_letter(given, inbox, watch, app):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    there = app.extensions["settings"]
    app.extensions["settings"] = replace(there, mail_url="smtp://127.0.0.1:1")
    job.send_due()
    assert state(id).state == "due" and state(id).reason
    app.extensions["settings"] = there
    watch.step(seconds=30)
    job.send_due()
    assert state(id).state == "sent" and state(id).reason == ""


def test_a_marketing_letter_that_may_have_arrived_is_not_sent_again(given, inbox, watch):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    inbox.drop = True
    job.send_due()
    assert state(id).state == "unknown"
    inbox.drop = False
    watch.step(days=1)
    job.send_due()
    assert len(inbox.taken) == 1


def test_a_sign_in_letter_that_may_have_arrived_is_sent_again(given, inbox, watch):
    id = SignInLetter(given).id
    inbox.drop = True
    job.send_due()
    assert state(id).state == "due"
    inbox.drop = False
    watch.step(seconds=31)
    job.send_due()
    assert state(id).state == "sent" and len(inbox.taken) == 2


@pytest.mark.parametrize("kind, after", [("preview", "unknown"), ("sign_in", "due")])
def test_the_claim_of_a_worker_that_died_is_settled_at_its_age_and_not_before(given, watch, kind, after):
    campaign, person = given.campaign(), given.agreed()
    id = written(kind, person, campaign)
    with writing():
        assert ledger.claim(id) is not None
    watch.step(seconds=ledger.STALE.total_seconds() - 1)
    with writing():
        ledger.recover()
    assert state(id).state == "claimed"
    watch.step(seconds=1)
    with writing():
        ledger.recover()
    assert state(id).state == after


# --- two workers


def race(app, claim, ids, workers=4):
    """How often each letter was claimed by threads that all want all of them."""
    start, claimed, faults = threading.Barrier(workers), [], []

    def work():
        with app.app_context():
            start.wait(30)
            try:
                for id in ids:
                    with writing():
                        if claim(id):
                            claimed.append(id)
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    return sorted(claimed)


def test_two_workers_never_have_one_letter(app, given, watch):
    campaign = given.campaign()
    ids = [written("preview", given.agreed(), campaign) for _ in range(5)]
    db.session.rollback()
    assert race(app, ledger.claim, ids) == ids


def test_the_race_is_seen_without_the_conditional_claim(app, given, watch):
    """The negative control: who only looks, and then takes, takes what others have taken."""
    campaign = given.campaign()
    ids = [written("preview", given.agreed(), campaign) for _ in range(5)]
    seen = {id: db.session.get(Letter, id).state for id in ids}
    db.session.rollback()

    def claim(id):
        if seen[id] != "due":
            return None
        db.session.get(Letter, id).state = "claimed"
        return id

    assert len(race(app, claim, ids)) > len(ids)


# --- the outbox


def test_the_outbox_keeps_the_whole_letter(app, given, watch):
    campaign, person = given.campaign(), given.agreed()
    id = written("preview", person, campaign)
    assert app.extensions["settings"].keeps_letters
    assert job.send_due() == 1
    row = state(id)
    assert row.state == "sent" and "http://127.0.0.1:8000/" in row.text and "<html" in row.html


def test_a_rehearsal_writes_to_the_outbox_even_with_a_mail_server(given, inbox, watch):
    campaign, person = given.campaign(rehearsal=True), given.agreed()
    id = written("preview", person, campaign)
    job.send_due()
    assert inbox.taken == [] and state(id).state == "sent" and state(id).text


def test_letters_of_service_go_first(given, watch):
    campaign, person = given.campaign(), given.agreed()
    first = written("preview", person, campaign)
    order = given.order(campaign, person)
    second = written("order", person, campaign, f"order:{order.id}")
    assert ledger.next_due(10, kept=False) == [second, first]


def test_more_than_a_batch_asks_for_the_next(app, given, inbox, watch, monkeypatch):
    monkeypatch.setattr(job, "BATCH", 2)
    campaign = given.campaign()
    for _ in range(3):
        written("preview", given.agreed(), campaign)
    app.extensions["redis"].flushdb()
    assert job.send_due() == 2
    from jobs import queue

    assert queue.queue("letters").count == 1
    assert job.send_due() == 1


@pytest.mark.parametrize("given_url, host, sender", [
    ("smtp://mail.example.com", "launch.example.com", "launch@launch.example.com"),
    ("smtp://me%40example.com:x@mail.example.com", "launch.example.com", "me@example.com"),
    ("smtp://user:x@mail.example.com?from=us@example.com", "launch.example.com", "us@example.com"),
    ("smtp://127.0.0.1:25", "127.0.0.1:8000", "launch@localhost"),
])  # fmt: skip
def test_who_letters_come_from(given_url, host, sender):
    assert mail.sender_of(given_url, host) == sender
