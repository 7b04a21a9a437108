"""Sending a story with photos, the team's word on it, the wall, and taking it back."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Consent, Photo, Prompt, Story
from launchpad.outside.bucket import Bucket
from launchpad.outside.files import files
from launchpad.rules import wording
from launchpad.services import pictures as pictures_service
from tests import pictures


@pytest.fixture
def member(given):
    return given.person(member=True, name="Ana Reis")


@pytest.fixture
def team(given):
    return given.person(role="moderator")


def photo(content: bytes | None = None, name: str = "desk.jpg"):
    return (BytesIO(pictures.jpeg(gps=True) if content is None else content), name)


def sent(visitor, text="My desk at last has light", seen="/lamp/stories", **fields):
    """Send a story as the form would; the page with the form is loaded first."""
    fields = {"text": text, "consent": ["site"], "key": "k1", **fields}
    return visitor.post("/lamp/stories", fields, seen=seen, content_type="multipart/form-data")


def only_story() -> Story:
    db.session.remove()
    return db.session.scalars(select(Story)).one()


def kept() -> set[str]:
    return {name for name, _ in files().every()}


@pytest.fixture(autouse=True)
def no_files_of_before(app):
    for name in kept():
        files().drop(name)


def test_a_story_with_photos_is_sent_approved_and_shown(campaign, member, team, given, visitor):
    given.order(campaign, member)
    team_id, launch = team.id, campaign.milestone("launch").due
    ana, stranger, host = visitor(member), visitor(), visitor(team)
    answer = sent(ana, photo=[photo(), photo()], alt=["Before", "After"], consent=["site", "ads"])
    assert answer.status_code == 303
    story = only_story()
    assert story.state == "waiting" and story.buyer and story.at == launch
    assert [(p.position, p.alt) for p in story.photos] == [(1, "Before"), (2, "After")]
    address, picture = f"/lamp/stories/{story.id}", f"/lamp/photos/{story.photos[0].key}-480.webp"

    # until the team approves it, its author and the team see it, and nobody else
    for who, status in ((ana, 200), (host, 200), (stranger, 404)):
        assert who.get(address).status_code == status and who.get(picture).status_code == status
    assert "private" in ana.get(picture).headers["Cache-Control"]
    assert b"My desk" not in stranger.get("/lamp/stories").data

    assert host.post(address + "/approve", seen=address).status_code == 303
    assert "My desk at last" in stranger.get("/lamp/stories").text
    assert "Ana Reis" in stranger.page.text and "Verified buyer" in stranger.page.text
    assert stranger.get(address).status_code == 200
    shown = stranger.get(picture)
    assert shown.status_code == 200 and shown.mimetype == "image/webp"
    assert "max-age=45" in shown.headers["Cache-Control"] and "public" in shown.headers["Cache-Control"]
    assert stranger.get(picture, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert shown.headers["X-Content-Type-Options"] == "nosniff"

    record = db.session.scalars(select(Audit)).one()
    assert (record.act, record.person_id, record.subject) == ("story.approve", team_id, f"story:{story.id}")
    assert record.before == {"state": "waiting"} and record.after == {"state": "approved", "waited": 0}


def test_consents_are_rows_with_their_words_and_moment(campaign, member, visitor, watch):
    member_id = member.id
    sent(visitor(member), consent=["ads", "site"])
    rows = db.session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.purpose, row.given, row.wording, row.at) for row in rows] == [
        ("story:site", True, wording.VERSION, watch.now),
        ("story:ads", True, wording.VERSION, watch.now),
    ]
    assert all(row.person_id == member_id and row.story_id is not None for row in rows)


def test_the_form_shows_the_words_that_are_agreed_to(campaign, member, visitor):
    words = visitor(member).get("/lamp/stories").text
    for sentence in wording.WORDS.values():
        assert sentence in words


def test_the_form_has_the_fields_of_the_contract(campaign, member, visitor):
    page = visitor(member).get("/lamp/stories").text
    names = re.findall(r'<(?:input|textarea)[^>]* name="([^"]*)"', page)
    assert {name: names.count(name) for name in names} == {
        "csrf_token": 1, "key": 1, "text": 1, "photo": 4, "alt": 4, "consent": 3,
    }  # fmt: skip


def test_withdrawal_takes_it_out_of_pages_and_files(campaign, member, team, visitor):
    ana, stranger, host = visitor(member), visitor(), visitor(team)
    sent(ana, photo=[photo()], alt=["A desk"])
    story = only_story()
    address, picture = f"/lamp/stories/{story.id}", f"/lamp/photos/{story.photos[0].key}-960.webp"
    host.post(address + "/approve", seen=address)
    assert stranger.get(picture).status_code == 200 and len(kept()) == 3

    assert ana.post(address + "/withdraw", seen=address).status_code == 303
    assert kept() == set()
    for who in (ana, host, stranger):
        assert who.get(picture).status_code == 404
        assert "My desk" not in who.get("/lamp/stories").text
    assert stranger.get(address).status_code == 404
    story = only_story()
    assert (story.state, story.text, story.photos) == ("withdrawn", "", [])
    rows = db.session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(row.purpose, row.given) for row in rows] == [("story:site", True), ("story:site", False)]

    # twice is once, and a late click of the team changes nothing
    assert ana.post(address + "/withdraw", seen="/lamp/stories").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 2
    assert host.post(address + "/approve", seen="/lamp/stories").status_code == 422
    assert only_story().state == "withdrawn"


def test_a_consent_that_was_taken_back_hides_even_an_approved_story(campaign, member, team, visitor):
    ana, stranger, host, member_id = visitor(member), visitor(), visitor(team), member.id
    sent(ana, photo=[photo()], alt=["A desk"])
    story = only_story()
    picture = f"/lamp/photos/{story.photos[0].key}-960.webp"
    story_id = story.id
    host.post(f"/lamp/stories/{story_id}/approve", seen=f"/lamp/stories/{story_id}")
    assert stranger.get(picture).status_code == 200
    with writing() as session:
        session.add(
            Consent(person_id=member_id, story_id=story_id, purpose="story:site", given=False, wording=wording.VERSION)
        )
    assert stranger.get(picture).status_code == 404
    assert stranger.get(f"/lamp/stories/{story_id}").status_code == 404
    assert "My desk" not in stranger.get("/lamp/stories").text


def test_a_rejection_hides_with_its_reason_for_the_author(campaign, member, team, visitor):
    ana, stranger, host = visitor(member), visitor(), visitor(team)
    sent(ana)
    address = f"/lamp/stories/{only_story().id}"
    host.post(address + "/approve", seen=address)
    host.post(address + "/reject", {"reason": "Shows a neighbour's child"}, seen=address)
    assert stranger.get(address).status_code == 404
    assert "Shows a neighbour&#39;s child" in ana.get(address).text
    assert [row.act for row in db.session.scalars(select(Audit).order_by(Audit.id))] == [
        "story.approve",
        "story.take_down",
    ]
    host.post(address + "/approve", seen=address)
    assert stranger.get(address).status_code == 200


def test_only_the_team_decides_and_only_the_author_takes_back(campaign, member, given, visitor, team):
    ana, host, other = visitor(member), visitor(team), visitor(given.person(member=True))
    sent(ana)
    address = f"/lamp/stories/{only_story().id}"
    assert other.get(address).status_code == 404
    assert other.post(address + "/approve", seen="/lamp/stories").status_code == 403
    assert other.post(address + "/reject", seen="/lamp/stories").status_code == 403
    assert other.post(address + "/withdraw", seen="/lamp/stories").status_code == 404
    assert host.post(address + "/withdraw", seen=address).status_code == 404
    assert visitor().post(address + "/withdraw", seen="/sign-in").status_code == 404
    assert only_story().state == "waiting"


def test_who_may_send(campaign, given, visitor):
    assert sent(visitor(), seen="/sign-in").status_code == 403
    place, buyer, neither = given.person(), given.person(), visitor(given.person())
    given.place(campaign, place)
    given.order(campaign, buyer)
    placed, bought = visitor(place), visitor(buyer)
    assert 'name="photo"' not in neither.get("/lamp/stories").text
    assert 'name="photo"' in placed.get("/lamp/stories").text
    assert sent(placed).status_code == 303
    assert sent(bought).status_code == 303
    assert [row.buyer for row in db.session.scalars(select(Story).order_by(Story.id))] == [False, True]


def test_nothing_before_the_launch(campaign, member, visitor, watch):
    watch.step(seconds=-1)
    ana = visitor(member)
    assert ana.get("/lamp/stories").status_code == 403
    assert ana.post("/lamp/stories", {"text": "Early", "consent": "site"}, seen="/sign-in").status_code == 403
    watch.step(seconds=1)
    assert sent(ana).status_code == 303


def test_four_photos_and_not_five(campaign, member, visitor):
    ana = visitor(member)
    five = {"photo": [photo() for _ in range(5)], "alt": ["one", "two", "three", "four", "five"]}
    answer = sent(ana, **five)
    assert answer.status_code == 422 and "up to 4 photos" in answer.text
    assert "My desk at last" in answer.text, "the words are still in the form"
    assert kept() == set()
    assert sent(ana, photo=[photo() for _ in range(4)], alt=["one", "two", "three", "four"]).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 4 and len(kept()) == 12


@pytest.mark.parametrize("alts", [[], ["", ""], ["One", "  "], ["One"], ["One", "x" * 251]])
def test_each_photo_says_what_it_shows(campaign, member, visitor, alts):
    answer = sent(visitor(member), photo=[photo(), photo()], alt=alts)
    assert answer.status_code == 422 and ("shows" in answer.text)
    assert kept() == set() and not db.session.scalars(select(Story)).all()


def test_an_input_left_empty_does_not_shift_what_the_next_one_shows(campaign, member, visitor):
    answer = sent(visitor(member), photo=[photo(b"", ""), photo(), photo(b"", "")], alt=["", "The second", ""])
    assert answer.status_code == 303
    assert [p.alt for p in only_story().photos] == ["The second"]


@pytest.mark.parametrize(
    "text, consent, status, why",
    [
        ("", ["site"], 422, "Write a few words"),
        ("   \n ", ["site"], 422, "Write a few words"),
        ("x", ["site"], 303, ""),
        ("x" * 4000, ["site"], 303, ""),
        ("x" * 4001, ["site"], 422, "4,000 characters"),
        ("Hello", [], 422, "without your consent"),
        ("Hello", ["ads", "email"], 422, "without your consent"),
        ("Hello", ["site", "everything"], 422, "no such consent"),
    ],
)
def test_the_limits_of_a_story(campaign, member, visitor, text, consent, status, why):
    answer = sent(visitor(member), text=text, consent=consent)
    assert answer.status_code == status and why in answer.text


def test_a_photo_alone_is_a_story(campaign, member, visitor):
    assert sent(visitor(member), text="", photo=[photo()], alt=["A desk"]).status_code == 303


BAD = {
    "empty": b"",
    "text": b"I am no photo",
    "cut": pictures.jpeg()[:2000],
    "enormous": pictures.huge_header(60_000, 60_000),
    "claims": pictures.huge_header(6000, 6000),
    "animated": pictures.animated(),
    "page": b"<html><script>alert(1)</script></html>",
    "heic": b"\0\0\0\x18ftypheic" + b"\0" * 200,
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_photo_is_refused_and_leaves_nothing(campaign, member, visitor, content):
    answer = sent(visitor(member), photo=[photo(), photo(content)], alt=["Good", "Bad"])
    assert answer.status_code == 422
    assert kept() == set() and not db.session.scalars(select(Story)).all()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "desk.php", "a\0b.jpg", "ü" * 300, ".", "desk.jpg.exe", "x" * 5000]
)
def test_the_name_of_a_file_means_nothing(campaign, member, visitor, name):
    assert sent(visitor(member), photo=[photo(name=name)], alt=["A desk"]).status_code == 303
    assert all(name.startswith(only_story().photos[0].key) for name in kept())


def test_what_is_too_much_is_413(campaign, member, visitor):
    big = photo(b"\xff" * (15 * 1024 * 1024 + 1))
    answer = sent(visitor(member), photo=[big], alt=["Big"])
    assert answer.status_code == 422 and "15 MB" in answer.text
    assert sent(visitor(member), photo=[photo(b"\xff" * (62 * 1024 * 1024))], alt=["Huge"]).status_code == 413


def test_a_double_click_is_one_story(campaign, member, visitor):
    ana = visitor(member)
    first = sent(ana, photo=[photo()], alt=["A desk"])
    again = sent(ana, photo=[photo()], alt=["A desk"])
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert len(kept()) == 3
    other = sent(ana, text="Other words", photo=[photo()], alt=["A desk"])
    assert other.status_code == 422 and len(kept()) == 3
    assert sent(ana, text="Other words", key="k2").status_code == 303


def test_prompts_prefill_filter_and_wait_for_the_delivery(campaign, member, team, visitor, watch):
    with writing() as session:
        session.add(Prompt(campaign_id=campaign.id, text="Before and after?", template="Before, my desk … Now …"))
        session.add(Prompt(campaign_id=campaign.id, text="Who got one?", since="delivery"))
    now, later = db.session.scalars(select(Prompt.id).order_by(Prompt.id)).all()
    ana, host = visitor(member), visitor(team)
    form = ana.get(f"/lamp/stories?prompt={now}").text
    assert "Before, my desk … Now …</textarea>" in form and "Who got one?" not in form
    assert sent(ana, prompt=str(now)).status_code == 303
    assert sent(ana, prompt=str(later), key="k2").status_code == 422
    for bad in ("x", "-1", "99999999999", "0"):
        assert sent(ana, prompt=bad, key="k2").status_code == 422
    assert sent(ana, text="No question", key="k3").status_code == 303
    for id in db.session.scalars(select(Story.id)).all():
        host.post(f"/lamp/stories/{id}/approve", seen=f"/lamp/stories/{id}")
    both, one = visitor().get("/lamp/stories").text, visitor().get(f"/lamp/stories?prompt={now}").text
    assert "No question" in both and "My desk" in both
    assert "No question" not in one and "My desk" in one

    with writing():
        db.session.scalars(select(Campaign)).one().delivery = watch.now.date()
    assert sent(ana, text="It came", prompt=str(later), key="k4").status_code == 303


def test_odd_addresses_of_photos_are_404(campaign, visitor):
    for odd in (
        "x-480.webp",
        "x-481.webp",
        "..-480.webp",
        "a" * 500 + "-480.webp",
        "x-99999999999.webp",
        "%00-480.webp",
        "x.webp",
    ):
        assert visitor().get(f"/lamp/photos/{odd}").status_code == 404
    assert visitor().get("/lamp/hero-960.webp").status_code == 404
    assert visitor().get("/lamp/stories/999").status_code == 404


def test_markup_in_a_story_is_words(campaign, member, team, visitor):
    ana, host = visitor(member), visitor(team)
    sent(
        ana, text="<script>alert(1)</script> **bold** <img src=x onerror=alert(1)>", photo=[photo()], alt=['"><script>']
    )
    id = only_story().id
    host.post(f"/lamp/stories/{id}/approve", seen=f"/lamp/stories/{id}")
    for path in ("/lamp/stories", f"/lamp/stories/{id}"):
        page = visitor().get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page and '"><script>' not in page
        assert "<strong>bold</strong>" in page


def test_a_store_that_fails_says_so(campaign, member, visitor, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(files()), "keep", full)
    answer = sent(visitor(member), photo=[photo()], alt=["A desk"])
    assert answer.status_code == 503 and "Try again" in answer.text
    assert not db.session.scalars(select(Story)).all()


def test_no_connection_is_held_while_pictures_are_made_and_kept(campaign, member, visitor, monkeypatch):
    ana, real, held = visitor(member), pictures_service.take_in_all, []

    def watched(contents):
        held.append(db.engine.pool.checkedout())
        return real(contents)

    ana.get("/lamp/stories")
    db.session.remove()
    idle = db.engine.pool.checkedout()
    monkeypatch.setattr(pictures_service, "take_in_all", watched)
    assert sent(ana, photo=[photo()], alt=["A desk"]).status_code == 303
    assert held == [idle]

    address, read = f"/lamp/photos/{only_story().photos[0].key}-480.webp", pictures_service.read

    def watched_read(*asked):
        held.append(db.engine.pool.checkedout())
        return read(*asked)

    db.session.remove()
    monkeypatch.setattr(pictures_service, "read", watched_read)
    assert ana.get(address).status_code == 200
    assert held == [idle, idle]


def test_a_store_that_is_away_is_503_for_its_pictures(campaign, member, visitor, monkeypatch):
    ana = visitor(member)
    sent(ana, photo=[photo()], alt=["A desk"])
    address = f"/lamp/photos/{only_story().photos[0].key}-480.webp"

    def away(*_):
        raise OSError("the bucket does not answer")

    monkeypatch.setattr(type(files()), "read", away)
    assert ana.get(address).status_code == 503


def test_photos_live_in_a_bucket_as_well(app, campaign, member, visitor, monkeypatch):
    """The same pages on a real S3 server: kept there, read through our route, gone with the withdrawal."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
        bucket = Bucket.at("s3://photos/lamp?endpoint=http://{}:{}".format(*server.get_host_and_port()))
        bucket.client.create_bucket(Bucket="photos")
        monkeypatch.setitem(app.extensions, "files", bucket)
        ana = visitor(member)
        sent(ana, photo=[photo()], alt=["A desk"])
        story = only_story()
        id, address = story.id, f"/lamp/photos/{story.photos[0].key}-480.webp"
        assert len(kept()) == 3 and ana.get(address).data[:4] == b"RIFF"
        ana.post(f"/lamp/stories/{id}/withdraw", seen=f"/lamp/stories/{id}")
        assert kept() == set() and ana.get(address).status_code == 404
    finally:
        server.stop()


def test_six_clicks_at_once_are_one_story(app, campaign, member, visitor):
    """Each thread sends the same form; one story comes of it, and only its files stay."""
    ana = visitor(member)
    ana.get("/lamp/stories")
    token, cookie = ana.token, ana.client.get_cookie("launchpad").value
    db.session.remove()

    def click(_):
        client = app.test_client()
        client.set_cookie("launchpad", cookie)
        fields = {"text": "Once", "consent": "site", "key": "k", "csrf_token": token, "photo": photo(), "alt": "A desk"}
        return client.post("/lamp/stories", data=fields).status_code

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(click, range(6)))
    assert answers == [303] * 6
    assert only_story().text == "Once" and len(kept()) == 3
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


def test_a_refused_form_keeps_what_was_ticked_and_said(campaign, member, visitor):
    answer = sent(visitor(member), text="x" * 4001, consent=["site", "ads"], photo=[photo()], alt=["My own words"])
    page = answer.text
    assert page.count("checked") == 2 and 'value="My own words"' in page and "chosen again" in page


def test_the_team_comes_back_to_its_own_pages_only(campaign, member, team, visitor):
    sent(visitor(member))
    host, id = visitor(team), only_story().id
    for asked, goes in (
        ("/team/lamp/moderation", "/team/lamp/moderation"),
        ("https://example.com/", f"/lamp/stories/{id}"),
        ("//example.com/team/", f"/lamp/stories/{id}"),
        ("/team/\\example.com", f"/lamp/stories/{id}"),
    ):
        answer = host.post(f"/lamp/stories/{id}/approve", {"next": asked}, seen=f"/lamp/stories/{id}")
        assert answer.status_code == 303 and answer.location == goes
    fragment = host.post(f"/lamp/stories/{id}/reject", seen=f"/lamp/stories/{id}", headers={"HX-Request": "true"})
    assert fragment.status_code == 200 and fragment.text.startswith(f'<div id="story-{id}-decided"')
