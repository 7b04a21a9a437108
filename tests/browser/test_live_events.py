"""A live event in a real Chromium: the line comes and goes over a page that stays open."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from launchpad.database import writing
from launchpad.rules.plan import EventPlan
from launchpad.services import event_acts
from tests.browser.width import beyond

pytestmark = pytest.mark.browser


def test_the_line_comes_and_goes_on_an_open_page_and_what_is_typed_stays(app, browser, live_site, given, watch):
    campaign = given.campaign("lamp", name="Aurora Lamp")
    at = campaign.milestone("launch").due + timedelta(hours=1)
    watch.set(at - timedelta(seconds=1))
    with writing():
        event = event_acts.make(campaign, None, EventPlan("Unboxing", at, 30, "https://stream.example.com/", "Marta"))
    page = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_site}/lamp/buy")
    page.evaluate("document.body.dataset.same = 'page'")
    page.locator("main input[name=email]").fill("ann@example.com")
    with page.expect_response("**/state.json"):
        page.evaluate("document.dispatchEvent(new CustomEvent('launchpad:look'))")
    line = page.locator("#banners .banner-live")
    expect(line).to_have_count(0)
    watch.set(at)
    expect(line).to_contain_text("Unboxing", timeout=10_000)  # asked for by the event's own beginning, no clock on this page
    watch.set(at + timedelta(minutes=30))
    for _ in range(20):  # what it asks may be kept for a second, and a clock that jumps over an end tells nobody
        page.evaluate("document.dispatchEvent(new CustomEvent('launchpad:look'))")
        page.wait_for_timeout(300)
        if not line.count():
            break
    expect(line).to_have_count(0)
    assert page.locator("main input[name=email]").input_value() == "ann@example.com"
    assert page.evaluate("document.body.dataset.same") == "page"
    watch.set(at - timedelta(minutes=20))
    for path in (f"events/{event.id}", "events"):
        page.goto(f"{live_site}/lamp/{path}")
        assert Axe().run(page).response["violations"] == []
        assert beyond(page) == []
    page.close()
    assert faults == []
