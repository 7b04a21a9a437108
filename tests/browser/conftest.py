"""A real Chromium for the tests of this folder, and a site that shows every part of a page."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.browser import gallery
from tests.browser.chromium import ARGS
from tests.web.listening import serving

HERE = Path(__file__).parent
expect.set_options(timeout=15_000)  # ms: a machine that is busy with other tests is slow, not wrong


def pytest_collection_modifyitems(items):
    """Long walks through every page are run by `make test-live`; so is all but one journey on PostgreSQL.

    What a browser shows is the same on both databases; that the rows behind it are is asked without one. The journey
    with script is told on SQLite and the one without on PostgreSQL.
    """
    if os.environ.get("LIVE"):
        return
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.skip(reason="long: make test-live runs it"))
        elif item.path.parent == HERE and hasattr(item, "callspec"):
            given = item.callspec.params
            if given.get("database") == ("sqlite" if given.get("launch") is False else "postgresql"):
                item.add_marker(pytest.mark.skip(reason="the same to a browser as on the other database: make test-live runs it"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium) -> dict:
    """How the browser is started."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": ARGS}


@pytest.fixture(scope="session")
def parts() -> Iterator[str]:
    """The address of a site that shows every part with sample values, under the content policy of the real one."""
    server = make_server("127.0.0.1", 0, gallery.create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(30)


@pytest.fixture
def live_site(app) -> Iterator[str]:
    """The address of the real site, served by threads of this process, so that rows of the test are its rows."""
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(app, browser, live_site):
    """Open a page as a person; an error of a script fails the test, and whatever the console calls one where it is `strict`."""
    contexts, faults = [], []

    def open_(path: str, person, width: int = 1280, strict: bool = False, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options)
        contexts.append(context)
        signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": person.get_id(), "_fresh": True})
        context.add_cookies([{"name": "launchpad", "value": signed, "url": live_site}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        if strict:
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(f"{live_site}/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []
