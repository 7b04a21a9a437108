"""Every part in a real browser: it fits, passes axe, obeys the content policy, and its script does what it promises."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.width import beyond

pytestmark = pytest.mark.browser
PAGES = ("poster", "hero", "parts", "thread", "recap", "room")
ARRIVE = """([id, version, words, author]) => {
  const entry = document.createElement('article');
  entry.className = 'entry'; entry.id = 'entry-' + id; entry.dataset.version = version;
  if (author) entry.dataset.author = author;
  entry.textContent = words;
  document.getElementById('feed').prepend(entry);
}"""


@pytest.fixture
def open_page(browser, parts):
    """Open a page of the gallery in a context of its own; it fails the test on a script error or a broken policy."""
    contexts, faults = [], []

    def open_(address: str, width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        assert page.goto(f"{parts}/{address}").status == 200
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_has_nothing_to_say(open_page, name, scheme):
    page = open_page(f"{name}?rehearsed=1", color_scheme=scheme, bypass_csp=True)
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(open_page, name, width):
    page = open_page(f"{name}?name=Featherstonehaugh Extraordinarily Collapsible Two-Person Kayak", width)
    assert beyond(page) == []


def test_a_page_that_is_wider_is_found_and_what_makes_it_so_is_named(open_page):
    page = open_page("parts", 390)
    page.evaluate("document.querySelector('h1').style.inlineSize = '500px'")
    found = beyond(page)
    assert "wider than its window" in found[0] and found[1].startswith("H1.")


@pytest.mark.parametrize("name", PAGES)
def test_what_a_thumb_presses_is_44_pixels_high(open_page, name):
    page = open_page(name, 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            'button, select, .act, .check, .choice, .variant, .site-nav a, .site-foot a')]
            .map((one) => [one.className + ' ' + one.textContent.trim(), one.getBoundingClientRect()])
            .filter(([, box]) => box.height > 0 && box.height < 43.5).map(([words, box]) => words + ' ' + box.height)"""
    )
    assert small == []


def test_the_clock_ticks_and_is_text_without_script(open_page):
    still = open_page("poster", java_script_enabled=False)
    expect(still.locator(".clock .when")).to_contain_text("Saturday 12 December, 18:00 WET, Lisbon")
    expect(still.locator(".clock [data-unit=hours]")).to_have_text("03")
    expect(still.locator(".clock .seconds")).to_be_hidden()
    running = open_page("poster")
    expect(running.locator(".clock [data-unit=seconds]")).not_to_have_text("53")
    expect(running.locator(".clock [data-unit=minutes]")).to_have_text("37")


def test_a_rehearsals_clock_runs_at_its_speed(open_page):
    page = open_page("poster?rehearsed=1")
    banner = page.locator("time[data-runs]")
    expect(banner).not_to_have_text("Thu 10 Dec, 14:22")
    expect(banner).to_have_text(re.compile(r"^\w{3} \d+ Dec, \d\d:\d\d$"))


def test_a_visitor_elsewhere_reads_their_own_time_too(open_page):
    away = open_page("poster", timezone_id="America/New_York")
    expect(away.locator(".clock .local-time")).to_have_text("13:00 where you are")
    far = open_page("poster", timezone_id="Asia/Tokyo")
    expect(far.locator(".clock .local-time")).to_have_text("Sun 13 Dec, 03:00 where you are")
    expect(far.locator("#short .local-time")).to_have_text("Sun 13 Dec, 03:00 where you are")
    near = open_page("poster", timezone_id="Europe/Lisbon")
    expect(near.locator(".clock [data-done]")).to_have_count(1)
    expect(near.locator(".local-time")).to_have_count(0)


def test_new_entries_are_shown_at_the_top_and_wait_while_someone_reads(open_page):
    page = open_page("thread")
    pill = page.locator("[data-feed-new]")
    page.evaluate(ARRIVE, [101, 1, "first", ""])
    expect(page.locator("#entry-101")).to_be_visible()
    expect(pill).to_be_hidden()

    page.locator("#entry-25").scroll_into_view_if_needed()
    before = page.locator("#entry-25").bounding_box()
    page.evaluate(ARRIVE, [102, 1, "second", ""])
    page.evaluate(ARRIVE, [103, 1, "third", ""])
    expect(pill).to_have_text("2 new")
    expect(page.locator("#entry-102")).to_be_hidden()
    assert page.locator("#entry-25").bounding_box() == before

    pill.click()
    expect(pill).to_be_hidden()
    expect(page.locator("#entry-103")).to_be_in_viewport()
    expect(page.locator("#entry-102")).to_be_visible()


def test_an_entry_that_comes_again_takes_its_own_place_and_an_older_version_none(open_page):
    page = open_page("thread")
    order = "[...document.querySelectorAll('#feed > article')].map((entry) => entry.id)"
    before = page.evaluate(order)
    page.evaluate(ARRIVE, [7, 3, "edited", ""])
    page.evaluate(ARRIVE, [7, 2, "stale", ""])
    expect(page.locator("#entry-7")).to_have_text("edited")
    assert page.evaluate(order) == before


def test_ones_own_entry_is_never_held_back(open_page):
    page = open_page("thread")
    page.evaluate("document.getElementById('feed').dataset.me = '42'")
    page.locator("#entry-25").scroll_into_view_if_needed()
    page.evaluate(ARRIVE, [104, 1, "mine", "42"])
    page.evaluate(ARRIVE, [105, 1, "theirs", "43"])
    expect(page.locator("[data-feed-new]")).to_have_text("1 new")
    assert page.locator("#entry-104").evaluate("(entry) => entry.hidden") is False


def test_a_page_that_moved_on_offers_the_rest_to_somebody_who_types(open_page):
    page = open_page("poster?rehearsed=1")
    page.locator("input[name=email]").first.fill("half an addre")
    page.route(
        "**/state.json", lambda route: route.fulfill(json={"version": 2, "phase": "launch", "selling": True, "head_start": {}})
    )
    expect(page.locator("#moved")).to_contain_text("What you typed is still here", timeout=20_000)
    expect(page.locator("#status")).to_have_text("Doors are open for everyone.")
    expect(page.locator("input[name=email]").first).to_have_value("half an addre")


def test_focus_can_be_seen(open_page):
    page = open_page("parts")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    assert page.locator(".skip").evaluate("(link) => getComputedStyle(link).outlineStyle") == "solid"
