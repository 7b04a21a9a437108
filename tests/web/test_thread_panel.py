"""The panel beside the thread by itself: as on the page, and each person's own for who signed in."""

import re
from datetime import timedelta

import pytest

from launchpad.database import db

THREAD, PANEL = "/lamp/thread", "/lamp/thread/panel"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=40)
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign


def panel_of(page: str) -> str:
    return re.search(r'<aside class="panel stack" id="panel".*?</aside>', page, re.S)[0]


def test_it_is_the_part_of_the_page_and_opened_as_a_page_it_is_the_thread(lamp, visitor):
    page = visitor().get(THREAD, headers={"Referer": "http://127.0.0.1:8000/lamp/"}).get_data(as_text=True)
    part = visitor().get(PANEL, headers=HTMX | {"Referer": "http://127.0.0.1:8000/lamp/thread"})
    assert panel_of(page).split() == part.get_data(as_text=True).strip().split()
    assert f'hx-get="{PANEL}"' in page and 'data-n="left">40<' in page and part.headers["X-Robots-Tag"] == "noindex"
    opened = visitor().get(PANEL)
    assert (opened.status_code, opened.location) == (303, f"{THREAD}#panel")


def test_its_form_goes_on_saying_where_its_reader_came_from(lamp, visitor):
    page = visitor().get(f"{THREAD}?utm_source=radio&ref=abc").get_data(as_text=True)
    again = re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="thread:state"', page)[1].replace("&amp;", "&")
    part = visitor().get(again, headers=HTMX).get_data(as_text=True)
    for words in (page, part):
        assert '<input type="hidden" name="source" value="radio">' in words and again.replace("&", "&amp;") in words


def test_who_signed_in_has_their_own_and_it_is_nobody_elses(lamp, given, visitor, watch):
    watch.set(lamp.milestone("launch").due - timedelta(minutes=5))
    buyer = given.person(member=True, name="Ana")
    given.place(lamp, buyer)
    mine, others = (visitor(who).get(PANEL, headers=HTMX) for who in (buyer, None))
    assert mine.headers["Cache-Control"] == "private, no-store" and others.headers["Cache-Control"] == "no-cache"
    assert "Set aside for" in mine.get_data(as_text=True) and "Set aside for" not in others.get_data(as_text=True)
    assert "You may buy in" in others.get_data(as_text=True)


def test_nobody_reads_it_before_the_thread_and_the_archive_has_no_numbers(lamp, visitor, watch):
    watch.set(lamp.milestone("waitlist").due - timedelta(seconds=1))
    assert visitor().get(PANEL, headers=HTMX).status_code == 403
    watch.set(lamp.milestone("archive").due)
    db.session.rollback()
    assert "follow this now" not in visitor().get(PANEL, headers=HTMX).get_data(as_text=True)
