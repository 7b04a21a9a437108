"""One way to write, effects only after the commit, moments in UTC."""

import threading
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from launchpad.database import afterwards, db, lastly, let_go, writing
from launchpad.models import Person


def test_a_moment_comes_back_aware_and_in_utc(app):
    then = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with writing() as session:
        session.add(Person(email="a@example.com", created_at=then))
    back = db.session.scalar(select(Person.created_at))
    assert back == then and back.utcoffset() == timedelta(0) and back.microsecond == 123456


def test_a_naive_moment_is_refused(app):
    with pytest.raises(Exception, match="time zone"), writing() as session:
        session.add(Person(email="a@example.com", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_effects_come_after_the_commit_and_last_acts_before_it(app):
    said = []
    with writing() as session:
        afterwards(lambda: said.append("afterwards"))
        lastly(lambda: said.append("lastly"))
        session.add(Person(email="a@example.com"))
        assert said == []
    assert said == ["lastly", "afterwards"]


def test_a_rollback_drops_the_effects(app):
    said = []
    with pytest.raises(ZeroDivisionError), writing() as session:
        session.add(Person(email="a@example.com"))
        afterwards(lambda: said.append("afterwards"))
        1 / 0  # noqa: B018
    with writing():
        pass
    assert said == [] and db.session.scalar(select(Person)) is None


def test_an_effect_that_fails_leaves_the_rows_and_the_other_effects(app):
    said = []
    with writing() as session:
        session.add(Person(email="a@example.com"))
        afterwards(lambda: 1 / 0)
        afterwards(lambda: said.append("second"))
    assert said == ["second"] and db.session.scalar(select(Person.email)) == "a@example.com"


def test_what_was_read_before_writing_is_read_again_inside(app, given):
    id = given.person(name="Before").id
    assert db.session.get(Person, id).name == "Before"

    def change():
        with app.app_context(), writing() as session:
            session.get(Person, id).name = "After"

    other = threading.Thread(target=change)
    other.start()
    other.join()
    with writing() as session:
        assert session.get(Person, id).name == "After"


def test_writing_inside_writing_is_an_error(app):
    with pytest.raises(RuntimeError), writing(), writing():
        pass


def test_many_threads_add_to_one_number_and_none_is_lost(app, given):
    id = given.person(name="0").id

    def add():
        for _ in range(5):
            with app.app_context(), writing() as session:
                row = session.get(Person, id, with_for_update=True)  # SQLite locks in any case
                row.name = str(int(row.name) + 1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.get(Person, id).name == "40"


def test_the_id_of_a_deleted_row_is_never_given_again(app, given):
    first = given.person().id
    with writing() as session:
        session.delete(session.get(Person, first))
    assert given.person().id > first


@pytest.mark.parametrize("guarded", [True, False])
def test_an_app_context_ends_well_whose_connection_the_server_has_closed(app, database, monkeypatch, guarded):
    """A request that has committed is answered, a thread goes on. The negative control: without `let_go` its end is a fault."""
    if database.startswith("sqlite"):
        pytest.skip("there is no server to go away")
    db.session.remove()
    if not guarded:
        monkeypatch.setattr(app, "teardown_appcontext_funcs", [f for f in app.teardown_appcontext_funcs if f is not let_go])

    def lose() -> None:
        with app.app_context():
            mine = db.session.scalar(text("select pg_backend_pid()"))
            with db.engine.connect() as other:
                other.execute(text("select pg_terminate_backend(:pid)"), {"pid": mine})

    held = db.engine.pool.checkedout()
    with nullcontext() if guarded else pytest.raises(OperationalError):
        lose()
    if guarded:
        assert db.engine.pool.checkedout() == held
    db.session.remove()
    assert db.session.scalar(text("select 1")) == 1
