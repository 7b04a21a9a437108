"""Moderation as readers, authors and the team meet it; hidden text is gone from everything that is served."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Flag, Person, Sanction
from launchpad.services import erasure, moderation_acts, sanctions, slow_mode, thread
from launchpad.web import changes

HTMX = {"headers": {"HX-Request": "true"}}
SECRET = "Zanzibar-7731"  # a word that stands nowhere else


@pytest.fixture
def lamp(given, watch):
    row = given.campaign("lamp", name="Aurora Lamp")
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    return row.id


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def say(lamp, person_id, text, **more) -> int:
    with writing() as session:
        return thread.post(session.get_one(Campaign, lamp), session.get_one(Person, person_id), text, **more).id


def state(id) -> str:
    db.session.rollback()
    return db.session.get_one(Entry, id).state


def _hide(campaign, person, entry):
    thread.hide(campaign, None, entry, "Spam")


def _ban(campaign, person, entry):
    sanctions.give(campaign, None, person, "ban", None, "Spam")
    moderation_acts.take_all_down(campaign, None, person, "Spam")


def _withdraw(campaign, person, entry):
    thread.withdraw(campaign, person, entry)


def _erase(campaign, person, entry):
    erasure.erase(person)


@pytest.mark.parametrize("verb", [_hide, _ban, _withdraw, _erase])
def test_hidden_text_is_gone_from_everything_that_is_served_to_readers(
    kept, lamp, given, visitor, watch, verb
):
    ana, stranger = given.person(member=True, name="Ana").id, visitor()
    id = say(lamp, ana, f"{SECRET} is what I say", kind="question")
    say(lamp, given.person(role="moderator").id, "An answer of ours", kind="post", reply_to=id)
    with writing() as session:
        thread.pin(session.get_one(Campaign, lamp), None, session.get_one(Entry, id))
    places = [
        "/lamp/thread",
        f"/lamp/thread/{id}",
        "/lamp/thread/since/0",
        "/lamp/thread.atom",
        "/lamp/",
        "/lamp/recap",
    ]
    places += [
        f"/lamp/thread?reply_to={id}",
        "/lamp/thread/answered",
        "/lamp/thread/answered?q=what+I+say",
        "/lamp/thread/since/1",
    ]
    watch.set(db.session.get_one(Campaign, lamp).milestone("recap").due + timedelta(minutes=1))
    before = {place for place in places if SECRET in text_of(stranger.get(place))}
    assert {"/lamp/thread", f"/lamp/thread/{id}", "/lamp/thread/since/0", "/lamp/thread.atom", "/lamp/recap"} <= before
    with writing() as session:
        verb(session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Entry, id))
    assert [place for place in places if SECRET in text_of(stranger.get(place))] == []
    assert not any(SECRET in change.html for change in changes.read(lamp, 0)), "nor is it sent again"


def test_a_waiting_post_is_its_authors_alone_with_and_without_script(lamp, given, visitor):
    with writing() as session:
        session.get_one(Campaign, lamp).thread_rules = {"first_posts": 1}
    ana = visitor(given.person(member=True, name="Ana"))
    answer = ana.post("/lamp/thread", {"text": SECRET, "key": "k1"}, seen="/lamp/thread")
    assert (
        answer.status_code == 303
        and "Waits for a look" in text_of(ana.get("/lamp/thread"))
        and SECRET in text_of(ana.page)
    )
    answer = ana.post("/lamp/thread", {"text": SECRET + " again", "key": "k2"}, seen="/lamp/thread", **HTMX)
    assert (
        answer.status_code == 200
        and 'hx-target="#mine-unseen"' in text_of(answer)
        and 'hx-target="#feed"' not in text_of(answer)
    )
    id = db.session.scalar(select(Entry.id).order_by(Entry.id))
    other = visitor(given.person(member=True))
    for place in ("/lamp/thread", "/lamp/thread/since/0", "/lamp/thread.atom", "/lamp/thread/unseen"):
        assert SECRET not in text_of(other.get(place))
    assert other.get(f"/lamp/thread/{id}").status_code == 404 and ana.get(f"/lamp/thread/{id}").status_code == 200
    assert other.get(f"/lamp/thread/{id}/edit").status_code == 403
    answer = ana.post(f"/lamp/thread/{id}/edit", {"text": "Better words"}, seen=f"/lamp/thread/{id}/edit")
    assert answer.status_code == 303 and "Better words" in text_of(ana.get("/lamp/thread"))
    assert ana.post(f"/lamp/thread/{id}/withdraw", {}, seen="/lamp/thread").status_code == 303
    assert "Better words" not in text_of(ana.get("/lamp/thread"))


def test_what_a_machine_filled_in_waits_and_is_told_so_like_any_other(lamp, given, visitor):
    ana = visitor(given.person(member=True))
    assert ana.post("/lamp/thread", {"text": "Best prices", "key": "a", "website": "x"}, seen="/lamp/thread").status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Entry)).one().held == "machine"


def test_an_author_reads_why_something_was_taken_down(lamp, given, visitor):
    ana, mod = visitor(person := given.person(member=True)), visitor(given.person(role="moderator"))
    id = say(lamp, person.id, "Words")
    pick = {"pick": f"entry-{id}-1", "act": "down", "reason": "Off the subject"}
    assert mod.post("/team/lamp/moderation/decide", pick, seen="/team/lamp/moderation").status_code == 303
    assert "Off the subject" in text_of(ana.get("/lamp/thread")) and "Off the subject" not in text_of(visitor().get("/lamp/thread"))
    told = ana.get("/lamp/thread/unseen")
    assert "Off the subject" in text_of(told) and "<html" not in text_of(told)
    for other in (visitor(), visitor(given.person(member=True))):
        assert "Off the subject" not in text_of(other.get("/lamp/thread/unseen"))


def test_a_report_is_a_page_with_reasons_and_one_a_person(lamp, given, visitor):
    id = say(lamp, given.person(member=True, name="Ana").id, "Questionable")
    page = f"/lamp/report/entry/{id}"
    assert page in text_of(visitor().get("/lamp/thread"))
    answer = visitor().get(page)
    assert answer.status_code == 303 and answer.location == f"/sign-in?next={page}"
    bea = visitor(given.person(name="Bea"))
    assert "Questionable" in text_of(bea.get(page))
    for fields, said in (
        ({}, "Choose what is wrong"),
        ({"reason": "nonsense"}, "Choose what is wrong"),
        ({"reason": "other"}, "Say what it is"),
    ):
        answer = bea.post(page, fields, seen=page)
        assert answer.status_code == 422 and said in text_of(answer)
    for _ in range(2):
        assert bea.post(page, {"reason": "rude", "words": "To me"}, seen="/lamp/thread").status_code == 303
    assert "The team will look at it" in text_of(bea.get(page))
    db.session.rollback()
    assert [(row.reason, row.words) for row in db.session.scalars(select(Flag))] == [("rude", "To me")]
    for wrong in ("/lamp/report/entry/999", "/lamp/report/story/1", "/lamp/report/person/1"):
        assert bea.get(wrong).status_code == 404
    assert visitor().post(page, {"reason": "rude"}, seen="/sign-in").status_code == 403


def test_slow_mode_says_its_rule_and_keeps_the_words_it_refuses(lamp, given, visitor, watch):
    host = visitor(given.person(role="host"))
    assert host.post("/team/lamp/moderation/slow", {"slow": "30"}, seen="/team/lamp/moderation").status_code == 303
    for wrong in ("", "-1", "3601", "x"):
        assert host.post("/team/lamp/moderation/slow", {"slow": wrong}, seen="/team/lamp/moderation").status_code == 422
    ana = visitor(given.person(member=True, name="Ana"))
    assert "one post in 30 seconds" in text_of(ana.get("/lamp/thread"))
    assert ana.post("/lamp/thread", {"text": "One", "key": "a"}, seen="/lamp/thread").status_code == 303
    watch.step(seconds=12)
    assert "You can post in 18 seconds" in text_of(ana.get("/lamp/thread"))
    for more in ({}, HTMX):
        answer = ana.post("/lamp/thread", {"text": "Two words", "key": "b"}, seen="/lamp/thread", **more)
        assert answer.status_code == 429 and answer.headers["Retry-After"] == "18" and "Two words" in text_of(answer)
    shown = text_of(host.get("/lamp/thread"))
    assert "The team is exempt." in shown and "data-slow-wait" not in shown
    watch.step(seconds=18)
    assert ana.post("/lamp/thread", {"text": "Two words", "key": "b"}, seen="/lamp/thread").status_code == 303


def test_many_are_decided_for_one_reason_and_what_somebody_did_meanwhile_is_told(lamp, given, visitor):
    with writing() as session:
        session.get_one(Campaign, lamp).thread_rules = {"first_posts": 9}
    ana = given.person(member=True, name="Ana").id
    ids = [say(lamp, ana, f"Post {n}") for n in range(4)]
    mod, page = visitor(given.person(role="moderator", name="Mira")), "/team/lamp/moderation"
    text = text_of(mod.get(page))
    assert all(f'value="entry-{id}-1"' in text for id in ids) and "member since" in text
    picks = {"pick": [f"entry-{id}-1" for id in ids[:3]], "bulk": "1", "act": "down"}
    answer = mod.post(f"{page}/decide", picks | {"reason": " "}, seen=page)
    assert answer.status_code == 422 and text_of(answer).count("data-tick checked") == 3 and state(ids[0]) == "waiting"
    assert mod.post(f"{page}/decide", picks | {"reason": "Advertising"}, seen=page).status_code == 303
    assert [state(id) for id in ids] == ["rejected"] * 3 + ["waiting"]
    late = {"pick": [f"entry-{ids[2]}-1", f"entry-{ids[3]}-1"], "bulk": "1", "act": "keep"}
    answer = mod.post(f"{page}/decide", late, seen=page)
    assert answer.status_code == 422 and "1 of 2 done" in text_of(answer) and state(ids[3]) == "shown"
    found = re.findall(r"moderation/undo/(\d+)", text_of(mod.get(page)))
    assert (
        len(found) == 4
        and mod.post(f"{page}/undo/{found[0]}", {}, seen=page).status_code == 303
        and state(ids[3]) == "hidden"
    )
    for wrong in (
        {"pick": "entry-1"},
        {"pick": "x-1-1"},
        {"pick": "entry-1-x"},
        {},
        {"pick": f"entry-{ids[0]}-9"},
        {"pick": "entry-999-1"},
    ):
        assert mod.post(f"{page}/decide", {"act": "keep"} | wrong, seen=page).status_code == 422
    assert mod.post(f"{page}/decide", {"act": "burn", "pick": f"entry-{ids[0]}-1"}, seen=page).status_code == 422
    assert "Mira" in text_of(mod.get(f"{page}/load")) and "Usual wait" in text_of(mod.page)


def test_a_host_decides_about_posts_alone_and_silences_nobody(lamp, given, visitor):
    ana = given.person(member=True, name="Ana").id
    say(lamp, ana, "Hello")
    host, page = visitor(given.person(role="host")), "/team/lamp/moderation"
    assert "Record" not in text_of(host.get(page))
    assert host.get(f"{page}/people/{ana}").status_code == 403
    assert host.post(f"{page}/people/{ana}", {"length": "silence-1", "reason": "x"}, seen=page).status_code == 403
    assert host.post(f"{page}/decide", {"pick": "story-1-0", "act": "keep"}, seen=page).status_code == 403


def test_a_silence_is_given_read_appealed_and_answered(lamp, given, visitor):
    ana, mod = given.person(member=True, name="Ana"), visitor(given.person(role="moderator"))
    ana_id = ana.id
    id = say(lamp, ana_id, "Insult")
    reader, page = visitor(ana), f"/team/lamp/moderation/people/{ana_id}"
    assert "Insult" in text_of(mod.get(page)) and mod.get("/team/lamp/moderation/people/999").status_code == 404
    for fields, said in (
        ({"length": "silence-1"}, "Say why"),
        ({"reason": "x"}, "how long"),
        ({"length": "ban-5", "reason": "x"}, "how long"),
    ):
        answer = mod.post(page, fields, seen=page)
        assert answer.status_code == 422 and said in text_of(answer)
    assert (
        mod.post(page, {"length": "silence-24", "reason": "Insulting others", "all": "1"}, seen=page).status_code == 303
    )
    assert state(id) == "hidden"
    sanction = db.session.scalar(select(Sanction.id))
    text = text_of(reader.get("/lamp/thread"))
    assert "Insulting others" in text and f"/lamp/appeal/{sanction}" in text and 'name="text"' not in text
    answer = reader.post("/lamp/thread", {"text": "Still here", "key": "z"})
    assert answer.status_code == 403 and "Insulting others" in text_of(answer)
    appeal = f"/lamp/appeal/{sanction}"
    assert visitor().get(appeal).location == f"/sign-in?next={appeal}"
    assert visitor(given.person(member=True)).get(appeal).status_code == 404
    assert reader.post(appeal, {"appeal": " "}, seen=appeal).status_code == 422
    assert reader.post(appeal, {"appeal": "y" * 2001}, seen=appeal).status_code == 422
    assert reader.post(appeal, {"appeal": "It was a joke between us"}, seen=appeal).status_code == 303
    assert "It was a joke between us" in text_of(mod.get("/team/lamp/moderation"))
    pick = {"pick": f"appeal-{sanction}-0", "act": "keep", "reason": "All right then"}
    assert mod.post("/team/lamp/moderation/decide", pick, seen="/team/lamp/moderation").status_code == 303
    assert "All right then" in text_of(reader.get(appeal)) and "You can write again" in text_of(reader.page)
    assert "data-slow-wait" not in text_of(reader.get("/lamp/thread")) and 'name="text"' in text_of(reader.page)
    db.session.rollback()
    assert slow_mode.seconds(db.session.get_one(Campaign, lamp)) == 0
