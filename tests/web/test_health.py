"""Whether the site lives, whether it is in order, and what it counts."""

import pytest

from launchpad.services import health


def test_a_living_process_says_so(app, visitor):
    assert visitor().get("/healthz").json == {"ok": True}


def test_it_is_ready_once_every_part_has_been_seen(app, visitor):
    answer = visitor().get("/readyz")
    assert answer.status_code == 503 and answer.json["worker"]["ok"] is False and answer.json["database"]["ok"] is True
    health.beat("worker")
    health.beat("timekeeper")
    answer = visitor().get("/readyz")
    assert answer.status_code == 200 and answer.json["ok"] is True


@pytest.mark.parametrize("age, ok", [(health.LONG - 1, True), (health.LONG + 1, False)])
def test_a_part_that_was_not_seen_for_a_while_is_gone(app, visitor, monkeypatch, age, ok):
    now = health.time.time()
    health.beat("timekeeper")
    monkeypatch.setattr(health.time, "time", lambda: now + age)
    assert visitor().get("/readyz").json["timekeeper"]["ok"] is ok


def test_the_numbers_are_those_of_the_rows_and_name_nobody(app, given, visitor):
    campaign, person = given.campaign("lamp"), given.person("somebody@example.com", name="Somebody")
    given.place(campaign, person)
    given.order(campaign, person)
    answer = visitor().get("/metrics")
    words = answer.get_data(as_text=True)
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    assert 'launchpad_orders{campaign="lamp",state="confirmed"} 1.0' in words
    assert 'launchpad_confirmed_places{campaign="lamp"} 1.0' in words
    assert "launchpad_streams 0.0" in words and 'launchpad_part_in_order{part="database"} 1.0' in words
    assert "somebody" not in words.lower()
