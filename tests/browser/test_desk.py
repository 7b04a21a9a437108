"""The control room in a real Chromium: the queue by keys, the host's page on a phone, every list within its width."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person, Story
from launchpad.services import thread
from tests.browser.width import beyond

pytestmark = pytest.mark.browser

PAGES = ("numbers", "waitlist", "orders", "polls", "moderation", "today")


@pytest.fixture
def campaign(given, watch) -> int:
    """The id of a campaign whose doors are open, with one of everything."""
    row = given.campaign("lamp", name="Aurora Lamp", stock=90)
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    given.poll(row)
    for name in ("Ana", "Bea", "Clara Maria de Vasconcelos e Albuquerque-Figueiredo"):
        person = given.person(member=True, name=name)
        given.place(row, person, sku="OAK", source="newsletter.example.com")
        given.order(row, person, source="member", at=watch.now)
        with writing() as session:
            session.add(Story(campaign_id=row.id, person_id=person.id, text=f"By {name}", at=watch.now))
            thread.post(session.get(Campaign, row.id), session.get(Person, person.id), f"Words of {name}")
    return row.id


@pytest.fixture
def visit(visit, given):
    """Open a page of the control room as an owner; what the console calls an error fails the test as well."""
    owner = given.person("owner@example.com", role="owner")
    return lambda path, width=1280, **options: visit(f"team/lamp/{path}", owner, width, strict=True, **options)


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Story.state).order_by(Story.id)))


def test_the_queue_by_keys(campaign, visit):
    page = visit("moderation")
    first, second, third = (page.locator(f"#story-{n}") for n in (1, 2, 3))
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("r")
    page.keyboard.type("a blurred one")
    page.keyboard.press("Enter")
    expect(second).to_be_focused()
    assert states() == ["rejected", "waiting", "waiting"], "letters typed into a field are no keys of the queue"
    page.keyboard.press("a")
    expect(third).to_be_focused()
    assert states() == ["rejected", "approved", "waiting"]


@pytest.mark.parametrize("script", [True, False])
def test_the_host_posts_hides_and_undoes_with_a_thumb(campaign, visit, script):
    page = visit("today", width=390, java_script_enabled=script)
    page.get_by_label("To everyone in the thread").fill("We are live")
    page.get_by_role("button", name="Post").click()
    said = page.locator("#latest .entry", has_text="We are live")
    expect(said).to_be_visible()
    said.get_by_role("button", name="Hide").click()
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(said).to_be_visible()
    page.get_by_role("button", name="Stop sales").click()
    expect(page.get_by_role("button", name="Resume sales")).to_be_visible()
    db.session.rollback()
    assert db.session.get_one(Campaign, campaign).sales_stopped_at is not None


def test_the_pulse_beats_by_itself_and_leaves_what_is_typed(campaign, visit):
    page = visit("today", width=390)
    page.get_by_label("To everyone in the thread").fill("Half a sentence")
    with writing() as session:
        person = session.scalar(select(Entry.person_id).limit(1))
        thread.post(session.get(Campaign, campaign), session.get(Person, person), "Something new")
    expect(page.get_by_role("link", name="1 new in the thread")).to_be_visible(timeout=20_000)
    expect(page.get_by_label("To everyone in the thread")).to_have_value("Half a sentence")


OTHERS = [pytest.param(390, "light", marks=pytest.mark.live), pytest.param(1280, "dark", marks=pytest.mark.live)]


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light"), *OTHERS])
def test_every_list_fits_and_axe_has_nothing_to_say(campaign, visit, width, scheme):
    for path in PAGES:
        page = visit(path, width=width, color_scheme=scheme)
        assert beyond(page) == []
        assert Axe().run(page).response["violations"] == [], path
