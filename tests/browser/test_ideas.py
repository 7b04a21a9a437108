"""The board of ideas in a real browser: what is typed while an idea is on its way is the next one."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_words_typed_while_an_idea_is_on_its_way_stay_and_are_to_be_seen(given, watch, visit):
    lamp = given.campaign("lamp")
    watch.set(lamp.milestone("preview").due)
    page = visit("lamp/ideas", given.person(member=True), width=390, strict=True)
    waiting = []
    page.route(re.compile("/lamp/ideas$"), lambda route: waiting.append(route), times=1)
    page.get_by_label("In one line").fill("A wall version")
    page.get_by_role("button", name="Bring it").click()
    for _ in range(200):
        if waiting:
            break
        page.wait_for_timeout(50)
    page.get_by_label("In one line").fill("A longer cable")
    waiting[0].continue_()
    expect(page.locator(".ideas")).to_contain_text("A wall version")
    expect(page.get_by_label("In one line")).to_be_visible()
    expect(page.get_by_label("In one line")).to_have_value("A longer cable")
    expect(page.get_by_label("And why")).to_have_value("")
    page.get_by_role("button", name="Bring it").click()
    expect(page.locator(".ideas")).to_contain_text("A longer cable")
    expect(page.get_by_label("In one line")).to_have_value("")
