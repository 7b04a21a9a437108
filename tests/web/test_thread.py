"""The thread's page, posting with and without script, what the team does, polling and the feed for readers."""

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, update

from launchpad.app import create_app
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, LiveEvent, Person
from launchpad.services import thread
from launchpad.web import composer
from launchpad.web.limits import limiter
from tests.conftest import Visitor


@pytest.fixture
def campaign(given, watch):
    """A campaign whose doors are open."""
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return apart(campaign)


@pytest.fixture
def member(given):
    return apart(given.person(member=True, name="Ana"))


@pytest.fixture
def host(given):
    return apart(given.person(role="moderator", name="Host"))


def apart(row):
    """A row that outlives its session: requests of a test have sessions of their own."""
    db.session.refresh(row)
    db.session.expunge(row)
    return row


def say(campaign, person, text="Hello", **more) -> Entry:
    with writing() as session:
        entry = thread.post(session.get_one(Campaign, campaign.id), session.get_one(Person, person.id), text, **more)
    return apart(entry)


def ids(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<article[^>]* id="entry-(\d+)"', html)]


def text_of(response) -> str:
    return response.get_data(as_text=True)


HTMX = {"headers": {"HX-Request": "true"}}


def test_posting_without_script_redirects_to_the_entry(campaign, member, visitor):
    ana = visitor(member)
    assert ana.get("/lamp/thread").status_code == 200
    answer = ana.post("/lamp/thread", {"text": "The **first**", "kind": "question", "key": "k"})
    entry = db.session.scalars(select(Entry)).one()
    assert (answer.status_code, answer.location) == (303, f"/lamp/thread#entry-{entry.id}")
    assert (entry.kind, entry.person_id, entry.key) == ("question", member.id, "k")
    page = text_of(ana.get("/lamp/thread"))
    assert "<strong>first</strong>" in page and ids(page) == [entry.id]
    assert f"/lamp/thread/{entry.id}/withdraw" in page and f"/lamp/thread/{entry.id}/edit" in page


def test_who_is_led_on_after_a_post_costs_no_reading_of_a_form_that_nobody_sees(campaign, member, visitor, monkeypatch):
    ana = visitor(member)
    ana.get("/lamp/thread")
    monkeypatch.setattr(composer, "values", lambda **_: pytest.fail("read for nobody"))
    assert ana.post("/lamp/thread", {"text": "Here", "key": "k"}).status_code == 303


def test_posting_by_htmx_answers_with_an_empty_form_and_the_entry(campaign, member, visitor):
    ana = visitor(member)
    ana.get("/lamp/thread")
    answer = text_of(ana.post("/lamp/thread", {"text": "Here", "key": "k"}, **HTMX))
    assert answer.strip().startswith('<form class="composer" id="composer"') and "<html" not in answer
    assert '<hx-partial hx-target="#feed" hx-swap="afterbegin"><article' in answer and len(ids(answer)) == 1


def test_a_double_click_is_one_entry(campaign, member, visitor):
    ana = visitor(member)
    ana.get("/lamp/thread")
    first = ana.client.post("/lamp/thread", data={"csrf_token": ana.token, "text": "Once", "key": "k"})
    second = ana.client.post("/lamp/thread", data={"csrf_token": ana.token, "text": "Once", "key": "k"})
    assert first.location == second.location
    other = ana.client.post("/lamp/thread", data={"csrf_token": ana.token, "text": "Twice", "key": "k"})
    assert other.status_code == 422 and "Twice" in text_of(other)
    assert len(db.session.scalars(select(Entry)).all()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"text": ""}, {"text": "x" * 2001}, {"text": "\x00\x07"}, {"text": "Hi", "kind": "update"},
        {"text": "Hi", "kind": "x" * 5000}, {"text": "Hi", "reply_to": "no"}, {"text": "Hi", "reply_to": "99999999999"},
        {"text": "Hi", "reply_to": "-1"}, {"text": "Hi", "reply_to": "12345"}, {"text": "Hi", "key": "k" * 101},
        {"text": "a://b www.example.com www.example.com https://example.com"},
        {"text": "\ud800".encode("utf-8", "replace")},
        {"text": "y" * 200_000},
    ],
)  # fmt: skip
def test_a_refused_post_is_the_form_again(campaign, member, visitor, fields):
    ana = visitor(member)
    ana.get("/lamp/thread")
    answer = ana.post("/lamp/thread", fields)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert 'id="composer-error"' in text_of(answer) and " autofocus>" in text_of(answer), "what is wrong is in view"
        assert db.session.scalars(select(Entry)).all() == []
        fragment = ana.post("/lamp/thread", fields, **HTMX)
        assert fragment.status_code == 422 and text_of(fragment).strip().startswith('<form class="composer"')


def test_strangers_read_and_cannot_write(campaign, member, visitor):
    say(campaign, member)
    stranger = visitor()
    page = text_of(stranger.get("/lamp/thread"))
    assert "Hello" in page and "<textarea" not in page and "Sign in" in page
    assert stranger.post("/lamp/thread", {"text": "Hi"}, seen="/sign-in").status_code == 403


def test_nobody_reads_before_the_waitlist_opens(campaign, visitor, watch):
    opening = campaign.milestone("waitlist").due
    paths = ("/lamp/thread", "/lamp/thread/stream", "/lamp/thread/since/0", "/lamp/thread.atom", "/lamp/thread/1")
    watch.set(opening - timedelta(seconds=1))
    assert {visitor().get(path).status_code for path in paths} == {403}
    watch.set(opening)
    assert [visitor().get(path).status_code for path in paths if "stream" not in path] == [200, 200, 200, 404]


def test_what_people_write_stays_text(campaign, member, visitor):
    nasty = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) "
    nasty += "<hx-partial hx-target='#feed'>x</hx-partial>"
    with writing() as session:
        session.get_one(Person, member.id).name = "<b onclick=x>Ana</b>"
    entry = say(campaign, member, nasty)
    for path in ("/lamp/thread", f"/lamp/thread/{entry.id}", "/lamp/thread/since/0", "/lamp/thread.atom"):
        page = text_of(visitor().get(path))
        article = page[page.index("entry-") :] if "atom" not in path else page
        assert "<script>alert" not in page and "<img src=x" not in page and "<b onclick" not in page
        assert not re.search(r"href=.javascript:", article)
        assert page.count("<hx-partial") == (1 if "since" in path else 0)


def test_hiding_removes_the_words_everywhere_and_leaves_a_place(campaign, member, host, visitor):
    entry = say(campaign, member, "Something rude")
    team = visitor(host)
    team.get("/lamp/thread")
    answer = team.post(f"/lamp/thread/{entry.id}/hide", {"reason": "Rude"})
    assert (answer.status_code, answer.location) == (303, f"/lamp/thread#entry-{entry.id}")
    for path in ("/lamp/thread", f"/lamp/thread/{entry.id}", "/lamp/thread/since/0", "/lamp/thread.atom"):
        page = text_of(visitor().get(path))
        assert "rude" not in page.lower() and ("Taken down by the team." in page or "atom" in path)
    assert "Rude" in text_of(team.get("/lamp/thread"))  # the team sees why
    team.post(f"/lamp/thread/{entry.id}/show")
    assert "Something rude" in text_of(visitor().get("/lamp/thread"))


def test_pins_stand_on_top_and_acts_return_where_they_were_done(campaign, member, host, visitor):
    entry = say(campaign, member, "Keep this")
    team = visitor(host)
    team.get("/lamp/thread")
    assert team.post(f"/lamp/thread/{entry.id}/pin", {"next": "/team/lamp/today"}).location == "/team/lamp/today"
    page = text_of(visitor().get("/lamp/thread"))
    assert f'id="pin-{entry.id}"' in page and page.index(f'id="pin-{entry.id}"') < page.index(f'id="entry-{entry.id}"')
    team.get("/lamp/thread")
    assert team.post(f"/lamp/thread/{entry.id}/unpin", {"next": "//evil.example.com"}).location.startswith(
        "/lamp/thread#"
    )
    assert f'id="pin-{entry.id}"' not in text_of(visitor().get("/lamp/thread"))


def test_only_the_team_moderates_and_only_the_author_changes(campaign, member, host, given, visitor):
    entry, other = say(campaign, member), visitor(given.person(member=True))
    other.get("/lamp/thread")
    for act in ("hide", "show", "pin", "unpin", "edit", "withdraw"):
        assert other.post(f"/lamp/thread/{entry.id}/{act}", {"text": "Mine"}).status_code == 403, act
        other.get("/lamp/thread")
    assert other.get(f"/lamp/thread/{entry.id}/edit").status_code == 403
    ana = visitor(member)
    assert ana.get(f"/lamp/thread/{entry.id}/edit").status_code == 200
    assert ana.post(f"/lamp/thread/{entry.id}/edit", {"text": "x" * 2001}).status_code == 422
    assert ana.post(f"/lamp/thread/{entry.id}/edit", {"text": "Hello all"}).status_code == 303
    page = text_of(ana.get("/lamp/thread"))
    assert "Hello all" in page and "edited" in page
    assert ana.post(f"/lamp/thread/{entry.id}/withdraw").status_code == 303
    assert "Taken back by the author." in text_of(visitor().get("/lamp/thread"))


def test_an_entry_of_another_campaign_is_not_here(campaign, member, host, given, visitor):
    entry, team = say(campaign, member), visitor(host)
    given.campaign("other")
    team.get("/lamp/thread")
    assert team.get(f"/other/thread/{entry.id}").status_code == 404
    team.get("/lamp/thread")
    assert team.post(f"/other/thread/{entry.id}/hide").status_code == 404


def test_an_answer_names_what_it_answers_to(campaign, member, host, visitor):
    question = say(campaign, member, "How long is the cable?", kind="question")
    team = visitor(host)
    page = text_of(team.get(f"/lamp/thread?reply_to={question.id}"))
    assert f'name="reply_to" value="{question.id}"' in page and "Your answer to Ana" in page
    assert (
        team.post(
            "/lamp/thread", {"text": "Two metres.", "kind": "post", "reply_to": question.id, "key": "k"}
        ).status_code
        == 303
    )
    alone = text_of(visitor().get(f"/lamp/thread/{question.id}"))
    assert "Two metres." in alone and "Answer to" in alone and len(ids(alone)) == 2


def test_somebody_of_the_team_without_a_name_speaks_for_the_brand(campaign, given, member, visitor):
    nameless = apart(given.person(role="owner", name=""))
    entry = say(campaign, nameless, "Doors are open.")
    with writing() as session:
        thread.pin(session.get_one(Campaign, campaign.id), session.get_one(Person, nameless.id), session.get_one(Entry, entry.id))
    page = text_of(visitor(member).get("/lamp/thread"))
    brand = campaign.brand or "The team"
    assert page.count(f'<span class="who">{brand}</span>') == 1 and "Someone" not in page and "A member" not in page
    assert f"<name>{brand}</name>" in text_of(visitor().get("/lamp/thread.atom"))


def test_the_page_of_an_archived_thread_opens_no_stream(campaign, member, visitor, watch):
    say(campaign, member)
    assert 'id="stream"' in text_of(visitor().get("/lamp/thread"))
    watch.set(campaign.milestone("archive").due)
    page = text_of(visitor().get("/lamp/thread"))
    assert 'id="stream"' not in page and "Hello" in page and "This has ended." in page
    assert "Sign in</a></span>" not in page


def test_older_pages_hold_each_entry_once(campaign, member, visitor):
    with writing() as session:
        here, who = session.get_one(Campaign, campaign.id), session.get_one(Person, member.id)
        for n in range(101):
            thread.post(here, who, f"Post {n}")
    path, seen = "/lamp/thread", []
    for _ in range(4):
        page = text_of(visitor().get(path))
        seen.append(ids(page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older[1]
    assert [len(page) for page in seen] == [30, 30, 30, 11] and path is None
    assert len({id for page in seen for id in page}) == 101
    for odd in ("0", "-1", "99999999999"):
        assert visitor().get(f"/lamp/thread?before={odd}").status_code == 404
    assert visitor().get("/lamp/thread?before=x&reply_to=99999999999999").status_code == 200


def test_live_events_and_moments_are_listed(campaign, visitor):
    with writing() as session:
        here = session.get_one(Campaign, campaign.id)
        start = here.milestone("launch").due
        session.add(LiveEvent(campaign_id=here.id, title="Unboxing", at=start, minutes=30))
        session.add(LiveEvent(campaign_id=here.id, title="Over", at=start - timedelta(hours=1), minutes=30))
        moment = thread.report(here, "doors_open:1", "Doors are open.")
    apart(moment)
    page = text_of(visitor().get("/lamp/thread"))
    assert "Unboxing" in page and "Now" in page and ">Over<" not in page
    assert f'href="#entry-{moment.id}"' in page


def test_polling_gets_what_happened_since_and_a_validator(campaign, member, visitor):
    entries = [say(campaign, member, f"Post {n}") for n in range(3)]
    someone = visitor()
    answer = someone.get("/lamp/thread/since/1")
    assert ids(text_of(answer)) == [entries[1].id, entries[2].id] and answer.headers["X-Seq"] == "3"
    assert "max-age=1" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers
    tag = answer.headers["ETag"]
    assert someone.get("/lamp/thread/since/1", headers={"If-None-Match": tag}).status_code == 304
    assert text_of(someone.get("/lamp/thread/since/3")) == ""
    assert someone.get("/lamp/thread/since/4").status_code == 410
    assert someone.get("/lamp/thread/since/99999999999").status_code == 404


def test_polling_is_refused_when_too_far_behind(campaign, member, visitor):
    say(campaign, member)
    with writing() as session:
        session.execute(update(Campaign).values(seq=1001))
    assert visitor().get("/lamp/thread/since/1").status_code == 200
    assert visitor().get("/lamp/thread/since/0").status_code == 410


def test_the_feed_for_readers_is_xml_whatever_was_written(campaign, member, visitor):
    say(campaign, member, "A & B < C \ufffe ]]> **bold**")
    answer = visitor().get("/lamp/thread.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(answer.get_data())
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert root.find("a:entry/a:author/a:name", space).text == "Ana"
    assert "<strong>bold</strong>" in root.find("a:entry/a:content", space).text
    assert root.find("a:entry/a:link", space).get("href").startswith("http://127.0.0.1:8000/lamp/thread/")


@pytest.fixture
def strict(app, settings, monkeypatch):
    """The same site with its limits on, as it runs outside of tests."""
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # put back at the end: all apps share the limiter
    site = create_app(replace(settings, testing=False))
    yield site
    with site.app_context():
        db.engine.dispose()


def test_somebody_fast_is_slowed_down_and_keeps_their_words(strict, campaign, member, host, given):
    def post(who, n):
        who.get("/lamp/thread")
        return who.post("/lamp/thread", {"text": f"Words {n}", "key": f"k{n}"})

    ana, other, team = (Visitor(strict).be(person) for person in (member, apart(given.person(member=True)), host))
    assert [post(ana, n).status_code for n in range(6)] == [303] * 6
    slowed = post(ana, 6)
    assert slowed.status_code == 429 and slowed.headers["Retry-After"] and "Words 6" in text_of(slowed)
    assert post(other, 0).status_code == 303
    assert [post(team, n).status_code for n in range(8)] == [303] * 8
