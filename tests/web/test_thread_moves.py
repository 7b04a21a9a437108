"""What moves in an open thread without a page being made anew: its rule as an event, polls as numbers told to who may know."""

import json
from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.rules import counts
from launchpad.services import slow_mode, thread, thread_doors, thread_polls
from launchpad.web import changes, counters
from launchpad.web.channels import Channel


@pytest.fixture
def lamp(given, watch) -> int:
    row = given.campaign("lamp")
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    return row.id


def inside(lamp: int, verb):
    with writing() as session:
        return verb(session.get_one(Campaign, lamp))


def test_the_threads_rule_is_an_event_for_streams_and_polling_and_no_older_words_are_kept(lamp, given, visitor):
    seq = db.session.get(Campaign, lamp).seq
    inside(lamp, lambda here: slow_mode.set_to(here, None, 30))
    since = visitor().get(f"/lamp/thread/since/{seq}")
    assert 'hx-target="#thread-rule"' in since.text and "one post in 30 seconds" in since.text
    assert since.headers["X-Seq"] == str(seq + 1)
    channel = Channel(lamp, False, seq)
    inside(lamp, lambda here: thread_doors.close(here, None, "Bakc at <nine>"))
    db.session.rollback()
    channel.take(changes.read(lamp, seq))
    inside(lamp, lambda here: thread_doors.close(here, None, "Back at ten"))
    db.session.rollback()
    channel.take(changes.read(lamp, seq + 2))
    kept = b"".join(change.message for change in channel.kept).decode()
    assert kept.count("Back at ten") == 3 and "Bakc" not in kept and "event: state" not in kept
    inside(lamp, lambda here: thread_doors.reopen(here, None))
    assert "data-thread-closed" not in visitor().get(f"/lamp/thread/since/{seq + 3}").text


def test_while_the_thread_is_closed_the_form_is_put_away_but_not_the_words_in_it(lamp, given, visitor):
    ana, host = visitor(given.person(member=True)), visitor(given.person(role="host"))
    inside(lamp, lambda here: thread_doors.close(here, None, "Back at ten"))
    page = ana.get("/lamp/thread").text
    assert "data-shut hidden" in page and page.count("Back at ten") == 1
    assert "data-shut" not in host.get("/lamp/thread").text
    refused = ana.post("/lamp/thread", {"text": "Half a sen", "key": "a"})
    assert refused.status_code == 403 and "Half a sen" in refused.text and "data-shut hidden" not in refused.text


def test_votes_move_for_who_may_see_them_and_nobody_else_is_told(lamp, given, visitor, watch):
    host, (ana, ben) = given.person(role="moderator").id, (given.person(member=True) for _ in range(2))

    def start(rule: str) -> int:
        asked = ("Which?", ["Sand", "Ink"], "single", rule, 30, rule)
        return inside(lamp, lambda here: thread_polls.start(here, db.session.get_one(Person, host), *asked).id)

    ids = {rule: start(rule) for rule in ("always", "after_vote", "on_close", "team")}
    options = {rule: [option.id for option in db.session.get(Entry, id).poll.options] for rule, id in ids.items()}
    first, second = visitor(ana), visitor(ben)

    def told() -> dict:
        db.session.rollback()
        sample = counters.sample(db.session.get_one(Campaign, lamp)).decode()
        return json.loads(sample.split("data: ")[1])["v"]

    before = told()
    for rule, id in ids.items():
        assert first.post(f"/lamp/thread/{id}/vote", {"choice": options[rule][0]}, seen="/lamp/thread").status_code == 303
    after = told()
    assert after == visitor().get("/lamp/thread/counters").json["v"]
    assert [rule for rule, id in ids.items() if "o" in after[str(id)]] == ["always"], "the others are told that it moved"
    assert after[str(ids["always"])]["o"] == [[100, "1 vote"], [0, "0 votes"]]
    assert {now["n"] for now in after.values()} == {"1 person voted."}
    page = first.get("/lamp/thread").text
    assert page.count("data-totals=") == 1 and "data-totals=" not in second.get("/lamp/thread").text
    address = page.split('data-totals="')[1].split('"')[0]
    answer = visitor().get(address)
    assert answer.json["o"] == [[100, "1 vote"], [0, "0 votes"]] and "public" in answer.headers["Cache-Control"]
    assert answer.json["m"] == after[str(ids["after_vote"])]["m"] != before[str(ids["after_vote"])]["m"]
    for other in (ids["on_close"], ids["team"]):
        assert visitor().get(address.replace(f"/{ids['after_vote']}/", f"/{other}/")).status_code == 404
    assert visitor().get(address[:-1] + ("a" if address[-1] != "a" else "b")).status_code == 404
    changed = first.post(f"/lamp/thread/{ids['after_vote']}/vote", {"choice": options["after_vote"][1]}, seen="/lamp/thread")
    now = visitor().get(address).json
    assert changed.status_code == 303 and now["o"] == [[0, "0 votes"], [100, "1 vote"]] and now["n"] == "1 person voted."
    part = first.get("/lamp/thread").text
    assert "100 % <small>1 vote</small>" in part and "<span data-voters>1 person voted.</span>" in part, "as the page says it"
    watch.step(minutes=30)
    assert "v" not in counters.told(db.session.get_one(Campaign, lamp), {}) and visitor().get(address).status_code == 404


@pytest.mark.parametrize("here, spread", [(0, 100), (300, 100), (301, 200), (2000, 800), (9000, 3000), (10**7, 3000)])
def test_the_more_follow_the_longer_their_pages_spread_what_they_ask(here, spread):
    assert counts.spread(here) == spread


def test_an_open_queue_asks_what_waits_by_the_names_that_its_forms_use(lamp, given, visitor):
    inside(lamp, lambda here: setattr(here, "thread_rules", {"first_posts": 9}))
    ana, mod = given.person(member=True), visitor(given.person(role="moderator"))
    for text in ("One", "Two"):
        inside(lamp, lambda here, text=text: thread.post(here, db.session.get_one(Person, ana.id), text))
    page, asked = mod.get("/team/lamp/moderation").text, "/team/lamp/moderation/waiting"
    answer = mod.get(asked).json
    assert len(answer["picks"]) == answer["counts"][""] == 2 and f'data-picks="{" ".join(answer["picks"])}"' in page
    assert all(f'name="pick" value="{pick}"' in page for pick in answer["picks"]) and "Show what is new" in page
    assert mod.get(f"{asked}?show=idea").json["picks"] == [] and len(mod.get(f"{asked}?show=nothing").json["picks"]) == 2
    host = visitor(given.person(role="host"))
    assert host.get(asked).json["counts"].keys() == {"", "reported", "entry", "photos"}, "only what one decides about"
    assert visitor(given.person(role="analyst")).get(asked).status_code == 403
    assert visitor(given.person(member=True)).get(asked).status_code == 403
