"""How many follow: a sum over processes, of which a dead one is forgotten."""

import redis

from launchpad.services import presence


def another_process(app):
    """As if the next to tell were another one."""
    app.extensions["presence_names"] = {}


def test_it_is_the_sum_over_all_processes(app):
    presence.tell({1: 3, 2: 5})
    another_process(app)
    presence.tell({1: 4})
    assert (presence.here(1), presence.here(2), presence.here(3)) == (7, 5, 0)


def test_a_process_says_its_newest_number_and_a_dead_one_is_forgotten(app, monkeypatch):
    presence.tell({1: 3})
    another_process(app)
    presence.tell({1: 4})
    presence.tell({1: 2})
    assert presence.here(1) == 5
    later = presence.time.time() + presence.FRESH + 1
    monkeypatch.setattr(presence.time, "time", lambda: later)
    presence.tell({1: 2})
    assert presence.here(1) == 2


def test_without_redis_a_process_knows_its_own(app, monkeypatch):
    presence.tell({1: 3})
    monkeypatch.setitem(app.extensions, "redis", redis.Redis.from_url("redis://127.0.0.1:1"))
    presence.tell({1: 6})
    assert (presence.here(1), presence.here(2)) == (6, 0)
