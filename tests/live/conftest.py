"""The long tests with real processes run by `make test-live`; the others of this folder are the short pick."""

import os

import pytest

from launchpad.database import db
from tests.live.site import Site
from tests.live.tree import free_port


def pytest_collection_modifyitems(items):
    if os.environ.get("LIVE"):
        return
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.skip(reason="long, with real processes: make test-live runs it"))


@pytest.fixture
def site(app, settings):
    """A site whose parts a test starts and kills; behind a proxy, so that one client can be many."""
    db.engine.dispose()  # what earlier races left open here: PostgreSQL has to have room for two web processes as well
    port = free_port()
    site = Site(settings, BASE_URL=f"http://127.0.0.1:{port}", WEB_CONCURRENCY="2", TRUSTED_PROXIES="1")
    site.port, site.address = port, f"http://127.0.0.1:{port}"
    yield site
    site.clean()
