"""The ground of most tests of pages on the day, and of those that are kept."""

import pytest

from launchpad.outside import rings
from launchpad.services import page_changes
from launchpad.web import flood


@pytest.fixture
def campaign(given, watch):
    """The doors of Aurora Lamp have just opened; its slug is lamp."""
    row = given.campaign("lamp", name="Aurora Lamp")
    watch.set(row.milestone("launch").due)
    return row


@pytest.fixture
def kept(app, monkeypatch):
    """Pages are kept, as they are outside of tests; each change empties at once, however many came before it."""
    monkeypatch.setitem(app.config, "KEEP_PAGES", True)
    monkeypatch.setattr(flood, "GAP", 0)
    pages = app.extensions["kept_pages"]
    page_changes.hear_others(app, pages.empty)
    assert rings.ear_of(app.extensions["redis"]).hears.wait(30), "it empties all when it begins to listen"
    pages.empty()
    yield pages
    pages.empty()
    app.extensions["kept_refusals"].clear()
