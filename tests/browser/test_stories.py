"""Stories and recap in a real browser: sent without script and with it, shown, taken back; axe finds nothing."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Entry, Prompt, Story
from launchpad.services import pictures, reviews, stories
from tests.browser.width import beyond
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


@pytest.fixture
def lamp(given, watch):
    """A campaign in its recap, with a prompt, an order, words in the thread and two stories that are shown."""
    campaign = given.campaign("lamp", stock=100)
    ana = given.person(member=True, name="Ana Reis")
    watch.set(campaign.milestone("recap").due)
    given.place(campaign, ana)
    given.order(campaign, ana, quantity=2, source="member", at=campaign.milestone("launch").due + timedelta(minutes=3))
    taken = [pictures.take_in(jpeg(900, 600)), pictures.take_in(jpeg(600, 900))]
    with writing() as session:
        campaign, ana = session.merge(campaign), session.merge(ana)
        session.add(Prompt(campaign_id=campaign.id, text="Before and after?", template="Before, my desk …"))
        words = {"kind": "testimonial", "text": "The best hour of my day", "marks": {"buyer": True}}
        session.add(Entry(campaign_id=campaign.id, person_id=ana.id, at=campaign.moment, **words))
        for text, photos in (("My desk at last has light", taken), ("Words alone", [])):
            alts = ["Before", "After"][: len(photos)]
            story = stories.send(campaign, ana, text, None, photos, alts, ["site"])
            reviews.approve(campaign, None, story)
    return campaign


@pytest.fixture
def session_of(visitor):
    """The cookie of a signed-in person."""
    return lambda person: visitor(person).client.get_cookie("launchpad").value


@pytest.fixture
def open_as(browser, live_site):
    """A page of a browser with somebody's session (or nobody's); no script error and no broken policy is let pass."""
    contexts, faults = [], []

    def open_(session, path: str, **options):
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        if session is not None:
            context.add_cookies([{"name": "launchpad", "value": session, "url": live_site}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(live_site + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_story_is_sent_shown_and_taken_back(lamp, given, session_of, open_as, script, tmp_path):
    photo = tmp_path / "desk.jpg"
    photo.write_bytes(jpeg(gps=True))
    bo = session_of(given.person(member=True, name="Bo"))
    host = session_of(given.person(role="moderator"))
    page = open_as(bo, "/lamp/stories?prompt=1", java_script_enabled=script)
    assert page.input_value("[name=text]") == "Before, my desk …"
    page.fill("[name=text]", "Before, my desk was dark")
    page.locator("[name=photo]").first.set_input_files(photo)
    page.get_by_role("button", name="Send it to the team").click()
    page.get_by_text("Say in a few words what photo 1 shows").wait_for()
    assert page.input_value("[name=text]") == "Before, my desk was dark"
    page.locator("[name=photo]").first.set_input_files(photo)
    page.locator("[name=alt]").first.fill("A dark desk")
    page.locator("[name=consent][value=site]").check()
    page.get_by_role("button", name="Send it to the team").click()
    page.get_by_text("Waiting for the team").wait_for()

    db.session.remove()
    story = db.session.scalars(select(Story).where(Story.state == "waiting")).one().id
    team = open_as(host, f"/lamp/stories/{story}", java_script_enabled=script)
    team.get_by_role("button", name="Publish", exact=True).click()
    team.get_by_role("button", name="Take it down").wait_for()

    stranger = open_as(None, "/lamp/stories", java_script_enabled=script)
    shown = stranger.get_by_alt_text("A dark desk")
    shown.scroll_into_view_if_needed()
    assert shown.is_visible() and shown.bounding_box()["height"] > 100

    page.reload()
    page.get_by_text("Take it back", exact=True).click()
    page.get_by_role("button", name="Take it back for good").click()
    page.get_by_text("You took this story back").wait_for()
    stranger.reload()
    assert stranger.get_by_alt_text("A dark desk").count() == 0


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 390)])
def test_axe_has_nothing_to_say(lamp, given, session_of, open_as, scheme, width):
    host = session_of(given.person(role="owner"))
    found = []
    for path in ("/lamp/stories?prompt=1", "/lamp/stories/1", "/lamp/recap", "/community"):
        view = {"width": width, "height": 800}
        page = open_as(host, path, color_scheme=scheme, viewport=view, bypass_csp=True)
        faults = Axe().run(page).response["violations"]
        found += [(path, fault["id"], fault["nodes"][0]["html"]) for fault in faults]
        page.set_viewport_size({"width": 320, "height": 700})
        found += beyond(page)
    assert found == []
