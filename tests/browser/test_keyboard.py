"""The whole control room by keyboard alone, at 1280 and at 390 pixels: everything is reached, seen, and left again.

Which database is behind it makes no difference to a key: one is enough. `make test` walks two pages, LIVE=1 all of them.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Person, Story
from launchpad.services import health, thread
from launchpad.web.team import frame
from tests.browser.width import beyond

pytestmark = pytest.mark.browser

# Every tab of the room and the site, and pages behind them.
ALL = (
    *(f"lamp/{tab.path}" for tab in frame.NAV), *(tab.path for tab in frame.SITE),
    "lamp/timetable/recap", "lamp/orders/1", "lamp/edit/file", "lamp/compare", "lamp/polls/new", "new", "new/clone",
)  # fmt: skip
PICK = {("lamp/today", 390), ("lamp/timetable", 1280)}
MOST = 900  # presses of Tab on one page: a date field alone takes six

# What Tab has to reach: a radio group is one stop, a field in a closed <details> none.
STOPS = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const groups = new Set();
  window.stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((one) => {
    if (one.disabled || one.type === "hidden" || one.tabIndex < 0) return false;
    if (!one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.closest("svg") && !one.getBoundingClientRect().width) return false;
    if (one.type !== "radio") return true;
    const group = one.form?.action + one.name;
    return !groups.has(group) && groups.add(group);
  });
  window.reached = new Set();
  return window.stops.length;
}"""
# Where the focus is now, and what is wrong with how it shows (WCAG 2.4.7, 2.4.11).
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "out";
  if (one.tagName === "IFRAME") return ""; // has pages and an outline of its own
  if (window.reached.has(one) && one === window.first) return "round";
  window.first ||= one;
  const known = window.reached.has(one);
  window.reached.add(one);
  if (known) return "";
  const name = one.outerHTML.slice(0, 120), box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const shown = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
  const inside = one.querySelector?.(".hit");
  const held = one.closest(".choice, .variant, .queue-item, .composer");
  const framed = held && shown(getComputedStyle(held)) || inside && getComputedStyle(inside).stroke !== "none";
  if (!shown(style) && !framed) return `no outline: ${name}`;
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return `out of sight: ${name}`;
  const line = one.getClientRects()[0] || box;
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]];
  const at = ([x, y]) => document.elementFromPoint(line.left + line.width * x, line.top + line.height * y);
  const met = points.map(at).filter(Boolean);
  return met.some((hit) => one.contains(hit) || hit.contains(one) || hit.closest("label")?.contains(one)) ? "" : `covered: ${name}`;
}"""
MISSED = """() => window.stops.filter((one) => one.isConnected && one.checkVisibility() && !window.reached.has(one)
  && one.type !== "radio").map((one) => one.outerHTML.slice(0, 120))"""
FOCUSED = "(name) => document.activeElement.tagName === 'BUTTON' && document.activeElement.textContent.trim() === name"


@pytest.fixture
def room(app, browser, live_site, given, watch):
    """Open pages of the control room as an owner, of a campaign whose doors are open, with one of everything."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("the same in every key as on SQLite")
    row = given.campaign("lamp", name="Aurora Lamp", stock=90)
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    given.poll(row)
    for name in ("Ana", "Clara Maria de Vasconcelos e Albuquerque-Figueiredo"):
        person = given.person(member=True, name=name)
        given.place(row, person, sku="OAK")
        given.order(row, person, at=watch.now)
        with writing() as session:
            session.add(Story(campaign_id=row.id, person_id=person.id, text=f"By {name}", at=watch.now))
            thread.post(session.get(Campaign, row.id), session.get(Person, person.id), f"Words of {name}")
    for part in health.BEATING:
        health.beat(part)
    signer = app.session_interface.get_signing_serializer(app)
    signed = signer.dumps({"_user_id": given.person("owner@example.com", role="owner").get_id(), "_fresh": True})
    contexts = []

    def open_(path: str, width: int = 1280, **options) -> Page:
        height = 800 if width > 600 else 844
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        context.add_cookies([{"name": "launchpad", "value": signed, "url": live_site}])
        page = context.new_page()
        assert page.goto(f"{live_site}/team/{path}").status == 200, path
        return page

    yield open_
    for context in contexts:
        context.close()


def walk(page: Page) -> list[str]:
    """Tab through the whole page; what was wrong."""
    assert page.evaluate(STOPS) > 3
    faults = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        met = page.evaluate(HERE)
        if met in ("out", "round"):
            return faults + [f"never reached: {one}" for one in page.evaluate(MISSED)]
        if met:
            faults.append(met)
    return [*faults, f"no way out after {MOST} presses"]


@pytest.mark.parametrize(
    "path, width",
    [pytest.param(path, width, marks=[] if (path, width) in PICK else [pytest.mark.live]) for path in ALL for width in (1280, 390)],
)
def test_a_page_by_keyboard_and_axe_in_light_and_dark(room, path, width):
    page = room(path, width)
    faults = walk(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.reload()
        faults += [f"{scheme}: {f['id']} {f['nodes'][0]['html'][:150]}" for f in Axe().run(page).response["violations"]]
    assert faults + beyond(page) == []


def test_the_skip_link_the_list_of_keys_and_the_way_by_two_letters(room):
    page = room("lamp/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/team/lamp/today")
    words = page.get_by_label("To everyone in the thread")
    words.focus()
    page.keyboard.type("go, go? g t")
    expect(words).to_have_value("go, go? g t")
    assert page.url.endswith("/today"), "letters typed into a field are no keys"


def test_the_brake_and_a_hold_by_keyboard_alone_on_a_phone(room):
    page = room("lamp/today", 390)

    def press(name: str) -> None:
        """Tab until the button of that name has the focus, then Enter."""
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate(FOCUSED, name):
                page.keyboard.press("Enter")
                return
        pytest.fail(f"{name} was not reached")

    press("Stop sales")
    expect(page.get_by_role("button", name="Resume sales")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Campaign)).one().sales_stopped_at is not None
    press("Resume sales")
    expect(page.get_by_role("button", name="Stop sales")).to_be_visible()
