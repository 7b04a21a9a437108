"""The moderation queue with everything in it, by keys and on a phone; a silenced author's page; slow mode's countdown."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person, Story, Testimonial
from launchpad.services import appeals, flags, ideas, sanctions, slow_mode, thread
from tests.browser.width import beyond

LONG = "Clara Maria de Vasconcelos e Albuquerque-Figueiredo da Silva"


@pytest.fixture
def campaign(given, watch) -> int:
    """Doors are open, and one of everything waits."""
    row = given.campaign("lamp", name="Aurora Lamp", thread_rules={"first_posts": 2, "hold": ["replica"]})
    watch.set(row.milestone("launch").due + timedelta(minutes=50))
    names = ("Ana Reis", LONG, "Bea Sousa", "Rui Lima", "Eva Prates", "Gil Moura")
    people = [given.person(member=True, name=name) for name in names]
    ana, clara, bea, rui, eva, gil = (person.id for person in people)
    for person in people[1:5]:
        given.place(row, person)
    given.order(row, people[1])
    lamp = row.id
    act(lamp, clara, lambda c, p: thread.post(c, p, "Shipping is a joke, they **lied** about the wood."))
    said = db.session.query(Entry.id).order_by(Entry.id).first()[0]
    watch.step(minutes=4)
    act(lamp, ana, lambda c, p: thread.post(c, p, "Hello everyone, first time here. Does it come in ash?", "question"))
    act(lamp, rui, lambda c, p: thread.post(c, p, "I know where to get a replica for half: " + "x" * 70))
    hidden = act(lamp, rui, lambda c, p: thread.post(c, p, "You are all paid to like this.").id)
    idea = act(lamp, rui, lambda c, p: ideas.post(c, p, "A wall version", "My desk is forty centimetres deep.").id)
    for who in (ana, gil, bea):
        act(lamp, who, lambda c, p: flags.send(c, p, "entry", said, "untrue", "The page says oak veneer, nobody lied"))
    for who in (clara, bea, eva):
        act(lamp, who, lambda c, p: flags.send(c, p, "entry", hidden, "rude"))
    act(lamp, ana, lambda c, p: flags.send(c, p, "idea", idea, "other", "The same idea three times"))
    with writing() as session:
        session.add(Story(campaign_id=lamp, person_id=bea, text="Before, my desk was dark. Now it is a desk.", at=watch.now))
        words = "I tried the prototype for a week."
        session.add(Testimonial(campaign_id=lamp, person_id=gil, text=words, name="Gil", at=watch.now))
        team = session.get_one(Campaign, lamp)
        silenced = sanctions.give(team, None, session.get_one(Person, gil), "silence", 24, "Insults")
        appeals.send(team, session.get_one(Person, gil), silenced, "It was a joke between friends.")
    watch.step(minutes=9)
    return lamp


def act(lamp: int, who: int, verb):
    with writing() as session:
        return verb(session.get_one(Campaign, lamp), session.get_one(Person, who))


def states() -> list[str]:
    db.session.rollback()
    return [state for (state,) in db.session.query(Entry.state).order_by(Entry.id)]


def test_the_queue_is_decided_by_keys_many_at_once_and_undone(campaign, visit, given):
    page = visit("team/lamp/moderation", given.person(role="moderator", name="Mira"))
    assert states() == ["shown", "waiting", "waiting", "hidden"]
    page.keyboard.press("j")
    expect(page.locator("#entry-1.queue-item")).to_be_focused()  # reported and visible comes first
    page.keyboard.press("h")  # without a reason: it is asked for
    page.keyboard.type("Not true")
    page.keyboard.press("Enter")
    expect(page.locator("#entry-1.queue-item")).to_have_count(0)
    assert states()[0] == "hidden"
    page.keyboard.press("u")
    expect(page.locator("#entry-1.queue-item")).to_have_count(1)
    assert states()[0] == "shown"
    page.goto(page.url.split("#")[0] + "?show=entry")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text(": 2")
    page.locator("#bulk-reason").fill("Advertising")
    page.locator("#bulk").get_by_role("button", name="Take down").click()
    expect(page.locator("article.queue-item")).to_have_count(2)
    assert states() == ["shown", "rejected", "rejected", "hidden"], "the reported one and the hidden one were not ticked"


@pytest.mark.live
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_moderation_fits_and_axe_has_nothing_to_say(campaign, visit, given, width, scheme):
    mod, gil = given.person(role="moderator", name="Mira"), db.session.query(Person).filter_by(name="Gil Moura").one()
    look = {"width": width, "color_scheme": scheme}
    desk = "team/lamp/moderation"
    pages = [visit(path, mod, **look) for path in (desk, f"{desk}/people/{gil.id}", f"{desk}/load")]
    pages += [visit(path, gil, **look) for path in ("lamp/appeal/1", "lamp/report/entry/1", "lamp/thread")]
    for page in pages:
        assert beyond(page) == []
        assert Axe().run(page).response["violations"] == [], page.url


def test_slow_mode_counts_down_beside_the_composer(campaign, visit, given, watch):
    with writing() as session:
        slow_mode.set_to(session.get_one(Campaign, campaign), None, 30)
    bea = db.session.query(Person).filter_by(name="Bea Sousa").one()
    page = visit("lamp/thread", bea, width=390)
    page.locator("#composer-text").fill("One")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("[data-slow-left]")).to_contain_text("You can post in")
    page.locator("#composer-text").fill("Two")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("#composer-error")).to_contain_text("one post in 30 seconds")
    expect(page.locator("#composer-text")).to_have_value("Two")
    first = page.locator("[data-slow-left]").inner_text()
    expect(page.locator("[data-slow-left]")).not_to_have_text(first)
