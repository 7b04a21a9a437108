"""A page for everyone is kept for a second, never past a change or an opening, and never for who is signed in."""

from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import pausing
from launchpad.web import kept_pages

HERE = "/lamp/waitlist"


@pytest.fixture
def lamp(app, given, watch, monkeypatch):
    monkeypatch.setitem(app.config, "KEEP_PAGES", True)
    monkeypatch.setattr(kept_pages, "SECONDS", 3600)  # so that nothing here hangs on how fast the machine is
    app.extensions["kept_pages"].empty()
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("waitlist").due)
    return campaign


def test_strangers_read_one_page_until_something_changes(app, lamp, given, visitor):
    first, second = visitor().get(HERE), visitor().get(HERE)
    assert first.data == second.data and {"Cookie", "HX-Request"} <= set(second.vary)
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"]
    assert visitor().post(HERE, {"email": "ana@example.com"}, seen=HERE).status_code == 303, "its form is good for all"
    ana = visitor(given.person("ben@example.com", member=True, name="Ben"))
    assert b"ben@example.com" in ana.get(HERE).data and b"ben@example.com" not in visitor().get(HERE).data
    assert visitor().get(f"{HERE}?utm_source=radio").data != second.data
    with writing():
        pausing.pause(db.session.get(Campaign, lamp.id), None, "Back on Monday.")
    assert b"Back on Monday." in visitor().get(HERE).data


def test_no_page_is_kept_over_an_opening(lamp, visitor, watch):
    opening = min(m.due for m in lamp.milestones if m.name.startswith("head_start"))
    watch.set(opening - timedelta(seconds=1))
    before = visitor().get(HERE)
    watch.set(opening)
    after = visitor().get(HERE)
    assert b"The head start has begun" in after.data and b"The head start has begun" not in before.data
