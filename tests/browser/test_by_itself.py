"""What others do on the day reaches an open thread by itself: its rule, how a poll stands, what is left and what it costs."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from launchpad.database import writing
from launchpad.models import Campaign, Entry, Person, Variant
from launchpad.services import events, moderation_acts, slow_mode, thread, thread_doors, thread_polls

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(given, watch) -> int:
    row = given.campaign("lamp", name="Aurora Lamp", stock=30)
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    with writing() as session:
        session.add(Variant(campaign_id=row.id, sku="ASH", name="Ash", price=14900, stock=5, head_start_stock=1, position=2))
    return row.id


def inside(campaign: int, verb):
    with writing() as session:
        return verb(session.get_one(Campaign, campaign), session)


def streaming(page) -> None:
    page.wait_for_function("() => document.body.dataset.streams")


def test_what_the_team_and_others_do_reaches_an_open_thread_by_itself(campaign, given, visit):
    ana, ben, mira = given.person(member=True, name="Ana"), given.person(member=True), given.person(role="moderator").id
    other = ben.id
    entry = inside(
        campaign,
        lambda here, session: thread_polls.start(
            here, session.get_one(Person, mira), "Which cable?", ["Sand", "Ink"], "single", "after_vote", 30, "k"
        ).id,
    )
    page = visit("lamp/thread", ana, width=390)
    streaming(page)
    page.evaluate("window.same = true")
    page.locator(f"#poll-of-{entry} button", has_text="Sand").click()
    expect(page.locator(f"#poll-of-{entry} .share").first).to_have_text("100 % 1 vote")
    page.fill("#composer-text", "Half a sen")

    inside(campaign, lambda here, _: slow_mode.set_to(here, None, 30))
    expect(page.locator("#thread-rule")).to_have_text("Slow mode: one post in 30 seconds for each person. The team is exempt.")
    inside(campaign, lambda here, _: thread_doors.close(here, None, "We eat. Back at nine."))
    expect(page.locator("#thread-rule")).to_have_text("We eat. Back at nine.")
    expect(page.locator("#composer .foot button")).to_be_disabled()
    expect(page.locator("#composer-text")).to_have_value("Half a sen")
    expect(page.locator("#status")).to_have_text("This page was brought up to date.")
    expect(page.locator("#moved")).to_be_empty()  # all of it was taken in beside the words, so there is nothing to offer
    inside(campaign, lambda here, _: (thread_doors.reopen(here, None), slow_mode.set_to(here, None, 0)))
    expect(page.locator("#composer .foot button")).to_be_enabled()
    expect(page.locator("#thread-rule")).to_have_text("")

    def vote(here, session):
        asked = session.get_one(Entry, entry)
        thread_polls.vote(here, session.get_one(Person, other), asked, [asked.poll.options[1].id])

    inside(campaign, vote)
    expect(page.locator(f"#poll-of-{entry} .share").last).to_have_text("50 % 1 vote")
    expect(page.locator(f"#poll-of-{entry} [data-voters]")).to_have_text("2 people voted.")

    ash = page.locator("#panel [data-of=ASH]")
    expect(ash).to_contain_text("5 left")
    inside(campaign, lambda _, session: session.query(Variant).filter_by(sku="ASH").update({"taken": 5}))
    expect(ash).to_contain_text("Sold out")
    expect(ash.locator("input")).to_be_disabled()
    inside(campaign, lambda _, session: session.query(Variant).filter_by(sku="ASH").update({"taken": 2}))
    expect(ash).to_contain_text("3 left")  # a hold ran out: nothing announces that
    expect(ash.locator("input")).to_be_enabled()

    def dearer(here, session):
        session.query(Variant).filter_by(sku="ASH").update({"price": 15900})
        events.announce(here, "state")

    inside(campaign, dearer)
    expect(ash).to_contain_text("159")
    expect(page.locator("#composer-text")).to_have_value("Half a sen")
    assert page.evaluate("window.same")


def test_the_open_queue_says_what_came_in_and_moves_nothing_until_one_asks(campaign, given, visit):
    author, mira = given.person(member=True, name="Ana"), given.person(role="moderator", name="Mira")
    author, team = author.id, mira.id
    inside(campaign, lambda here, _: setattr(here, "thread_rules", {"first_posts": 9}))

    def waits(text: str) -> int:
        return inside(campaign, lambda here, session: thread.post(here, session.get_one(Person, author), text).id)

    first, second = waits("The first to wait"), waits("The second to wait")
    page = visit("team/lamp/moderation", mira)
    page.evaluate("window.same = true")
    item = page.locator(f"#entry-{second}.queue-item")
    page.locator(f"#entry-{first} [data-tick]").check()
    where = item.bounding_box()
    third, _ = waits("The third to wait"), waits("The fourth to wait")
    inside(campaign, lambda here, session: moderation_acts.keep(here, session.get_one(Person, team), "entry", first, "", 1))
    inside(campaign, lambda here, _: slow_mode.set_to(here, None, 30))  # what else the team changes does not move it either
    button = page.locator("[data-queue-new]")
    expect(button).to_have_text("2 new, 1 decided or changed meanwhile")
    expect(page.locator("[data-count='']")).to_have_text("3")
    expect(page.locator(".team-nav [data-tab=moderation] .count")).to_contain_text("3")
    expect(page.locator("#slow")).to_contain_text("On: one post in 30 seconds")
    assert item.bounding_box() == where and page.locator(f"#entry-{third}.queue-item").count() == 0
    item.locator("[data-key=r]").fill("Half a rea")
    button.click()
    expect(page.locator(f"#entry-{third}.queue-item")).to_be_focused()
    expect(page.locator(f"#entry-{first}.queue-item")).to_have_count(0)
    expect(item.locator("[data-key=r]")).to_have_value("Half a rea")
    expect(button).to_be_hidden()
    page.keyboard.press("k")
    expect(item).to_be_focused()
    assert page.evaluate("window.same")
