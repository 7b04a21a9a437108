"""Joining, confirming, the place page, leaving: by the pages."""

import contextvars
import re
import threading

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Consent, Letter, Person, Place, Variant
from launchpad.services import tokens
from launchpad.web import join_form
from tests.waiting import until


def letters(kind=None):
    query = select(Letter).order_by(Letter.id)
    return list(db.session.scalars(query.filter_by(kind=kind) if kind else query))


def place_of(email):
    return db.session.scalar(select(Place).join(Place.person).where(Person.email == email))


def join(browser, email="ana@example.com", **more):
    return browser.post("/lamp/waitlist", {"email": email, "name": "Ana", **more}, seen="/lamp/waitlist")


def leads_to(answer):
    return answer.location.partition("?")[0]


def alike(one, other):
    """True when nobody can tell these two answers apart but by the key, which is of one length and says nothing."""
    bare = [re.sub(r"key=[\w-]{70}", "key", f"{a.status_code} {a.location} {a.get_data(as_text=True)}") for a in (one, other)]
    names = [sorted(a.headers.keys()) for a in (one, other)]
    return bare[0] == bare[1] and "key=" not in bare[0] and names[0] == names[1]


def test_from_joining_to_the_place_page(lamp, visitor, watch):
    phone, laptop = visitor(), visitor()
    answer = join(phone, marketing="1")
    assert answer.status_code == 303 and leads_to(answer) == "/lamp/waitlist/sent"
    assert b"Look in your inbox" in phone.get("/lamp/waitlist/sent").data
    assert place_of("ana@example.com").confirmed_at is None
    assert [letter.kind for letter in letters()] == ["confirm"]

    link = f"/lamp/waitlist/confirm/{tokens.make('confirm', place_of('ana@example.com').id)}"
    assert b"Confirm my place" in laptop.get(link).data
    assert place_of("ana@example.com").confirmed_at is None, "a look confirms nothing"
    assert laptop.get("/lamp/place").location == "/sign-in?next=/lamp/place"

    answer = laptop.post(link, seen=link)
    assert answer.status_code == 303 and answer.location == "/lamp/place"
    page = laptop.get("/lamp/place").get_data(as_text=True)
    assert "Your place" in page and "Ana" in page and "<svg" in page and "Nobody with a confirmed place" in page
    person = db.session.scalar(select(Person))
    assert person.name == "Ana" and person.is_member and person.joined_in == lamp.id and person.member_source == "place"
    assert {(row.purpose, row.given) for row in db.session.scalars(select(Consent))} == {
        ("launch", True),
        ("marketing", True),
    }
    assert [letter.kind for letter in letters()] == ["confirm", "place"]


def test_no_box_no_consent_to_marketing(lamp, visitor):
    browser = visitor()
    join(browser)
    link = f"/lamp/waitlist/confirm/{tokens.make('confirm', place_of('ana@example.com').id)}"
    browser.post(link, seen=link)
    browser.post(link, seen=link)  # once more changes nothing
    assert [row.purpose for row in db.session.scalars(select(Consent))] == ["launch"]
    assert [letter.kind for letter in letters()] == ["confirm", "place"]


def test_a_second_submit_gets_the_same_answer_and_no_second_letter_for_ten_minutes(lamp, visitor, watch):
    browser = visitor()
    first = join(browser)
    submitted = place_of("ana@example.com").submitted_at
    watch.step(minutes=9, seconds=59)
    second = join(browser, email=" ANA@Example.com ")
    assert alike(first, second)
    assert len(letters()) == 1
    watch.step(seconds=1)
    join(browser)
    assert len(letters()) == 2
    assert place_of("ana@example.com").submitted_at == submitted, "the place is held from the first submit"


def test_a_confirmed_address_gets_the_same_answer_and_keeps_its_place(lamp, visitor, given, watch):
    given.place(lamp, given.person("ana@example.com", member=True, name="Ana Known"))
    watch.step(hours=1)
    known, unknown = join(visitor(), name="Eve"), join(visitor(), "new@example.com")
    assert alike(known, unknown)
    place = place_of("ana@example.com")
    assert place.confirmed_at is not None and place.person.name == "Ana Known" and place.name == ""
    assert [letter.kind for letter in letters()] == ["place", "confirm"], "who forgot finds back"


def test_two_waitlists_within_ten_minutes_write_to_an_unconfirmed_address_ten_minutes_apart(
    lamp, given, visitor, watch
):
    given.campaign("chair")
    join(visitor())
    watch.step(minutes=1)
    visitor().post("/chair/waitlist", {"email": "ana@example.com"}, seen="/chair/waitlist")
    first, second = letters("confirm")
    assert (second.due_at - first.due_at).total_seconds() == 600


def test_signed_in_with_that_address_the_place_counts_at_once(lamp, given, visitor):
    ana = given.person("ana@example.com", member=True)
    answer = join(visitor(ana))
    assert answer.location == "/lamp/place" and place_of("ana@example.com").counted
    answer = join(visitor(ana), "other@example.com")
    assert leads_to(answer) == "/lamp/waitlist/sent" and not place_of("other@example.com").counted


def test_leaving_and_joining_again_is_a_new_place_at_the_end(lamp, given, visitor, watch):
    ana, ben = given.person("ana@example.com", member=True), given.person(member=True)
    given.place(lamp, ana)
    given.place(lamp, ben)
    watch.step(hours=1)
    browser = visitor(ana)
    assert "2 people have a confirmed place" in re.sub(
        r"<[^>]+>", "", visitor().get("/lamp/waitlist").get_data(as_text=True)
    )
    assert browser.post("/lamp/place/leave", seen="/lamp/place").status_code == 303
    assert browser.get("/lamp/place").location == "/lamp/place/left"
    assert "behind all who asked before then" in browser.get("/lamp/place/left").get_data(as_text=True)
    join(visitor())
    assert browser.get("/lamp/place/left").location == "/lamp/place" and browser.get("/lamp/place").status_code == 403
    place = place_of("ana@example.com")
    assert place.left_at is None and place.confirmed_at is None and place.submitted_at == watch.now
    link = f"/lamp/waitlist/confirm/{tokens.make('confirm', place.id)}"
    browser.post(link, seen=link)
    assert ">2</p>" in browser.get("/lamp/place").get_data(as_text=True)


def test_a_link_used_after_leaving_says_so(lamp, given, visitor):
    place = given.place(lamp, given.person("ana@example.com"), confirmed=False, left_at=lamp.milestone("waitlist").due)
    link = f"/lamp/waitlist/confirm/{tokens.make('confirm', place.id)}"
    assert visitor().post(link, seen="/lamp/waitlist").status_code == 422
    assert not place_of("ana@example.com").counted


@pytest.mark.parametrize("token", ["x", "é", "a" * 300, "1.2.3", "%00"])
def test_a_link_that_is_not_ours_is_nowhere(lamp, visitor, token):
    assert visitor().get(f"/lamp/waitlist/confirm/{token}").status_code == 404


def test_a_link_of_another_purpose_or_campaign_is_nowhere(lamp, given, visitor):
    other = given.campaign("chair")
    place = given.place(other, given.person())
    assert visitor().get(f"/lamp/waitlist/confirm/{tokens.make('confirm', place.id)}").status_code == 404
    assert visitor().get(f"/chair/waitlist/confirm/{tokens.make('pass', place.id)}").status_code == 404
    assert visitor().get(f"/chair/waitlist/confirm/{tokens.make('confirm', place.id)}").status_code == 200


def test_the_waitlist_is_open_from_its_moment_until_the_launch(lamp, visitor, watch):
    watch.set(lamp.milestone("waitlist").due)
    watch.step(microseconds=-1)
    assert visitor().get("/lamp/waitlist").status_code == 403
    assert visitor().post("/lamp/waitlist", {"email": "a@example.com"}, seen="/sign-in").status_code == 403
    watch.set(lamp.milestone("launch").due)
    watch.step(microseconds=-1)
    assert join(visitor(), "b@example.com").status_code == 303
    watch.step(microseconds=1)
    assert visitor().post("/lamp/waitlist", {"email": "c@example.com"}, seen="/sign-in").status_code == 403
    late = visitor().get("/lamp/waitlist").get_data(as_text=True)  # a link that was shared: it leads to where the sale is
    assert 'href="/lamp/"' in late and "Become a member" not in late and "ended when doors opened" in late


def test_a_full_waitlist_says_so_to_all_alike(given, visitor, watch):
    campaign = given.campaign("lamp", waitlist={"cap": 1})
    watch.set(campaign.milestone("waitlist").due)
    given.place(campaign, given.person("ana@example.com"))
    known, unknown = join(visitor()), join(visitor(), "new@example.com")
    assert known.status_code == unknown.status_code == 422
    assert b"full" in known.data and b"full" in unknown.data


def test_who_fills_in_what_nobody_sees_is_told_the_same_and_joins_nothing(lamp, visitor):
    assert leads_to(join(visitor(), website="http://x")) == "/lamp/waitlist/sent"
    assert db.session.scalar(select(func.count()).select_from(Place)) == 0


def test_the_link_that_somebody_shares_is_remembered(lamp, given, visitor):
    ana = given.person("ana@example.com", member=True)
    given.place(lamp, ana)
    shared = re.search(r"\?ref=([\w-]+)", visitor(ana).get("/lamp/place").get_data(as_text=True))[1]
    browser = visitor()
    page = browser.get(f"/lamp/waitlist?ref={shared}&utm_source=story").get_data(as_text=True)
    assert f'name="ref" value="{shared}"' in page and 'name="source" value="story"' in page
    browser.post("/lamp/waitlist", {"email": "ben@example.com", "ref": shared, "source": "story"})
    place = place_of("ben@example.com")
    assert (place.referred_by, place.ref, place.source) == (ana.id, shared, "story")
    visitor().post("/lamp/waitlist", {"email": "cy@example.com", "ref": shared[:-1] + "z"}, seen="/lamp/waitlist")
    assert place_of("cy@example.com").referred_by is None


def test_nobody_refers_themselves(lamp, given, visitor):
    ana = given.person("ana@example.com", member=True)
    from launchpad.services import referrals

    join(visitor(), ref=referrals.code_of(ana))
    assert place_of("ana@example.com").referred_by is None


def test_the_wish(lamp, given, visitor):
    ana = given.person("ana@example.com", member=True)
    given.place(lamp, ana)
    browser = visitor(ana)
    assert browser.post("/lamp/place", {"sku": "OAK", "quantity": "2"}, seen="/lamp/place").status_code == 303
    assert (place_of("ana@example.com").sku, place_of("ana@example.com").quantity) == ("OAK", 2)
    assert browser.post("/lamp/place", {"sku": "GOLD", "quantity": "2"}).status_code == 422
    assert browser.post("/lamp/place", {"sku": "OAK", "quantity": "99999999999999999999"}).status_code == 422


def test_the_calendar_holds_my_moment_and_no_name(lamp, given, visitor):
    founder = given.person("ana@example.com", member=True, tier="founder", name="Ana Secret")
    opens = lamp.milestone("head_start_founder").due
    given.place(lamp, founder)
    answer = visitor(founder).get("/lamp/place.ics")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar" and "BEGIN:VEVENT" in text and "UID:" in text
    assert opens.strftime("DTSTART:%Y%m%dT%H%M%SZ") in text
    assert "Secret" not in text


BAD = ["", " ", "x", "@", "a@b", "a@b@c.de", "a" * 300 + "@example.com", "\x00@example.com", "a\u202e@example.com",
       "a@ex ample.com", "=1+1@example.com\r\nBcc: x@example.com", "-" * 5000]  # fmt: skip


@pytest.mark.parametrize("email", BAD, ids=range(len(BAD)))
def test_a_bad_address_is_refused_with_the_form(lamp, visitor, email):
    answer = visitor().post("/lamp/waitlist", {"email": email}, seen="/lamp/waitlist")
    assert answer.status_code == 422 and b'name="email"' in answer.data


WRONG = [
    ("quantity", "-1"), ("quantity", "9" * 40), ("quantity", "1e3"), ("quantity", "\x00"), ("sku", "\x00"),
    ("sku", "é" * 60),
    ("sku", "x" * 5000), ("name", "n" * 5000), ("name", "\x00\x07"), ("ref", "z" * 4000), ("ref", "-"),
    ("ref", "zzzzzzzzzzzzz-1"),
    ("source", "\U0001f600" * 90), ("marketing", "\x00"), ("website", ""),
]  # fmt: skip


@pytest.mark.parametrize("field, value", WRONG, ids=range(len(WRONG)))
def test_no_input_breaks_the_form(lamp, visitor, field, value):
    answer = visitor().post("/lamp/waitlist", {"email": "ana@example.com", field: value}, seen="/lamp/waitlist")
    assert answer.status_code in (303, 422)


def test_who_waits_for_the_common_transaction_holds_no_connection(app, lamp, visitor):
    """Else a few dozen who wait hold all that there are, and whoever has the turn finds none to write with."""
    someone, came = visitor(), []
    someone.get("/lamp/waitlist")
    token = someone.token
    db.session.remove()

    def join(number: int) -> None:
        form = {"csrf_token": token, "email": f"n{number}@example.com"}
        came.append(app.test_client().post("/lamp/waitlist", data=form).status_code)

    threads = [threading.Thread(target=contextvars.Context().run, args=(join, n)) for n in range(8)]
    with join_form.together._turn:
        for thread in threads:
            thread.start()
        assert until(lambda: len(join_form.together._waiting) == len(threads), 20)
        assert db.engine.pool.checkedout() == 0
    for thread in threads:
        thread.join(20)
    assert came == [303] * len(threads)


def test_the_list_of_what_is_sold_out_is_joined_by_its_own_page_and_the_waitlists_form_stays_shut(lamp, visitor, watch):
    watch.set(lamp.milestone("launch").due)
    stranger = visitor()
    stranger.get("/lamp/")
    shut = stranger.post("/lamp/restock", {"email": "ana@example.com"}, seen="/sign-in")
    assert shut.status_code == 422 and place_of("ana@example.com") is None, "there is something to buy"
    with writing() as session:
        session.scalars(select(Variant)).one().taken = 10
    asked = stranger.post("/lamp/restock", {"email": "ana@example.com", "sku": "OAK"}, seen="/lamp/restock")
    assert asked.status_code == 303 and leads_to(asked) == "/lamp/waitlist/sent"
    assert place_of("ana@example.com").sku == "OAK" and [letter.kind for letter in letters()] == ["confirm"]
    assert stranger.post("/lamp/waitlist", {"email": "ben@example.com"}, seen="/sign-in").status_code == 403
    assert place_of("ben@example.com") is None
