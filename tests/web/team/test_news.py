"""What an open page of the control room follows: its news, and a stream that ends with the key that opened it."""

from datetime import timedelta

import pytest

from launchpad.database import writing
from launchpad.models import Campaign, Person, Staff
from launchpad.services import by_hand, health, thread
from tests.web.listening import Listener, serving


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """A campaign whose doors are open; its slug is lamp."""
    row = given.campaign("lamp")
    watch.set(row.milestone("launch").due + timedelta(minutes=5))
    return row


def test_the_news_say_who_changed_what_since_the_page_was_made(campaign, given, visitor):
    mara = given.person(role="owner", name="Mara")
    page = visitor(mara)
    with writing() as session:
        here = session.get_one(Campaign, campaign.id)
        due = here.milestone("recap").due + timedelta(hours=1)
        by_hand.move(here, session.get_one(Person, mara.id), "recap", due, "The ship is late")
    told = page.get("/team/lamp/news?seen=0").get_data(as_text=True)
    assert "Mara moved “Recap” to Mon 14 Dec, 13:00 at " in told and 'data-version="2"' in told
    newest = told.partition('data-seen="')[2].partition('"')[0]
    assert "Mara" not in page.get(f"/team/lamp/news?seen={newest}").get_data(as_text=True)
    for nonsense in ("", "x", "9" * 40, "-1", "%00"):
        assert page.get(f"/team/lamp/news?seen={nonsense}").status_code == 200
    assert visitor(given.person(member=True)).get("/team/lamp/news").status_code == 403
    assert visitor(given.person(member=True)).get("/team/lamp/stream").status_code == 403


def test_every_page_of_the_room_says_that_time_is_not_kept(app, given, visitor):
    owner, red = visitor(given.person(role="owner")), "Time is not being kept"
    assert red in owner.get("/team/").get_data(as_text=True), "nothing beats"
    for part in health.BEATING:
        health.beat(part)
    assert red not in owner.get("/team/").get_data(as_text=True)
    assert red not in owner.get("/team/news").get_data(as_text=True)
    app.extensions["redis"].delete(health.BEAT + "timekeeper")
    for path in ("/team/news", "/team/audit", "/team/"):
        said = owner.get(path).get_data(as_text=True)
        assert red in said and "timekeeper" in said


def test_the_stream_tells_kinds_and_no_words_and_ends_with_the_key(app, campaign, given):
    host = given.person(role="moderator", name="Mira")
    signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": host.get_id(), "_fresh": True})
    id = campaign.id
    with serving(app) as port:
        follower = Listener(port, "/team/lamp/stream", {"Cookie": f"launchpad={signed}"})
        try:
            assert follower.status == 200 and follower.until(lambda f: f.comments > 0)
            with writing() as session:
                thread.post(session.get_one(Campaign, id), session.get_one(Person, host.id), "Words of the host")
            assert follower.until(lambda f: f.messages)
            assert follower.messages[0][1:] == ("changed", "new") and "Words" not in follower.text
            with writing() as session:
                session.query(Staff).filter_by(person_id=host.id).delete()
            with writing() as session:
                thread.report(session.get_one(Campaign, id), "fact", "Something happened")
            assert follower.until(lambda f: f.ended)
            assert follower.messages[-1][1] == "gone"
        finally:
            follower.close()
