"""What entries carry, in a real Chromium: reactions, numbers, answers, a poll and a photo, without the page being loaded anew."""

import re

import pytest
from playwright.sync_api import expect

from launchpad.database import db, writing
from launchpad.models import Campaign, Person, Variant
from launchpad.services import thread_polls
from tests.browser.test_thread import campaign, people, say, streaming, visit  # noqa: F401  fixtures
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


def test_pressed_here_counted_there(campaign, people, visit):  # noqa: F811
    question = say(campaign, people["Ben"], "How long is the cable?", kind="question")
    with writing() as session:
        here, host = session.get_one(Campaign, campaign), session.get_one(Person, people["Host"])
        poll = thread_polls.start(here, host, "Which next?", ["Brass", "Ivory"], "single", "after_vote", 10, "k").id
    ana, reader = visit("/lamp/thread", people["Ana"]), visit("/lamp/thread", width=390)
    streaming(ana)
    streaming(reader)
    loaded = ana.evaluate("performance.timeOrigin")

    love = ana.locator(f"#reactions-{question}").get_by_role("button", name="Love it")
    love.click()
    expect(love).to_have_attribute("aria-pressed", "true")
    expect(love).to_be_focused()
    expect(reader.locator(f"#reactions-{question} [data-kind=love] .count")).to_have_text("1")
    expect(reader.locator("[data-n=here]")).to_have_text("2")

    ballot = ana.locator(f"#poll-of-{poll}")
    ballot.get_by_role("button", name="Ivory").click()
    expect(ballot).to_contain_text("100 %")
    expect(reader.locator(f"#poll-of-{poll}")).not_to_contain_text("%")

    ana.locator(".composer-photos summary").click()
    ana.locator("#composer-photo-1").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    ana.locator("#composer-alt-1").fill("The lamp at dusk")
    ana.locator("#composer").get_by_role("button", name="Post").click()
    expect(ana.get_by_role("img", name="The lamp at dusk")).to_be_visible()
    expect(reader.get_by_role("img", name="The lamp at dusk")).to_have_count(1)

    say(campaign, people["Host"], "Two metres.", reply_to=question)
    expect(reader.locator(f"#answers-{question}")).to_have_text(re.compile("1 answer"))
    with writing() as session:
        session.query(Variant).update({"taken": 12})
    expect(reader.locator("[data-n=left]")).to_have_text("288")
    expect(reader.locator("[data-left=OAK]")).to_have_text("288")
    expect(love).to_have_attribute("aria-pressed", "true")
    assert ana.evaluate("performance.timeOrigin") == loaded
    db.session.rollback()
    reader.locator(f"#reactions-{question}").get_by_role("button", name="Love it").click()  # a stranger is led to the door
    expect(reader).to_have_url(re.compile(f"/sign-in\\?next=.*thread/{question}"))
