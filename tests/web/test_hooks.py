"""Signed webhooks: proven by the raw body, kept once, answered at once, worked from the row."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import stripe
from sqlalchemy import select

from jobs import hooks as jobs
from launchpad.database import db, writing
from launchpad.models import Hook, Task
from launchpad.services import hooks, people
from launchpad.services.outcomes import Outcome, Unmatched
from tests.conftest import Visitor

SECRET = "whsec_of_the_tests"


@pytest.fixture
def shop(app, settings, monkeypatch):
    """The same site, with Stripe's secret set, and an older one that still counts."""
    monkeypatch.setitem(app.extensions, "settings", replace(settings, stripe_webhook_secret=f"whsec_old,{SECRET}"))
    return Visitor(app)


def body(id="evt_1", kind="charge.updated", **more) -> bytes:
    return json.dumps({"id": id, "type": kind, "data": {"object": {"object": "charge"}}, **more}).encode()


def signature(raw: bytes, secret=SECRET, at: int | None = None) -> str:
    at = at if at is not None else int(time.time())
    sign = stripe.WebhookSignature._compute_signature(f"{at}.{raw.decode('utf-8', 'replace')}", secret)
    return f"t={at},v1={sign}"


def send(shop, raw: bytes, header: str | None = None, path="/hooks/stripe"):
    headers = {"Stripe-Signature": signature(raw) if header is None else header, "Content-Type": "application/json"}
    answer = shop.client.post(path, data=raw, headers=headers)
    db.session.rollback()
    return answer


def kept():
    return db.session.scalars(select(Hook).order_by(Hook.id)).all()


def test_a_signed_delivery_is_kept_once_however_often_it_comes_and_worked_from_its_row(shop, watch):
    raw = body()
    said = [send(shop, raw) for _ in range(3)]
    assert [answer.status_code for answer in said] == [200] * 3
    assert [answer.json["kept"] for answer in said] == [True, False, False]
    assert [(row.state, row.provider, row.event_id, row.kind) for row in kept()] == [
        ("new", "stripe", "evt_1", "charge.updated")
    ]
    assert jobs.work_due() == 1 and jobs.work_due() == 0
    assert [row.state for row in kept()] == ["ignored"]
    assert send(shop, raw).status_code == 200 and jobs.work_due() == 0


def test_what_is_not_signed_for_these_bytes_by_them_and_now_is_401(shop, watch):
    raw, now = body(), int(time.time())
    good = signature(raw)
    assert send(shop, raw, signature(raw, "whsec_old")).status_code == 200
    bad = ["", "x", "t=,v1=", f"t={now}", good.replace("v1=", "v0="), signature(raw, "whsec_other"), good[:-1] + "~",
           signature(body("evt_2")), signature(raw, at=now - 301), "t=9" * 3000, "t=é,v1=é",
           f"t={now},v1=é"]  # fmt: skip
    assert {send(shop, raw, one).status_code for one in bad} == {401}
    assert send(shop, raw + b" ", good).status_code == 401
    assert send(shop, b"\xff\xfe", good).status_code == 401
    assert send(shop, raw, signature(raw, at=now - 290)).status_code == 200
    assert len(kept()) == 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b"{}", b'{"id": 1, "type": "x"}', body(id=""), body(id="e" * 251), body(data=[]), b"[" * 5000,
     b'{"a":' * 2000 + b"1" + b"}" * 2000, body(data={"object": None})],
    ids=range(11),
)  # fmt: skip
def test_what_is_signed_and_makes_no_sense_is_400_in_json(shop, raw):
    answer = send(shop, raw)
    assert answer.status_code == 400 and answer.json["error"] and kept() == []


def test_signs_that_a_database_cannot_hold_are_kept_without_them(shop):
    raw = rb'{"id": "evt_\u0000\ud800", "type": "x", "data": {"object": {"a\u0000": NaN, "b": "\ud800"}}}'
    assert send(shop, raw).status_code == 200
    assert [row.payload["data"]["object"] for row in kept()] == [{"a": None, "b": "?"}]


def test_what_is_too_large_is_413_and_who_is_not_set_up_is_404(shop, app, settings):
    assert send(shop, b" " * (1024 * 1024 + 1), "x").status_code == 413
    for path in ("/hooks/paypal", "/hooks/practice"):
        assert send(shop, body(), path=path).status_code == 404
    app.extensions["settings"] = settings
    answer = send(shop, body())
    assert answer.status_code == 404 and "not set up" in answer.json["message"] and kept() == []


def test_an_event_that_fails_is_tried_again_later_and_told_to_the_team_at_last(shop, watch, monkeypatch):
    def breaks(_hook):
        raise ZeroDivisionError

    monkeypatch.setitem(hooks.WORKS, "stripe", breaks)
    send(shop, body())
    assert jobs.work_due() == 1 and jobs.work_due() == 0, "not at once again"
    for seconds in hooks.AGAIN_AFTER:
        assert kept()[0].state == "new" and not db.session.scalar(select(Task.id))
        watch.step(seconds=seconds, microseconds=-1)
        assert jobs.work_due() == 0
        watch.step(microseconds=1)
        assert jobs.work_due() == 1
    assert [(row.state, row.reason) for row in kept()] == [("failed", "ZeroDivisionError")]
    assert [(task.kind, task.state) for task in db.session.scalars(select(Task))] == [("hook_failed", "open")]


def test_an_event_that_came_too_early_is_worked_once_what_it_needs_is_here(shop, watch, monkeypatch):
    here = []

    def needs(_hook):
        if not here:
            raise Unmatched("pi_1", "the payment is not known yet")
        return Outcome("done")

    monkeypatch.setitem(hooks.WORKS, "stripe", needs)
    send(shop, body())
    jobs.work_due()
    assert kept()[0].state == "new" and kept()[0].reason
    here.append(1)
    assert jobs.work_due() == 0
    with writing():
        hooks.matched("stripe", "pi_1")
    assert jobs.work_due() == 1 and kept()[0].state == "done"


def test_with_redis_away_an_event_is_worked_by_the_timekeeper(shop, watch, monkeypatch):
    import redis as library

    class Away:
        def __getattr__(self, _name):
            raise library.ConnectionError

    monkeypatch.setitem(shop.app.extensions, "redis", Away())
    assert send(shop, body()).status_code == 200
    jobs.work_missed()
    assert kept()[0].state == "new"
    watch.step(seconds=5)
    jobs.work_missed()
    assert kept()[0].state == "ignored"
    monkeypatch.undo()


def test_payloads_are_emptied_when_their_person_is_erased_or_after_two_months(shop, given, watch):
    ana = given.person("ana.quill@example.com")
    send(shop, body(data={"object": {"customer_details": {"email": "Ana.Quill@example.com"}}}))
    send(shop, body("evt_2"))
    with writing() as session:
        hooks.forget(people.find_or_make("ana.quill@example.com", "") or session.merge(ana))
    assert [bool(row.payload) for row in kept()] == [False, True]
    jobs.work_due()
    watch.step(days=60)
    with writing():
        hooks.tidy()
    assert kept()[1].payload
    watch.step(microseconds=1)
    with writing():
        hooks.tidy()
    assert not kept()[1].payload and hooks.KEPT == timedelta(days=60)
