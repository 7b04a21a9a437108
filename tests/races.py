"""Races: calls let go at one moment, each in a thread with an app context and a session of its own."""

import threading
from collections.abc import Callable, Sequence

from launchpad.database import db, writing


def at_once(app, calls: Sequence[Callable[[], object]]) -> list:
    """What each call gave, or the exception that it raised."""
    db.session.rollback()  # what was read before is no longer true
    start, said = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        with app.app_context():
            start.wait(30)
            try:
                said[index] = call()
            except Exception as fault:
                said[index] = fault
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    db.session.rollback()
    return said


def together(app, calls: Sequence[Callable]) -> list[Exception]:
    """Give each call a session, in a transaction of its own; the exceptions there were."""

    def in_a_transaction(call):
        with writing() as session:
            call(session)

    said = at_once(app, [lambda call=call: in_a_transaction(call) for call in calls])
    return [fault for fault in said if fault is not None]
