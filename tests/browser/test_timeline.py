"""The timeline in a real Chromium: a moment is dragged by mouse, finger and keys, and nothing moves before it is confirmed."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from launchpad.database import db, writing
from launchpad.models import Campaign, LiveEvent
from tests.browser.width import beyond
from tests.make import NOON

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(given, watch) -> int:
    row = given.campaign("lamp", preview=NOON - timedelta(days=1), name="Aurora Lamp")
    with writing() as session:
        session.add(LiveEvent(campaign_id=row.id, title="Unboxing", at=row.milestone("launch").due + timedelta(hours=1)))
    return row.id


@pytest.fixture
def visit(app, browser, live_site, given):
    """Open the timetable as an owner; an error of a script fails the test."""
    contexts, faults = [], []
    owner = given.person("owner@example.com", role="owner").get_id()

    def open_(width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
        contexts.append(context)
        signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": owner, "_fresh": True})
        context.add_cookies([{"name": "launchpad", "value": signed, "url": live_site}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{live_site}/team/lamp/timetable")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def launch(id: int):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Campaign, id).milestone("launch").due


def grip(page, side: str, name: str):
    return page.locator(f".spine-{side} .grip[data-name={name}]").first


def drag(page, from_, x: float, y: float) -> None:
    box = from_.locator(".hit").bounding_box()
    page.mouse.move(box["x"] + 22, box["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + 22 + x / 2, box["y"] + 22 + y / 2, steps=3)
    page.mouse.move(box["x"] + 22 + x, box["y"] + 22 + y, steps=3)


def test_a_moment_is_dragged_seen_confirmed_and_moved(campaign, visit):
    page = visit()
    before = launch(campaign)
    head = page.locator(".spine-across [data-mark]:has([data-name=head_start_member])")
    stood = head.get_attribute("x")
    drag(page, grip(page, "across", "launch"), 30, 0)
    expect(page.locator("[data-told]")).to_contain_text("later. Along with it: Head start (founder)")
    assert head.get_attribute("x") != stood, "a head start goes along"
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("[data-told]")).to_have_text("Put back. Nothing was moved.")
    assert head.get_attribute("x") == stood
    drag(page, grip(page, "across", "launch"), 30, 0)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing has changed yet")
    assert launch(campaign) == before
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_label("Why").fill("The courier is late")
    dialog.get_by_role("button", name="Move it").click()
    expect(page).to_have_url(f"{page.url.split('/team')[0]}/team/lamp/timetable")
    moved = launch(campaign) - before
    assert moved > timedelta(0) and not moved % timedelta(minutes=15)


def test_the_same_by_keys_and_what_has_opened_says_why_it_stays(campaign, visit):
    page = visit()
    before = launch(campaign)
    grip(page, "across", "launch").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "PageDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("[data-told]")).to_contain_text("1 day 1 h later")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 day 1 h later")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(grip(page, "across", "launch")).to_be_focused()
    page.keyboard.press("PageUp")
    for _ in range(14):
        page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("That moment has passed")
    page.keyboard.press("Escape")
    expect(page.locator("[data-told]")).to_have_text("Put back. Nothing was moved.")
    grip(page, "across", "preview").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-told]")).to_have_text("It has opened, so it stays where it is.")
    assert launch(campaign) == before


def test_on_a_phone_the_line_goes_down_and_is_dragged_there(campaign, visit):
    page = visit(width=390, color_scheme="dark")
    assert beyond(page) == []
    mark = grip(page, "down", "archive")
    mark.scroll_into_view_if_needed()
    drag(page, mark, 0, -12)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("earlier")
    page.get_by_role("button", name="Leave it where it is").click()
    assert Axe().run(page).response["violations"] == []


def test_without_script_a_moment_is_a_link_to_where_it_is_typed(campaign, visit):
    page = visit(java_script_enabled=False)
    assert grip(page, "across", "launch").get_attribute("href") == "/team/lamp/timetable/launch"
