"""A page for everyone is kept for a second, never past a change or an opening, and never for who is signed in."""

import threading
from datetime import timedelta

import pytest
from werkzeug.test import create_environ

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Visit
from launchpad.outside import rings
from launchpad.services import pausing, thread, visits
from launchpad.web import flood, kept_pages, thread_panel
from launchpad.web.keeping import TOLD, Told
from tests.waiting import until

HERE, LAMP, THREAD, STATE = "/lamp/waitlist", "/lamp/", "/lamp/thread", "/lamp/state.json"


@pytest.fixture
def lamp(kept, given, watch, monkeypatch):
    monkeypatch.setattr(kept_pages, "SECONDS", 3600)  # so that nothing here hangs on how fast the machine is
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
    before = {path: visitor().get(path).data for path in (HERE, STATE, "/")}
    watch.set(opening)
    after = visitor().get(HERE)
    assert b"The head start has begun" in after.data and b"The head start has begun" not in before[HERE]
    assert visitor().get(STATE).json["head_start"] != {} and visitor().get(STATE).data != before[STATE]


def test_whoever_has_the_bytes_is_told_so_and_a_head_has_none(lamp, visitor):
    first = visitor().get(LAMP)
    again = visitor().get(LAMP, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and "Content-Length" not in again.headers
    head = visitor().client.head(LAMP)
    assert (head.status_code, head.data) == (200, b"") and head.headers["Content-Length"] == str(len(first.data))
    for answer in (first, again, head):
        assert "Set-Cookie" not in answer.headers and "Content-Security-Policy" in answer.headers


def test_hidden_words_are_gone_from_every_page_at_once(app, lamp, given, visitor, watch):
    watch.set(lamp.milestone("launch").due)
    ana = given.person(member=True, name="Ana")
    with writing():
        id = thread.post(db.session.get(Campaign, lamp.id), ana, "Words that **nobody** should read").id
    pages = (LAMP, THREAD, f"{THREAD}/{id}", f"{THREAD}/since/0", "/lamp/thread.atom")
    assert all(b"nobody" in visitor().get(path).data for path in pages)
    with writing():
        campaign, entry = db.session.get(Campaign, lamp.id), db.session.get(Entry, id)
        thread.withdraw(campaign, db.session.get(type(ana), ana.id), entry)
    assert not any(b"nobody" in visitor().get(path).data for path in pages)


def test_thousands_who_look_at_the_panel_after_a_change_have_it_made_once(app, lamp, visitor, monkeypatch):
    made, values, part = [], thread_panel.values, {"HX-Request": "true"}
    monkeypatch.setattr(thread_panel, "values", lambda: made.append(1) or values())
    assert len({visitor().get(f"{THREAD}/panel", headers=part).data for _ in range(3)}) == 1 and len(made) == 1
    with writing():
        pausing.pause(db.session.get(Campaign, lamp.id), None, "Back on Monday.")
    assert len({visitor().get(f"{THREAD}/panel", headers=part).data for _ in range(3)}) == 1 and len(made) == 2


def test_figures_alone_leave_the_page_standing_for_its_second(app, lamp, visitor):
    kept, first = app.extensions["kept_pages"], visitor().get(LAMP)
    standing = dict(kept._answers)
    assert standing and visitor().post(HERE, {"email": "ana@example.com"}, seen=HERE).status_code == 303
    assert visitor().get(LAMP).data == first.data
    assert standing.items() <= kept._answers.items(), "a join in a rush of them renders nothing anew"


def test_every_view_of_a_kept_page_is_counted(app, lamp, visitor):
    visitor().get(LAMP)
    visitor().get(LAMP)
    app.extensions["visits"].tell()
    app.extensions["redis"].flushdb()  # whatever other tests left
    for _ in range(3):
        visitor().get(LAMP)
    app.extensions["visits"].tell()
    with writing():
        visits.fold()
    assert db.session.query(Visit).one().views == 3


def test_another_process_that_changed_something_empties_this_one(app, lamp, visitor):
    visitor().get(LAMP)
    kept = app.extensions["kept_pages"]
    assert kept._answers

    def emptied() -> bool:  # it may listen only in a moment: said until it is heard
        app.extensions["redis"].publish(rings.CHANNEL, "changed somebody-1")
        return not kept._answers

    assert until(emptied)


# --- one page and what comes in between ----------------------------------------------------------------------------


class Source:
    """An application whose answer is what it read when it was asked; a test holds it up between the two."""

    def __init__(self):
        self.now, self.asked = "old", 0
        self.reading, self.go = threading.Event(), threading.Event()

    def __call__(self, environ, start_response):
        self.asked += 1
        read = self.now
        self.reading.set()
        assert self.go.wait(30)
        environ[TOLD] = Told(None)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [read.encode()]


@pytest.fixture
def source(app, monkeypatch):
    monkeypatch.setitem(app.config, "KEEP_PAGES", True)
    monkeypatch.setattr(kept_pages, "SECONDS", 3600)
    return Source()


def _ask(kept: kept_pages.KeptPages, got: list) -> threading.Thread:
    def asked():
        got.append(b"".join(kept(create_environ(LAMP), lambda *_: None)))

    one = threading.Thread(target=asked)
    one.start()
    return one


@pytest.mark.parametrize("guarded", [True, False])
def test_a_render_that_began_before_a_change_is_not_kept_after_it(app, source, guarded):
    """Without the guard the old page stays: so this test sees what it is about."""
    kept, got = kept_pages.KeptPages(app, source), []
    kept.guarded = guarded
    slow = _ask(kept, got)
    assert source.reading.wait(30)
    source.now = "new"
    kept.empty()
    source.go.set()
    slow.join(30)
    assert b"".join(kept(create_environ(LAMP), lambda *_: None)) == (b"new" if guarded else b"old")


def test_the_first_who_asks_renders_for_all(app, source):
    kept, got = kept_pages.KeptPages(app, source), []
    all = [_ask(kept, got) for _ in range(8)]
    assert source.reading.wait(30)
    source.go.set()
    for one in all:
        one.join(30)
    assert (source.asked, got) == (1, [b"old"] * 8)


def test_who_comes_after_a_change_is_never_given_a_render_from_before_it(app, source):
    kept, early, late = kept_pages.KeptPages(app, source), [], []
    first = _ask(kept, early)
    assert source.reading.wait(30)
    source.now = "new"
    kept.empty()
    second = _ask(kept, late)
    source.go.set()
    first.join(30)
    second.join(30)
    assert (early, late) == ([b"old"], [b"new"])


def test_what_is_kept_is_bounded(app, source, monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST", 3)
    source.go.set()
    kept = kept_pages.KeptPages(app, source)
    for n in range(9):
        kept(create_environ(LAMP, query_string=f"utm_source={n}"), lambda *_: None)
    assert len(kept._answers) == 3 and kept._bytes == 9


def test_a_flood_of_changes_is_taken_together_and_none_of_them_is_lost(app, source, monkeypatch):
    monkeypatch.setattr(flood, "GAP", 0.05)
    source.go.set()
    kept = kept_pages.KeptPages(app, source)
    for n in range(300):
        source.now = f"change {n}"
        kept.empty()
    assert kept.generation < 300
    assert until(lambda: b"".join(kept(create_environ(LAMP), lambda *_: None)) == b"change 299")
