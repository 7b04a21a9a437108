"""Two of the team and a stranger, each in a browser of their own, at once: what one does the others see without a reload."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.services import by_hand, health

pytestmark = pytest.mark.browser

SOON = 10_000  # ms; nothing here takes so long, and a busy machine may


@pytest.fixture
def campaign(given, watch, app) -> int:
    """The id of a campaign whose waitlist is open, and whose time is kept."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("browsers see the same; tests/web and tests/services ask both databases")
    row = given.campaign("lamp", name="Aurora Lamp", stock=90)
    watch.set(row.milestone("waitlist").due + timedelta(minutes=5))
    with writing() as session:
        for milestone in session.get_one(Campaign, row.id).milestones:
            if milestone.due <= watch.now:
                milestone.reached_at = milestone.due
    for part in health.BEATING:
        health.beat(part)
    return row.id


@pytest.fixture
def visit(app, browser, live_site):
    """Open a page as somebody, or as a stranger; every script error fails the test."""
    contexts, faults = [], []

    def open_(path: str, person: Person | None = None, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
        contexts.append(context)
        if person is not None:
            signer = app.session_interface.get_signing_serializer(app)
            signed = signer.dumps({"_user_id": person.get_id(), "_fresh": True})
            context.add_cookies([{"name": "launchpad", "value": signed, "url": live_site}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{live_site}{path}")
        page.evaluate("window.opened = true")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def looks(page: Page) -> None:
    """A stranger's page looks every half minute, after an opening and when its stream says so: let it look now."""
    page.evaluate("document.dispatchEvent(new CustomEvent('launchpad:look'))")


def not_reloaded(page: Page) -> bool:
    return page.evaluate("window.opened === true")


def test_a_hold_and_its_release_show_in_every_open_page(campaign, visit, given):
    mara, ben = (given.person(role="owner", name=name) for name in ("Mara", "Ben"))
    ours, theirs, stranger = visit("/team/lamp/timetable", mara), visit("/team/lamp/", ben), visit("/lamp/", width=390)
    clock = stranger.locator(".clock [data-unit=seconds]").first
    form = ours.locator("#hold-form")
    form.get_by_label("What visitors read").fill("Back at noon")
    form.get_by_label("Why").fill("The ship is late")
    form.get_by_role("button").click()
    ours.locator("main button[name=confirmed]").click()
    expect(theirs.locator("#room-head")).to_contain_text("on hold", timeout=SOON)
    expect(theirs.locator("#status")).to_contain_text("Mara put the campaign on hold")
    looks(stranger)
    expect(stranger.locator("#banners")).to_contain_text("Back at noon", timeout=SOON)
    expect(stranger.locator("#status")).to_have_text("The schedule stands still. Back at noon")
    before = clock.text_content()
    stranger.wait_for_timeout(2200)
    assert clock.text_content() == before, "the countdown of an open page stands"
    release = ours.locator("#release-form")
    release.get_by_label("Why").fill("It came")
    release.get_by_role("button").click()
    ours.locator("main button[name=confirmed]").click()
    expect(theirs.locator("#room-head")).not_to_contain_text("on hold", timeout=SOON)
    looks(stranger)
    expect(stranger.locator("#banners")).not_to_contain_text("stands still", timeout=SOON)
    expect(clock).not_to_have_text(before, timeout=SOON)
    assert not_reloaded(theirs) and not_reloaded(stranger)


def test_who_acts_on_what_was_changed_is_told_before_and_refused_after(campaign, visit, given):
    mara, ben = (given.person(role="owner", name=name) for name in ("Mara", "Ben"))
    page = visit("/team/lamp/timetable/recap", ben)
    page.locator("#move-due").fill("2026-12-20T18:00")
    page.locator("#move-reason").fill("Half a sent")
    launch = db.session.get_one(Campaign, campaign).milestone("launch").due
    with writing() as session:
        here, who = session.get_one(Campaign, campaign), session.get_one(Person, mara.id)
        by_hand.move(here, who, "launch", launch + timedelta(hours=1), "x")
    notice = page.locator("#moved")
    expect(notice).to_contain_text("Mara moved “Doors open for everyone” to", timeout=SOON)
    expect(page.locator("#move-reason")).to_have_value("Half a sent")
    notice.get_by_role("button").click()
    expect(notice).to_be_empty(timeout=SOON)
    expect(page.locator("#move-reason")).to_have_value("Half a sent")
    expect(page.locator("#move-due")).to_have_value("2026-12-20T18:00")
    version = str(db.session.get_one(Campaign, campaign, populate_existing=True).version)
    expect(page.locator("#move-form [name=version]")).to_have_value(version)
    assert not_reloaded(page)


@pytest.mark.live
def test_stopping_sales_from_the_thumbs_page_shuts_a_strangers_panel(campaign, visit, given, watch):
    with writing() as session:
        row = session.get_one(Campaign, campaign)
        watch.set(row.milestone("launch").due + timedelta(minutes=5))
        for milestone in row.milestones:
            if milestone.due <= watch.now:
                milestone.reached_at = milestone.due
    host = visit("/team/lamp/today", given.person(role="moderator", name="Mira"), width=390)
    stranger, reader = visit("/lamp/", width=390), visit("/lamp/thread")
    reader.wait_for_function("() => document.body.dataset.streams")
    expect(stranger.locator("#buy button")).to_be_visible()
    host.get_by_role("button", name="Stop sales").click()
    expect(host.get_by_role("button", name="Resume sales")).to_be_visible()
    looks(stranger)
    for page in (stranger, reader):  # the reader's stream says so by itself
        expect(page.locator("#banners")).to_contain_text("Sales are paused", timeout=SOON)
        expect(page.locator("#buy button")).to_have_count(0, timeout=SOON)
    host.get_by_role("button", name="Resume sales").click()
    looks(stranger)
    for page in (stranger, reader):
        expect(page.locator("#buy button")).to_be_visible(timeout=SOON)
        assert not_reloaded(page)


def test_a_page_somebody_types_in_changes_its_banner_and_offers_the_rest(campaign, visit, given):
    stranger = visit("/lamp/", width=390)
    email = stranger.locator("main [name=email]").first
    email.fill("half@an.addr")
    with writing() as session:
        by_hand.hold(session.get_one(Campaign, campaign), None, "Back at noon", "x")
    looks(stranger)
    expect(stranger.locator("#banners")).to_contain_text("Back at noon", timeout=SOON)
    expect(stranger.locator("#moved")).to_contain_text("What you typed is still here", timeout=SOON)
    expect(email).to_be_focused()
    expect(email).to_have_value("half@an.addr")
    stranger.locator("#moved button").click()
    expect(stranger.locator("#moved")).to_be_empty(timeout=SOON)
    expect(email).to_have_value("half@an.addr")
    assert not_reloaded(stranger)


@pytest.mark.live
def test_time_that_is_not_kept_is_said_on_every_page_of_the_room_and_taken_back(campaign, visit, given, app):
    page = visit("/team/lamp/moderation", given.person(role="moderator", name="Mira"))
    expect(page.locator("#room-news")).to_have_text("")
    app.extensions["redis"].delete(health.BEAT + "timekeeper")
    expect(page.locator("#room-news")).to_contain_text("Time is not being kept", timeout=SOON)
    expect(page.locator("#room-news")).to_contain_text("timekeeper")
    for part in health.BEATING:
        health.beat(part)
    expect(page.locator("#room-news")).to_have_text("", timeout=SOON)
    assert not_reloaded(page)
