"""A row of one campaign is nowhere found by its id at the address of another, whoever asks: no route is listed here."""

import itertools
import re
from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.services import flags, ideas, inquiries, sanctions, testimonials, thread, thread_polls
from tests.services.test_isolation import the_rest

FIELDS = {"reason": "because", "text": "Some words", "seen": "1", "version": "1", "choice": "1", "key": "k", "minutes": "5"}
HARMLESS = {"ready_leave", "drop_network", "drop_report", "hand_reward"}  # to who takes away what is not there


@pytest.fixture
def both(given, watch) -> tuple[int, int]:
    """The ids of lamp, which has nothing, and of chair, whose rows are the first of their tables; Ana is everything there."""
    chair = given.campaign("chair")
    ana, ben, boss = (given.person(member=True, name=name) for name in ("Ana", "Ben", "Boss"))
    given.place(chair, ana)
    given.place(chair, ben)
    given.poll(chair)
    lamp, ids = given.campaign("lamp").id, [ana.id, ben.id, boss.id]
    watch.set(chair.milestone("waitlist").due - timedelta(hours=1))
    with writing() as session:
        here, (ana, ben, boss) = session.get_one(Campaign, chair.id), (session.get_one(Person, id) for id in ids)
        ideas.post(here, ana, "Cork feet", "They are quiet.")
        testimonials.send(here, ana, "It is lovely to sit on.", "Ana", True)
    watch.set(chair.milestone("launch").due + timedelta(hours=1))
    given.order(chair, db.session.get_one(Person, ids[0]))
    with writing() as session:
        here, (ana, ben, boss) = session.get_one(Campaign, chair.id), (session.get_one(Person, id) for id in ids)
        question = thread.post(here, ana, "Does it fold?", "question")
        thread_polls.start(here, boss, "Which one?", ["Oak", "Ash"], "single", "always", 30, "k")
        inquiries.ask(here, ana, "other", "Where is my order?")
        flags.send(here, ben, "entry", question.id, "rude")
        sanctions.give(here, boss, ben, "silence", 24, "Insults")
    return lamp, chair.id


def routes(app):
    """Each route of a campaign that takes the id of a row: its name, method and path, with the first row's id in it."""
    for rule in app.url_map.iter_rules():
        if "<slug>" in rule.rule and "<int:id>" in rule.rule:
            path = rule.rule.replace("<int:id>", "1").replace("<kind>", "heart")
            path = re.sub(r"<any\(([^,)]*)[^)]*\):\w+>", r"\1", path)
            yield rule.endpoint.rpartition(".")[2], "POST" if "POST" in rule.methods else "GET", path


def answers(app, browser, slug: str, every: int = 1) -> dict[str, int]:
    browser.get("/me")
    said = {}
    for name, method, path in itertools.islice(routes(app), 0, None, every):
        sent = {"data": {"csrf_token": browser.token, **FIELDS}} if method == "POST" else {}
        said[f"{name} {path}"] = browser.client.open(path.replace("<slug>", slug), method=method, **sent).status_code
        db.session.rollback()
    return said


def test_no_route_finds_a_row_of_another_campaign(app, both, given, visitor):
    lamp, chair = both
    owner = visitor(given.person(member=True, role="owner"))
    before = the_rest(lamp)
    said = answers(app, owner, "lamp")
    assert len(said) > 60
    found = {path: code for path, code in said.items() if code not in (403, 404) and path.split()[0] not in HARMLESS}
    assert found == {} and the_rest(lamp) == before
    there = answers(app, owner, "chair", every=8).values()  # some of the paths where the rows belong
    assert sum(code not in (403, 404) for code in there) >= 3
    assert owner.post("/chair/thread/1/hide", seen="/me").status_code == 303 and the_rest(lamp) != before
