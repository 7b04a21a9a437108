"""Testimonials, answers and private questions in a real browser: they fit, and axe has nothing to say."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.services import inquiries, inquiry_answers, questions, testimonial_acts, testimonials, thread
from tests.browser.width import beyond

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2
LINES = "I tried it for a week.\n\nThen I gave it back, because I had promised to."


@pytest.fixture
def campaign(given, watch) -> str:
    """A launch with one of everything: waiting, in the queue, heard, asked, answered, published."""
    lamp = given.campaign("lamp", name="Aurora Lamp")
    ana, ben = given.person(member=True, name="Ana Moura").id, given.person(member=True, name="W" * 60).id
    host, lamp = given.person(role="moderator", name="Marta").id, lamp.id
    watch.set(db.session.get(Campaign, lamp).milestone("preview").due)
    with writing() as session:
        here, who = session.get(Campaign, lamp), {id: session.get(Person, id) for id in (ana, ben, host)}
        testimonials.send(here, who[ana], LINES, "Ana", True)
        row = testimonials.send(here, who[ben], LONG, "W" * 60, True)
        testimonial_acts.approve(here, who[host], row)
        testimonial_acts.time(here, who[host], row, 10)
    watch.set(db.session.get(Campaign, lamp).milestone("launch").due)
    with writing() as session:
        here, who = session.get(Campaign, lamp), {id: session.get(Person, id) for id in (ana, ben, host)}
        asked = thread.post(here, who[ana], f"How long is it? {LONG}", "question")
        questions.answer(here, who[host], asked, "Two metres.")
        thread.post(here, who[ben], "And how wide?", "question")
        one = inquiries.ask(here, who[ana], "order", LONG)
        inquiry_answers.answer(here, who[host], one, LINES)
        inquiry_answers.publish(here, who[host], one, "May it go elsewhere?", "Yes.")
        inquiries.ask(here, who[ben], "checkout", LINES)
    return "lamp"


@pytest.mark.live
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_theirs_fits_and_axe_has_nothing_to_say(campaign, visit, width, scheme):
    ana, host = (db.session.query(Person).filter_by(name=name).one() for name in ("Ana Moura", "Marta"))
    look = {"width": width, "color_scheme": scheme}
    pages = [visit(f"lamp/{path}", ana, **look) for path in ("testimonial", "help", "help/1", "thread/answered", "thread")]
    pages += [visit(f"team/lamp/{path}", host, **look) for path in ("testimonials", "help", "help/1", "help/2", "today")]
    for page in pages:
        assert beyond(page) == []
        assert Axe().run(page).response["violations"] == [], page.url


def test_the_host_answers_on_a_phone_and_an_open_thread_shows_it_inside_the_question(campaign, visit):
    ben, host = (db.session.query(Person).filter_by(name=name).one() for name in ("W" * 60, "Marta"))
    reader, day = visit("lamp/thread", ben, width=390), visit("team/lamp/today", host, width=390)
    question = day.locator(".today-question", has_text="And how wide?")
    question.get_by_text("Answer", exact=True).first.click()
    question.get_by_label("Your answer, for everyone").fill("A hand and a half.")
    question.get_by_role("button", name="Answer").click()
    day.get_by_role("heading", name="No open questions").wait_for()
    reader.locator(".entry-question .accepted", has_text="A hand and a half.").wait_for(timeout=20_000)
