"""The other pages of the control room: letters, rehearsal, recap, people, pages of the site."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Invite, KeptReport, Letter, Milestone, Person, Staff
from launchpad.services import campaigns, letters
from tests.make import NOON

NONSENSE = ["before=-1", "before=99999999999", "kind=%00", "state=" + "x" * 3000, "kind=%F0%9F", "before=x"]


@pytest.fixture
def campaign(given) -> Campaign:
    return given.campaign("lamp", preview=NOON - timedelta(days=1), name="Aurora Lamp")


@pytest.fixture
def owner(given, visitor, watch):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def rows(model) -> list:
    db.session.remove()
    return list(db.session.scalars(select(model).order_by(model.id)))


def acts() -> list[str]:
    return [row.act for row in rows(Audit)]


def text(answer) -> str:
    return answer.get_data(as_text=True)


def versioned(someone, path: str, to: str, fields: dict):
    """Open a page and send a form of it with its hidden fields."""
    page = text(someone.get(path))
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "seen")}
    return someone.post(to, hidden | fields)


# --- letters


@pytest.fixture
def letter(campaign, given) -> int:
    """A letter that was written out, of that campaign."""
    person = given.person("ada@example.com")
    with writing() as session:
        letters.write("order", person, "order:1", session.get(Campaign, campaign.id))
        session.flush()
        row = session.scalar(select(Letter))
        row.subject, row.state, row.text = "Your order", "sent", "See http://127.0.0.1:8000/x <b>"
        row.html = "<html><head></head><body><script>alert(1)</script>Hello</body></html>"
        return row.id


def test_the_outbox_lists_filters_and_shows_a_letter(owner, letter):
    assert "Your order" in text(owner.get("/team/outbox"))
    assert "Your order" in text(owner.get("/team/outbox?kind=order&state=sent"))
    assert "Your order" not in text(owner.get("/team/lamp/letters?state=due"))
    for base in ("/team/outbox", "/team/lamp/letters"):
        page = text(owner.get(f"{base}/{letter}"))
        assert "ada@example.com" in page and '<a href="http://127.0.0.1:8000/x"' in page and "&lt;b&gt;" in page
        frame = owner.get(f"{base}/{letter}/html")
        policy = frame.headers["Content-Security-Policy"]
        assert "sandbox" in policy and "default-src 'none'" in policy and "allow-scripts" not in policy


def test_a_letter_of_another_campaign_is_404_in_the_room(owner, letter, given):
    given.campaign("other")
    assert owner.get(f"/team/other/letters/{letter}").status_code == 404
    assert owner.get(f"/team/other/letters/{letter}/html").status_code == 404
    assert owner.get("/team/outbox/999999").status_code == 404
    assert owner.get(f"/team/outbox/{2**31}").status_code == 404


def test_the_outbox_pages_and_takes_any_query(owner, campaign, given):
    with writing() as session:
        for n in range(60):
            letters.write("order", session.scalar(select(Person)), f"order:{n}", session.get(Campaign, campaign.id))
    page = text(owner.get("/team/outbox"))
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert page.count('href="/team/outbox/') == 50 and text(owner.get(older)).count('href="/team/outbox/') == 10
    for query in NONSENSE:
        assert owner.get(f"/team/outbox?{query}").status_code == 200
        assert owner.get(f"/team/lamp/letters?{query}").status_code == 200


def test_moderators_read_no_letters(campaign, letter, given, visitor, watch):
    moderator = visitor(given.person(role="moderator"))
    for path in (
        "/team/outbox",
        f"/team/outbox/{letter}",
        f"/team/outbox/{letter}/html",
        "/team/lamp/letters",
        "/team/people",
        "/team/site",
    ):
        assert moderator.get(path).status_code == 403
        assert visitor().get(path).status_code == 303


# --- rehearsal


def rehearsed() -> Campaign:
    db.session.remove()
    return db.session.scalar(select(Campaign).where(Campaign.slug == "lamp-rehearsal"))


def test_a_campaign_is_copied_played_paused_moved_on_and_wiped(owner, campaign, given):
    page = "/team/lamp/rehearsal"
    answer = owner.post(page + "/copy", {"speed": "3000", "crowd": "12"}, seen=page)
    assert (answer.status_code, answer.location) == (303, "/team/lamp-rehearsal/rehearsal")
    clock = rehearsed().rehearsal
    assert (clock.speed, clock.crowd, clock.of_id) == (3000, 12, rows(Campaign)[0].id)
    page = "/team/lamp-rehearsal/rehearsal"
    assert "running" in text(owner.get(page))
    assert owner.post(page + "/pause").location == page
    assert rehearsed().rehearsal.speed == 0 and "paused" in text(owner.get(page))
    assert owner.post(page + "/next", {"next": "/lamp-rehearsal/"}).location == "/lamp-rehearsal/"
    assert rehearsed().now == rehearsed().milestone("preview").due
    assert owner.post(page + "/play", {"speed": "500", "next": "https://evil.example.com"}, seen=page).location == page
    assert rehearsed().rehearsal.speed == 500
    refused = owner.post(page + "/wipe", {"typed": "yes"}, seen=page)
    assert refused.status_code == 422 and "Type the campaign" in text(refused) and rehearsed() is not None
    answer = owner.post(page + "/wipe", {"typed": "Aurora Lamp"}, seen=page)
    assert (answer.status_code, answer.location) == (303, "/team/") and rehearsed() is None
    assert [c.slug for c in rows(Campaign)] == ["lamp"]
    assert acts()[-1] == "rehearsal.wipe" and owner.get("/team/audit").status_code == 200


def test_a_new_rehearsal_wipes_the_one_before_only_when_the_name_is_typed(owner, campaign):
    page = "/team/lamp/rehearsal"
    owner.post(page + "/copy", {"speed": "10", "crowd": "0"}, seen=page)
    first = rehearsed().id
    assert owner.post(page + "/copy", {"speed": "10", "crowd": "0"}, seen=page).status_code == 422
    assert rehearsed().id == first
    assert (
        owner.post(page + "/copy", {"speed": "10", "crowd": "0", "typed": "aurora lamp"}, seen=page).status_code == 303
    )
    assert rehearsed().rehearsal.speed == 10 and acts().count("rehearsal.wipe") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"speed": "0"},
        {"speed": "x"},
        {"speed": "9" * 19},
        {"crowd": "-1"},
        {"crowd": "5001"},
        {"crowd": "²"},
        {"crowd": "1" * 50},
    ],
)
def test_nonsense_speeds_and_crowds_are_refused(owner, campaign, fields):
    answer = owner.post("/team/lamp/rehearsal/copy", fields, seen="/team/lamp/rehearsal")
    assert answer.status_code == 422 and 'aria-invalid="true"' in text(answer) and rehearsed() is None


def test_a_real_campaign_is_neither_played_nor_wiped(owner, campaign):
    for act in ("play", "pause", "next"):
        assert owner.post(f"/team/lamp/rehearsal/{act}", seen="/team/lamp/rehearsal").status_code == 404
    assert (
        owner.post("/team/lamp/rehearsal/wipe", {"typed": "Aurora Lamp"}, seen="/team/lamp/rehearsal").status_code
        == 404
    )
    assert owner.post("/team/lamp/rehearsal/x", seen="/team/lamp/rehearsal").status_code == 404
    assert len(rows(Campaign)) == 1 and acts() == []


def test_the_banner_has_buttons_for_owners_alone(owner, given, visitor, watch):
    given.campaign("play", rehearsal=True)
    assert "/team/play/rehearsal/play" in text(owner.get("/play/"))
    assert "/rehearsal/play" not in text(visitor().get("/play/"))
    assert "/rehearsal/play" not in text(visitor(given.person(role="moderator")).get("/play/"))
    answer = owner.post("/team/play/rehearsal/play", {"next": "/play/"}, seen="/play/")
    assert (answer.status_code, answer.location) == (303, "/play/")


def test_the_report_is_shown_as_it_is_kept(owner, given):
    played = given.campaign("play", rehearsal=True)
    report = {
        "slug": "play",
        "speed": 2000,
        "places": 120,
        "confirmed": 100,
        "orders": 40,
        "units": 44,
        "oversold": 0,
        "entries": 9,
        "stories": 3,
        "errors": 1,
        "letters": {"doors_open": 77},
        "refusals": {"sold_out": 5},
        "milestones": [
            {
                "name": "preview",
                "due": "2026-12-01T12:00:00.000000Z",
                "reached": "2026-12-01T12:00:00.500000Z",
                "late_s": 0.25,
            },
            {"name": "launch", "due": "2026-12-02T12:00:00.000000Z", "reached": None, "late_s": None},
        ],
    }
    with writing() as session:
        session.get(Campaign, played.id).rehearsal.report = report
    page = text(owner.get("/team/play/rehearsal"))
    for words in ("120", "sold out", "0.25 s", "not reached"):
        assert words in page
    with writing() as session:
        kept = KeptReport(slug="play", rehearsal_id=1, plan="x", version=1, speed=2000, crowd=9, report=report)
        session.add(kept)
    page = text(owner.get(f"/team/play/rehearsal/reports/{kept.id}"))
    for words in ("120", "doors open", "77", "sold out", "0.25 s", "not reached"):
        assert words in page
    with writing() as session:
        session.get(Campaign, played.id).rehearsal.report = {"slug": "play"}
    assert owner.get("/team/play/rehearsal").status_code == 200


# --- recap


def test_the_words_of_the_recap_are_kept_and_published_once_it_is_open(owner, campaign, watch):
    page = "/team/lamp/recap"
    assert versioned(owner, page, page, {"words": "Thank you **all**"}).status_code == 303
    assert rows(Campaign)[0].recap_words == "Thank you **all**"
    assert owner.post(page + "/publish", seen=page).status_code == 422
    watch.set(rows(Campaign)[0].milestone("recap").due)
    with writing() as session:
        for milestone in session.scalars(select(Milestone)):
            if milestone.due <= watch.now:
                milestone.reached_at = milestone.due
    assert "not published" in text(owner.get("/team/lamp/"))
    assert owner.post(page + "/publish", seen=page).status_code == 303
    assert rows(Campaign)[0].recap_published_at == watch.now
    assert acts() == ["recap.edit", "recap.publish"]


def test_two_who_write_the_words_at_once_do_not_overwrite_each_other(owner, campaign, given, visitor):
    page = "/team/lamp/recap"
    first = text(owner.get(page))
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', first)[1] for name in ("version", "seen")}
    assert versioned(owner, page, page, {"words": "One"}).status_code == 303
    second = owner.post(page, hidden | {"words": "Two"}, seen=page)
    assert second.status_code == 422 and "changed the recap" in text(second) and "Two" in text(second)
    assert rows(Campaign)[0].recap_words == "One"
    assert versioned(owner, page, page, {"words": "x" * 150_000}).status_code == 422


# --- people


def test_a_key_is_given_with_a_link_that_signs_in_once(owner, visitor):
    answer = owner.post("/team/people/staff", {"email": "Mia@Example.com", "role": "moderator"}, seen="/team/people")
    assert (answer.status_code, answer.location) == (303, "/team/people")
    page = text(owner.get("/team/people"))
    link = re.search(r'value="http://127.0.0.1:8000(/sign-in/[^"]+)"', page)[1]
    assert "/sign-in/" not in text(owner.get("/team/people")), "it is shown once"
    mia = visitor()
    assert mia.post(link, seen=link).location == "/team/"
    assert mia.get("/team/").status_code == 200
    assert acts() == ["staff.add"]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "", "role": "owner"},
        {"email": "no address", "role": "owner"},
        {"email": "a@example.com", "role": "king"},
        {"email": "x" * 300, "role": "owner"},
    ],
)
def test_a_key_for_nobody_is_refused(owner, fields):
    answer = owner.post("/team/people/staff", fields, seen="/team/people")
    assert answer.status_code == 422 and 'aria-invalid="true"' in text(answer) and len(rows(Staff)) == 1


def test_the_last_owner_can_neither_be_removed_nor_made_less(owner, given):
    id = rows(Staff)[0].id
    answer = owner.post(f"/team/people/staff/{id}/remove", seen="/team/people")
    assert answer.status_code == 422 and "last owner" in text(answer)
    answer = owner.post("/team/people/staff", {"email": "owner@example.com", "role": "moderator"}, seen="/team/people")
    assert answer.status_code == 422 and rows(Staff)[0].role == "owner"
    given.person("second@example.com", role="owner")
    assert owner.post(f"/team/people/staff/{id}/remove", seen="/team/people").status_code == 303
    assert [row.id for row in rows(Staff)] != [id] and acts() == ["staff.remove"]
    assert owner.get("/team/people").status_code == 403, "and is out at once"


def test_taking_back_a_key_twice_is_404(owner):
    assert owner.post("/team/people/staff/424242/remove", seen="/team/people").status_code == 404


def test_invite_codes(owner, watch):
    fields = {"code": "gift 26", "source": "Newsletter", "tier": "member", "most": "10", "expires": "2026-12-24"}
    assert owner.post("/team/people/invites", fields, seen="/team/people").status_code == 303
    page = text(owner.get("/team/people"))
    assert "GIFT26" in page and "code=GIFT26" in page and "0 of 10" in page
    for bad in (
        {"code": "gift26"},
        {"code": "a/b"},
        {"most": "0"},
        {"most": "many"},
        {"most": "9" * 15},
        {"expires": "x"},
        {"code": "x" * 61},
    ):
        assert (
            owner.post("/team/people/invites", fields | {"code": "new"} | bad, seen="/team/people").status_code == 422
        ), bad
    assert len(rows(Invite)) == 1 and acts() == ["invite.make"]


def test_members_come_from_a_file_with_the_same_summary(owner):
    content = b"email,name,tier\nada@example.com,Ada,founder\nnot an address,,\nowner@example.com,,\n"
    answer = owner.post("/team/people/members", {"file": (io.BytesIO(content), "m.csv")}, seen="/team/people")
    assert answer.status_code == 303
    page = text(owner.get("/team/people"))
    assert "1 new, 1 known, 1 refused (file)" in page and "Line 3" in page
    assert db.session.scalar(select(Person).where(Person.email == "ada@example.com")).tier == "founder"
    assert acts() == ["members.load"]


@pytest.mark.parametrize("content", [b"", b"\x00\x00", b"\xff\xfe\x00\xd8", b"one\ntwo\n", b"a" * 100_000])
def test_a_file_that_is_none_is_refused(owner, content):
    answer = owner.post("/team/people/members", {"file": (io.BytesIO(content), "m.csv")}, seen="/team/people")
    assert answer.status_code == 422 and acts() == []
    assert owner.post("/team/people/members", {}, seen="/team/people").status_code == 422


# --- pages of the site


def test_a_page_of_the_site_is_written_and_given_back(owner, visitor):
    assert "built in" in text(owner.get("/team/site"))
    page = "/team/site/imprint"
    assert owner.post(page, {"text": "Aurora, **Lisbon**"}, seen=page).location == "/team/site"
    assert "<strong>Lisbon</strong>" in text(visitor().get("/about/imprint"))
    too_long = owner.post(page, {"text": "x" * 60_000}, seen=page)
    assert too_long.status_code == 422 and "at most" in text(too_long)
    second = owner.post(page, {"text": "Porto", "seen": ""}, seen=page)
    assert second.status_code == 422 and "changed this page meanwhile" in text(second) and "Lisbon" in text(second)
    assert "Porto" in text(second), "what was typed is still there"
    stamp = re.search(r'name="seen" value="([^"]+)"', text(second))[1]
    assert owner.post(page, {"text": " ", "seen": stamp}, seen=page).status_code == 303
    assert "Lisbon" not in text(visitor().get("/about/imprint"))
    assert acts() == ["page.write", "page.write"]
    assert owner.get("/team/site/nothing").status_code == 404
    assert owner.post("/team/site/nothing", {"text": "x"}, seen=page).status_code == 404


def test_the_crowd_is_chosen_at_the_first_play_and_a_rehearsal_that_ended_is_played_again(owner, given):
    given.campaign("solo", rehearsal=True)
    page = "/team/solo/rehearsal"
    assert owner.post(page + "/again", seen=page).status_code == 422
    assert owner.post(page + "/play", {"speed": "900", "crowd": "7"}, seen=page).status_code == 303
    clock = campaigns.by_slug("solo").rehearsal
    assert (clock.speed, clock.crowd) == (900, 7)
    owner.post(page + "/play", {"speed": "900", "crowd": "9"}, seen=page)
    assert campaigns.by_slug("solo").rehearsal.crowd == 7, "it was played already"
    with writing():
        campaigns.by_slug("solo").rehearsal.ended_at = NOON
    first = campaigns.by_slug("solo").id
    assert "Play it again" in text(owner.get(page))
    assert owner.post(page + "/again", {"speed": "50", "crowd": "0"}, seen=page).status_code == 303
    anew = campaigns.by_slug("solo")
    assert anew.id != first and (anew.rehearsal.speed, anew.rehearsal.crowd) == (50, 0) and anew.rehearsal.ended_at is None
