"""Streams over a real server: everything once and in order, resumed where it broke off, never what was hidden since."""

from datetime import timedelta

import pytest
import redis
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.services import events, presence, thread
from launchpad.web import changes, counters, live, load, viewers
from launchpad.web.channels import Channel
from tests.services.test_thread import write_at_once
from tests.waiting import until
from tests.web.listening import Listener, serving


@pytest.fixture
def campaign(given, watch) -> int:
    """The id of a campaign whose doors are open; its slug is lamp."""
    campaign = given.campaign("lamp")
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign.id


@pytest.fixture
def ana(given) -> int:
    return given.person(member=True, name="Ana").id


@pytest.fixture
def host(given) -> int:
    return given.person(role="moderator").id


@pytest.fixture
def port(app):
    with serving(app) as port:
        yield port


@pytest.fixture(autouse=True)
def quiet(app, monkeypatch):
    """The counters, which come in between, are tested by themselves."""
    monkeypatch.setattr(counters, "sample", lambda campaign: b"")


@pytest.fixture
def listen(port):
    """Opens streams of the thread, and closes them at the end."""
    opened = []

    def build(query: str = "", **headers) -> Listener:
        opened.append(
            Listener(port, f"/lamp/thread/stream{query}", {k.replace("_", "-"): v for k, v in headers.items()})
        )
        return opened[-1]

    yield build
    for listener in opened:
        listener.close()


def say(campaign: int, person: int, text: str = "Hello") -> int:
    with writing() as session:
        return thread.post(session.get_one(Campaign, campaign), session.get_one(Person, person), text).id


def act(verb, campaign: int, person: int, entry: int, *more) -> None:
    with writing() as session:
        verb(session.get_one(Campaign, campaign), session.get_one(Person, person), session.get_one(Entry, entry), *more)


def test_a_stream_says_something_at_once_and_starts_now(campaign, ana, listen):
    say(campaign, ana, "Before")
    viewer = listen()
    assert viewer.status == 200 and viewer.headers["Content-Type"].startswith("text/event-stream")
    assert viewer.headers["Cache-Control"] == "no-store" and viewer.headers["X-Accel-Buffering"] == "no"
    assert viewer.until(lambda v: v.comments > 0)
    say(campaign, ana, "After")
    assert viewer.until(lambda v: v.ids == [1, 2])  # the first is where it begins: who drops at once comes back with it
    assert "After" in viewer.text and "Before" not in viewer.text and viewer.messages[0] == (1, "", "")


def test_who_resumes_gets_the_rest_exactly_once(campaign, ana, listen):
    entries = [say(campaign, ana, f"Post {n}") for n in range(1, 5)]
    viewer = listen("?after=1")
    say(campaign, ana, "Post 5")
    assert viewer.until(lambda v: len(v.ids) == 4) and viewer.ids == [2, 3, 4, 5]
    again = listen("?after=1", Last_Event_ID="3")  # the header wins
    say(campaign, ana, "Post 6")
    assert again.until(lambda v: len(v.ids) == 3) and again.ids == [4, 5, 6]
    assert f'id="entry-{entries[3]}"' in again.text and "Post 3" not in again.text


@pytest.mark.parametrize(
    "cursor, reset", [("3", False), ("4", True), ("0", False), ("-1", True), ("x", True), ("9" * 40, True)]
)
def test_a_cursor_that_cannot_be_served_is_an_explicit_reset(campaign, ana, listen, cursor, reset):
    for n in range(3):
        say(campaign, ana, f"Post {n}")
    viewer = listen(f"?after={cursor}")
    say(campaign, ana, "Post 3")
    assert viewer.until(lambda v: 4 in v.ids)
    assert [event for _, event, _ in viewer.messages if event] == (["reset"] if reset else [])
    assert viewer.ids == ([3, 4] if reset else list(range(int(cursor) + 1, 5)))


def test_a_thousand_behind_is_served_and_one_more_is_not(app, campaign, ana, listen, monkeypatch):
    monkeypatch.setattr(changes, "BACKLOG", 5)
    monkeypatch.setattr(live, "BACKLOG", 5)
    for n in range(6):
        say(campaign, ana, f"Post {n}")
    assert listen("?after=1").until(lambda v: v.ids == [2, 3, 4, 5, 6])
    late = listen("?after=0")
    assert late.until(lambda v: v.messages) and late.messages == [(6, "reset", "reset")]


def test_hidden_words_are_never_sent_again_and_every_number_still_comes(campaign, ana, host, listen):
    first = listen("?after=0")
    rude = say(campaign, ana, "Something rude")
    say(campaign, ana, "Something kind")
    assert first.until(lambda v: v.ids == [1, 2]) and "rude" in first.text
    act(thread.hide, campaign, host, rude, "Rude")
    assert first.until(lambda v: v.ids == [1, 2, 3])
    assert "rude" not in first.messages[2][2].lower() and f'id="entry-{rude}"' in first.messages[2][2]
    late = listen("?after=0")  # served from the database
    assert late.until(lambda v: v.ids == [1, 2, 3]) and "rude" not in late.text.lower()
    channel = next(iter(live.hub().channels.values()))
    assert b"rude" not in b"".join(change.message for change in channel.kept).lower()  # and from what is kept


def test_an_edit_replaces_the_older_words_in_the_backlog_too(campaign, ana, listen):
    entry = say(campaign, ana, "Frist")
    act(thread.edit, campaign, ana, entry, "First")
    viewer = listen("?after=0")
    assert viewer.until(lambda v: v.ids == [1, 2]) and "Frist" not in viewer.text and viewer.text.count("First") == 2


def test_an_event_of_the_teams_is_only_a_number_to_others(campaign, ana, listen):
    with writing() as session:
        here, who = session.get_one(Campaign, campaign), session.get_one(Person, ana)
        entry = thread.post(here, who, "Once")
        events.announce(here, "edit", entry, audience="team")
        events.announce(here, "state")
    viewer = listen("?after=0")
    assert viewer.until(lambda v: len(v.messages) == 3)
    assert viewer.ids == [1, 2, 3] and viewer.messages[1][2] == ""
    assert viewer.messages[2] == (3, "state", "state")


def test_polling_gets_the_same_bytes_as_the_stream(app, campaign, ana, host, listen, visitor):
    entries = [say(campaign, ana, f"Post *{n}*\n\nwith `two\nlines`") for n in range(3)]
    act(thread.pin, campaign, host, entries[0])
    act(thread.hide, campaign, host, entries[1])
    viewer = listen("?after=0")
    assert viewer.until(lambda v: len(v.ids) == 5)
    polled = visitor().get("/lamp/thread/since/0").get_data(as_text=True)
    squeezed = lambda text: "".join(text.split())  # noqa: E731
    assert squeezed(polled) == squeezed(viewer.text)


def test_a_stream_survives_without_rings(app, campaign, ana, listen, monkeypatch):
    viewer = listen()
    assert viewer.until(lambda v: v.comments)
    monkeypatch.setitem(app.extensions["wakes"], "thread", lambda _id: None)
    say(campaign, ana)
    assert viewer.until(lambda v: v.ids == [1])


def test_a_stream_survives_without_redis(app, campaign, ana, listen, monkeypatch):
    monkeypatch.setitem(app.extensions, "redis", redis.Redis.from_url("redis://127.0.0.1:1"))  # tries once
    viewer = listen()
    assert viewer.until(lambda v: v.comments)
    say(campaign, ana)
    assert viewer.until(lambda v: v.ids == [1])


def test_a_stream_survives_a_look_that_fails(app, campaign, ana, listen, monkeypatch):
    viewer, truly, faults = listen(), changes.read, iter([OperationalError("", {}, Exception()), ValueError()])

    def read(*arguments):
        if fault := next(faults, None):
            raise fault
        return truly(*arguments)

    monkeypatch.setattr(changes, "read", read)
    say(campaign, ana)
    assert viewer.until(lambda v: v.ids == [1])


def test_streams_beyond_the_cap_are_asked_to_come_back(app, campaign, listen):
    here = live.hub()
    here.limit = 2
    first, second, third = listen(), listen(), listen()
    assert (first.status, second.status, third.status) == (200, 200, 503)
    assert third.headers["Retry-After"].isdigit()
    with app.test_client() as client:
        assert client.head("/lamp/thread/stream").status_code == 200  # takes no seat
    assert here.streams == 2


def test_after_the_first_stranger_the_others_are_let_in_without_asking_the_database(campaign, ana, host, listen, monkeypatch):
    first, asked = listen(), []
    rude = say(campaign, ana, "Something rude")
    act(thread.hide, campaign, host, rude, "Rude")
    assert first.until(lambda v: v.ids == [1, 2])
    monkeypatch.setattr(load.campaigns, "by_slug", lambda slug: asked.append(slug))  # and a 404
    second, third = listen("?after=0"), listen("?after=1", Last_Event_ID="x")
    assert (second.status, third.status, asked) == (200, 200, [])
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert second.until(lambda v: v.ids == [1, 2]) and "rude" not in second.text.lower()
    assert third.until(lambda v: v.messages) and third.messages == [(2, "reset", "reset")]
    assert listen(Cookie="launchpad=anything").status == 404  # whoever may be somebody is asked about
    assert listen("?after=9").status == 404  # so is who has seen more than we have
    assert asked == ["lamp", "lamp"] and live.hub().streams == 3


def test_from_further_back_than_is_kept_one_asks_and_the_rest_share(campaign, ana, listen, monkeypatch):
    for n in range(6):
        say(campaign, ana, f"Post {n}")
    assert listen().status == 200  # so nothing is kept from before
    reads, truly = [], changes.read
    monkeypatch.setattr(changes, "read", lambda *a: reads.append(a) or truly(*a))
    for after in (4, 4, 2, 3, 2):
        viewer = listen(f"?after={after}")
        assert viewer.until(lambda v: 6 in v.ids) and viewer.ids == list(range(after + 1, 7))
    assert len(reads) == 2


def test_the_counters_come_to_all_who_follow(campaign, listen, monkeypatch):
    monkeypatch.setattr(counters, "sample", lambda campaign: b"event: counters\ndata: %d\n\n" % campaign.id)
    viewer = listen()
    assert viewer.until(lambda v: v.messages) and viewer.messages[0] == (None, "counters", str(campaign))
    assert until(lambda: presence.here(campaign) == 1)


def test_a_viewer_that_leaves_gives_its_seat_back(app, campaign, ana, listen, monkeypatch):
    monkeypatch.setattr(viewers, "PING", 0.05)
    here = live.hub()
    viewer = listen()
    assert viewer.until(lambda v: v.comments > 3)  # a silent stream is not silent
    viewer.close()
    assert until(lambda: here.streams == 0) and here.channels == {}


@pytest.mark.parametrize("over", ["reset", "done", ""])
def test_a_stream_that_its_server_never_closes_gives_its_seat_back_too(over):
    left, channel = [], Channel(1, False, 0)
    stream = iter(viewers.Viewer(b"hello", 0, channel, left.append))
    assert next(stream) == b"hello" and left == []
    if over:
        channel.end(over)
        assert over in b"".join(stream).decode()
    del stream
    assert left == [channel]


def test_the_newest_change_is_at_hand_before_anybody_asks_for_it_and_told_to_nobody_who_knows_it(app, campaign, ana, listen):
    say(campaign, ana)
    viewer = listen()
    channel = live.hub().channels[campaign, False]
    until(lambda: channel.kept)
    assert [change.seq for change in channel.kept] == [1]
    say(campaign, ana, "The second")
    assert viewer.until(lambda v: 2 in v.ids)
    assert [id for id, event, words in viewer.messages if words and not event] == [2]


def test_an_archived_thread_says_done(campaign, ana, listen, watch, given):
    say(campaign, ana)
    viewer = listen("?after=0")
    assert viewer.until(lambda v: v.ids == [1])
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        for milestone in here.milestones:
            milestone.reached_at = milestone.due
    watch.set(db.session.get_one(Campaign, campaign).milestone("archive").due)
    assert viewer.until(lambda v: v.ended) and viewer.messages[-1] == (None, "done", "done")
    late = listen("?after=0")
    assert late.until(lambda v: v.ended) and [event for _, event, _ in late.messages] == ["", "done"]


def test_another_log_under_the_same_name_is_a_reset(campaign, ana, listen):
    for n in range(3):
        say(campaign, ana, f"Post {n}")
    viewer = listen()
    assert viewer.until(lambda v: v.comments)
    with writing() as session:
        session.execute(update(Campaign).where(Campaign.id == campaign).values(seq=1))
    assert viewer.until(lambda v: len(v.messages) > 1) and viewer.messages[1][1] == "reset"


def test_eight_writers_and_three_viewers(app, campaign, given, listen):
    viewers = [listen("?after=0") for _ in range(3)]
    people = [given.person(member=True).id for _ in range(8)]
    db.session.remove()
    assert write_at_once(app, campaign, people, each=5) == []
    for viewer in viewers:
        assert viewer.until(lambda v: len(v.ids) >= 40)
        assert viewer.ids == list(range(1, 41))
    assert viewers[0].messages == viewers[1].messages == viewers[2].messages


def test_a_number_taken_outside_the_lock_is_missed_by_a_viewer(app, campaign, ana, listen):
    """The negative control: an event that becomes visible after a later one is what the lock prevents."""
    viewer = listen("?after=0")
    say(campaign, ana)
    assert viewer.until(lambda v: v.ids == [1])
    with writing() as session:  # 3 commits before 2
        entry = session.query(Entry).first()
        session.add(
            events.Event(campaign_id=campaign, seq=3, kind="edit", entry_id=entry.id, audience="all", at=entry.at)
        )
        session.execute(update(Campaign).values(seq=3))
    assert viewer.until(lambda v: v.ids == [1, 3])
    with writing() as session:
        entry = session.query(Entry).first()
        session.add(
            events.Event(campaign_id=campaign, seq=2, kind="edit", entry_id=entry.id, audience="all", at=entry.at)
        )
    say(campaign, ana)
    assert viewer.until(lambda v: 4 in v.ids) and viewer.ids == [1, 3, 4]


def test_an_open_stream_holds_no_connection(app, campaign, ana, listen):
    viewers = [listen("?after=0") for _ in range(5)]
    say(campaign, ana)
    for viewer in viewers:
        assert viewer.until(lambda v: v.ids == [1])
    db.session.remove()
    assert until(lambda: db.engine.pool.checkedout() == 0)
