"""The thread in a real Chromium: what one writes appears to the other, and what is hidden goes away."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, LiveEvent, Person, Variant
from launchpad.services import entry_changes, events, thread
from launchpad.web.thread import PAGE
from tests.browser.width import beyond
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(given, watch) -> int:
    """The id of a campaign whose doors are open; its slug is lamp."""
    campaign = given.campaign("lamp", name="Aurora Lamp", stock=300)
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign.id


@pytest.fixture
def people(given) -> dict[str, int]:
    return {
        "Ana": given.person(member=True, name="Ana", tier="founder").id,
        "Ben": given.person(member=True, name="Ben").id,
        "Host": given.person(role="moderator", name="Mira").id,
    }


@pytest.fixture
def visit(app, browser, live_site):
    """Open a page as somebody, in a browser of their own; a script error fails the test."""
    contexts, faults = [], []

    def open_(path: str, person: int | None = None, expect_errors: bool = False, width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options)
        contexts.append(context)
        if person:
            serializer = app.session_interface.get_signing_serializer(app)
            value = serializer.dumps({"_user_id": db.session.get_one(Person, person).get_id(), "_fresh": True})
            context.add_cookies([{"name": "launchpad", "value": value, "url": live_site}])
        page = context.new_page()
        if not expect_errors:
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(live_site + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def say(campaign: int, person: int | None, text: str, **more) -> int:
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        if person is None:
            return thread.report(here, more.pop("fact", text), text, **more).id
        return thread.post(here, session.get_one(Person, person), text, **more).id


def act(verb, campaign: int, person: int, entry: int, *more) -> None:
    with writing() as session:
        verb(session.get_one(Campaign, campaign), session.get_one(Person, person), session.get_one(Entry, entry), *more)


def streaming(page) -> None:
    """Wait until the page's stream is open."""
    page.wait_for_function("() => document.getElementById('stream')?._htmx?.sse?.reader")


def test_a_post_appears_to_everyone_and_hiding_takes_it_away(campaign, people, visit):
    reader, ana = visit("/lamp/thread"), visit("/lamp/thread", people["Ana"])
    streaming(reader)
    streaming(ana)
    ana.fill("#composer-text", "It lights up **everything**")
    ana.click("#composer button")
    expect(ana.locator("#feed article")).to_have_count(1)
    expect(ana.locator("#composer-text")).to_have_value("")
    expect(reader.locator("#feed article strong")).to_have_text("everything")
    db.session.rollback()  # what was read before is of an older moment
    entry = db.session.scalars(select(Entry.id)).one()
    act(thread.pin, campaign, people["Host"], entry)
    expect(reader.locator(f"#pins #pin-{entry}")).to_contain_text("everything")
    expect(reader.locator(f"#entry-{entry}")).to_have_class(re.compile("pinned"))
    act(thread.hide, campaign, people["Host"], entry)
    for page in (reader, ana):
        expect(page.locator(f"#entry-{entry}")).to_contain_text("Taken down by the team.")
        for place in ("#feed", "#pins"):
            expect(page.locator(place)).not_to_contain_text("everything")
    expect(reader.locator("main")).not_to_contain_text("everything")
    for page in (reader, ana):
        expect(page.locator("#feed article")).to_have_count(1)


def test_an_author_reads_at_once_why_their_words_were_taken_down(campaign, people, visit):
    entry = say(campaign, people["Ana"], "Buy mine instead")
    ana, ben = (visit("/lamp/thread", people[name]) for name in ("Ana", "Ben"))
    for page in (ana, ben):
        streaming(page)
    act(thread.hide, campaign, people["Host"], entry, "No second-hand offers")
    note = ana.locator("#mine-unseen")
    expect(note).to_contain_text("The team took this down: No second-hand offers.")
    expect(note).to_contain_text("Buy mine instead")
    expect(ben.locator(f"#entry-{entry}")).to_contain_text("Taken down by the team.")
    expect(ben.locator("main")).not_to_contain_text("second-hand")
    act(thread.show, campaign, people["Host"], entry)
    expect(ana.locator(f"#entry-{entry}")).to_contain_text("Buy mine instead")
    expect(note.locator("article")).to_have_count(0)


def test_an_author_whose_words_wait_reads_that_the_team_kept_them_off(campaign, people, visit):
    with writing() as session:
        session.get_one(Campaign, campaign).thread_rules = {"first_posts": 1}
    entry = say(campaign, people["Ben"], "Is this the place?")
    ben = visit("/lamp/thread", people["Ben"])
    ben.clock.install()
    ben.reload()
    streaming(ben)  # what is still being asked for would be given up when the clock jumps
    expect(ben.locator("#mine-unseen")).to_contain_text("Waits for a look")
    expect(ben.locator("#feed article")).to_have_count(0)
    act(entry_changes.reject, campaign, people["Host"], entry, "Ask under Help")
    ben.clock.run_for(21_000)
    expect(ben.locator("#mine-unseen")).to_contain_text("Ask under Help. Change it, and it is sent again.")


def test_an_author_keeps_the_links_to_change_an_entry_when_the_stream_brings_it_too(campaign, people, visit):
    ana = visit("/lamp/thread", people["Ana"])
    streaming(ana)
    ana.fill("#composer-text", "Mine to change")
    ana.click("#composer button")
    mine = ana.locator("#feed article")
    expect(mine.get_by_role("link", name="Edit")).to_be_visible()
    db.session.rollback()
    act(thread.pin, campaign, people["Host"], db.session.scalars(select(Entry.id)).one())
    expect(mine).to_have_attribute("data-version", "2")
    expect(mine.get_by_role("link", name="Edit")).to_be_visible()
    expect(mine.get_by_role("button", name="Take back")).to_be_visible()


def test_a_refused_post_keeps_its_words_and_says_why(campaign, people, visit):
    ana = visit("/lamp/thread", people["Ana"], expect_errors=True)  # Chromium logs the 422 as an error
    streaming(ana)
    text = "https://example.com https://example.com https://example.com"
    ana.fill("#composer-text", text)
    ana.click("#composer button")
    expect(ana.locator("#composer-error")).to_contain_text("links")
    expect(ana.locator("#composer-text")).to_have_value(text)
    ana.fill("#composer-text", "Without links")
    ana.click("#composer button")
    expect(ana.locator("#feed article")).to_contain_text("Without links")


def test_words_typed_while_a_post_is_on_its_way_are_the_next_post(campaign, people, visit):
    ana = visit("/lamp/thread", people["Ana"])
    streaming(ana)
    waiting = []
    ana.route(re.compile("/lamp/thread$"), lambda route: waiting.append(route), times=1)
    ana.fill("#composer-text", "The first")
    ana.click("#composer button")
    for _ in range(200):
        if waiting:
            break
        ana.wait_for_timeout(50)
    ana.fill("#composer-text", "And the sec")
    ana.click(".composer-photos summary")
    ana.set_input_files("#composer-photo-2", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    ana.fill("#composer-alt-2", "The lamp at dusk")
    waiting[0].continue_()
    expect(ana.locator("#feed article")).to_have_count(1)
    expect(ana.locator("#composer button")).to_be_enabled()
    expect(ana.locator("#composer-alt-2")).to_be_focused()
    ana.click("#composer-text")
    ana.keyboard.type("ond")
    expect(ana.locator("#composer-text")).to_have_value("And the second")
    ana.click("#composer button")
    expect(ana.locator("#feed article")).to_have_count(2)
    expect(ana.locator("#feed article").first).to_contain_text("And the second")
    expect(ana.locator("#feed article").first.get_by_alt_text("The lamp at dusk")).to_be_visible()
    expect(ana.locator("#composer-text")).to_have_value("")


def test_words_that_did_not_arrive_stay_in_the_form_and_that_is_to_be_seen(campaign, people, visit):
    ana = visit("/lamp/thread", people["Ana"], expect_errors=True)
    streaming(ana)
    ana.fill("#composer-text", "Written while the site was away")
    away = '<div class="notice" role="alert"><strong>We are catching our breath</strong> Try again in a few seconds.</div>'
    for answer, said in (
        (lambda route: route.fulfill(status=503, body=away, content_type="text/html"), "Try again in a few seconds."),
        (lambda route: route.abort(), "there is no connection"),
    ):
        ana.route(re.compile("/lamp/thread$"), answer, times=1)
        ana.click("#composer button")
        expect(ana.locator("#status.told")).to_contain_text(said)
        expect(ana.locator("#status.told")).to_contain_text("Your words are kept")
        expect(ana.locator("#composer-text")).to_have_value("Written while the site was away")
    ana.click("#composer button")
    expect(ana.locator("#feed article")).to_contain_text("Written while the site was away")
    ana.context.set_offline(True)
    expect(ana.locator("#status.told")).to_contain_text("No connection.")
    ana.context.set_offline(False)
    expect(ana.locator("#status.told")).to_have_count(0)


def test_somebody_reading_is_not_moved_and_edits_are_not_held_back(campaign, people, visit):
    entries = [say(campaign, people["Ben"], f"Post {n}\n\nwith a second paragraph") for n in range(30)]
    reader = visit("/lamp/thread", width=390)
    streaming(reader)
    reader.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    seen = "document.elementFromPoint(100, 400).closest('article').id"
    place = f"(id) => document.getElementById(id || {seen}).getBoundingClientRect().top"
    article = reader.evaluate(seen)
    before = reader.evaluate(place, article)
    say(campaign, people["Ana"], "New one")
    say(campaign, people["Ana"], "New two")
    pill = reader.locator("[data-feed-new=feed]")
    expect(pill).to_have_text("2 new")
    assert abs(reader.evaluate(place, article) - before) < 3
    act(thread.edit, campaign, people["Ben"], entries[-1], "Said better")
    expect(reader.locator(f"#entry-{entries[-1]}")).to_contain_text("Said better")
    expect(pill).to_have_text("2 new")
    pill.click()
    expect(reader.locator("#feed article").first).to_contain_text("New two")
    expect(pill).to_be_hidden()


def test_a_change_of_an_entry_that_is_not_on_the_page_adds_nothing(campaign, people, visit):
    entries = [say(campaign, people["Ben"], f"Post {n}") for n in range(PAGE + 3)]
    reader = visit("/lamp/thread")
    streaming(reader)
    act(thread.hide, campaign, people["Host"], entries[0])
    say(campaign, people["Ana"], "After it")
    expect(reader.locator("#feed article").first).to_contain_text("After it")
    expect(reader.locator("#feed article")).to_have_count(PAGE + 1)


def test_a_stream_that_cannot_come_through_is_replaced_by_polling(campaign, people, visit):
    context_page = visit("/lamp/", expect_errors=True)
    page = context_page.context.new_page()
    page.add_init_script(
        "Object.defineProperty(performance, 'now', {value: (n => () => n += 5000)(performance.now())})"
    )
    page.route("**/thread/stream*", lambda route: route.fulfill(status=503, body="later", headers={"Retry-After": "3"}))
    page.goto(context_page.url.rstrip("/") + "/thread")
    say(campaign, people["Ana"], "By polling")
    expect(page.locator("#feed article")).to_contain_text("By polling", timeout=15000)
    expect(page.locator("main")).not_to_contain_text("later")  # the error page is nowhere swapped in
    say(campaign, people["Ana"], "And again")
    expect(page.locator("#feed article").first).to_contain_text("And again", timeout=15000)
    expect(page.locator("#feed article")).to_have_count(2)


def test_a_stream_refused_at_first_is_tried_again(campaign, people, visit):
    refusals = iter([503])
    context_page = visit("/lamp/", expect_errors=True)
    page = context_page.context.new_page()

    def once(route):
        status = next(refusals, None)
        route.fulfill(status=status, body="later") if status else route.continue_()

    page.route("**/thread/stream*", once)
    page.goto(context_page.url.rstrip("/") + "/thread")
    streaming(page)
    say(campaign, people["Ana"], "Through the second one")
    expect(page.locator("#feed article")).to_contain_text("Through the second one")


def test_the_end_of_the_thread_is_not_hammered(campaign, people, visit, watch):
    asked = []
    reader = visit("/lamp/thread")
    reader.on("request", lambda request: asked.append(request.url) if "/stream" in request.url else None)
    streaming(reader)
    asked.clear()
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        for milestone in here.milestones:
            milestone.reached_at = milestone.due
        archive = here.milestone("archive").due
    watch.set(archive)
    expect(reader.locator("#stream")).to_have_count(0)
    reader.wait_for_timeout(6000)
    assert asked == []


def test_news_about_the_campaign_has_the_buy_panel_looked_at(campaign, people, visit):
    reader = visit("/lamp/thread")
    streaming(reader)
    expect(reader.locator("#panel")).to_contain_text("300 left")
    with writing() as session:
        session.query(Variant).update({"taken": 12})
        events.announce(session.get_one(Campaign, campaign), "state")
    expect(reader.locator("#panel")).to_contain_text("288 left", timeout=10000)


def test_another_log_loads_the_page_anew_but_not_over_what_is_being_typed(campaign, people, visit):
    say(campaign, people["Ben"], "Before")
    reader, ana = visit("/lamp/thread"), visit("/lamp/thread", people["Ana"])
    for page in (reader, ana):
        streaming(page)
        page.evaluate("window.same = true")
    ana.fill("#composer-text", "Half a sen")
    with writing() as session:
        session.query(Campaign).update({"seq": 0})
    reader.wait_for_function("() => !window.same")
    expect(ana.locator("#status")).to_contain_text("The thread has moved on")
    assert ana.evaluate("window.same") and ana.input_value("#composer-text") == "Half a sen"


def test_without_script_one_reads_posts_and_moderates(campaign, people, visit):
    ana = visit("/lamp/thread", people["Ana"], java_script_enabled=False)
    ana.fill("#composer-text", "Written without script")
    ana.click("#composer button")
    expect(ana.locator("#feed article")).to_contain_text("Written without script")
    assert "#entry-" in ana.url
    host = visit("/lamp/thread", people["Host"], java_script_enabled=False)
    host.get_by_role("button", name="Hide").click()
    expect(host.locator("#feed article")).to_contain_text("Taken down")
    ana.reload()
    expect(ana.locator("#feed article")).to_have_text(re.compile("Taken down by the team"))


@pytest.mark.parametrize("width, scheme, who", [(390, "light", "Host"), (1280, "dark", "Ana"), (390, "dark", None)])
def test_the_page_fits_and_passes_axe(campaign, people, visit, width, scheme, who, tmp_path):
    say(campaign, None, "Doors are open for everyone.", fact="doors_open:1")
    say(
        campaign,
        people["Host"],
        "Good evening. We pack the **first hundred** tonight, and we read along here.",
        kind="update",
    )
    question = say(campaign, people["Ana"], "How long is the cable?", kind="question")
    say(campaign, people["Host"], "Two metres, braided.", reply_to=question)
    say(campaign, None, "Someone bought Oak.", kind="purchase", fact="order:1")
    say(campaign, people["Ben"], "W" * 120)
    pinned = say(campaign, people["Ben"], "The dimmer goes lower than I hoped. [Photo](https://example.com/photo)")
    act(thread.pin, campaign, people["Host"], pinned)
    rude = say(campaign, people["Ben"], "Something rude")
    act(thread.hide, campaign, people["Host"], rude)
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        here.name = "Aurora Lamp with a name that goes on for sixty characters ok"
        session.add(LiveEvent(campaign_id=campaign, title="Unboxing with the founder", at=here.milestone("launch").due))
    page = visit("/lamp/thread", people.get(who), width=width, color_scheme=scheme)
    streaming(page)
    page.screenshot(path=tmp_path / f"thread-{width}-{scheme}-{who}.png", full_page=True)
    assert beyond(page) == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
