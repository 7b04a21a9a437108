"""Whether the site lives, whether it is in order, and what it counts."""

import pytest

from launchpad.services import health


def test_a_living_process_says_so(app, visitor):
    assert visitor().get("/healthz").json == {"ok": True}


def test_it_is_ready_once_every_part_has_been_seen(app, visitor):
    answer = visitor().get("/readyz")
    assert answer.status_code == 503 and answer.json["worker"]["ok"] is False and answer.json["database"]["ok"] is True
    for part in health.BEATING:
        health.beat(part)
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


def test_one_queue_without_a_worker_is_seen_and_named(app, visitor):
    for part in health.BEATING:
        if part != "worker-letters":
            health.beat(part)
    worker = visitor().get("/readyz").json["worker"]
    assert worker["ok"] is False and worker["why"] == "the worker for letters has not been seen"
    assert [name for name, queue in worker["queues"].items() if not queue["ok"]] == ["letters"]
    assert health.troubles() == ["The worker for letters has not been seen."]


def test_a_milestone_that_is_open_and_not_reached_is_told_at_once(app, given, visitor, watch):
    for part in health.BEATING:
        health.beat(part)
    given.campaign("lamp", name="Secret Lamp")
    watch.step(seconds=2)
    assert visitor().get("/readyz").json["time"] == {"ok": True} and health.troubles() == []
    watch.step(seconds=1)
    answer = visitor().get("/readyz")
    assert answer.status_code == 503 and answer.json["time"]["why"] == "1 open and not reached, for 3 s"
    assert "Secret" not in answer.get_data(as_text=True), "anyone may read this, and a draft is not for anyone"
    assert health.troubles() == ["Preview of Secret Lamp opened 3 s ago and its work is not done."]


def test_a_beat_left_by_a_clock_that_was_stepped_back_keeps_nobody_alive(app, monkeypatch):
    now = health.time.time()
    for part in health.BEATING:
        health.beat(part)
    monkeypatch.setattr(health.time, "time", lambda: now - 3600)
    assert len(health.troubles()) == len(health.BEATING)


def test_what_is_away_is_told_once_and_raises_nothing(app, monkeypatch):
    class Away:
        def mget(self, keys):
            raise health.RedisError

    monkeypatch.setitem(app.extensions, "redis", Away())
    assert health.troubles() == ["Redis does not answer: live pages and letters are slower."]
    assert {name for name, part in health.parts().items() if not part["ok"]} == {"redis", "worker", "timekeeper"}
