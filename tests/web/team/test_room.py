"""The control room: who gets in, what it shows, and the acts on the timetable by hand."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Milestone, Person, Staff
from launchpad.services import by_hand
from tests.make import NOON

PAGES = ("", "timetable", "timetable/launch", "audit")


@pytest.fixture
def campaign(given) -> Campaign:
    """Its preview has been open for a day, its waitlist opens in three."""
    return given.campaign("lamp", preview=NOON - timedelta(days=1), name="Aurora Lamp")


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def acts() -> list[Audit]:
    return list(db.session.scalars(select(Audit).order_by(Audit.id)))


def milestone(name: str) -> Milestone:
    db.session.remove()
    return db.session.scalar(select(Milestone).where(Milestone.name == name))


def change(name: str, **values) -> None:
    with writing() as session:
        row = session.scalar(select(Milestone).where(Milestone.name == name))
        for key, value in values.items():
            setattr(row, key, value)


def hidden(page, *names) -> dict:
    """The hidden fields of the first form of a page that has them, as a browser would send them."""
    text = page.get_data(as_text=True)
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in names}


def send(someone, path: str, fields: dict | None = None, seen: str = "/team/lamp/timetable/launch"):
    """Open a page, and send one of its forms."""
    page = someone.get(seen)
    return someone.post(path, {**hidden(page, "version", "seen"), **(fields or {})})


def every_hidden(page) -> dict:
    """All hidden fields of the confirming form of an act's second step."""
    form = page.get_data(as_text=True).split('class="form act-form"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def act(someone, path: str, fields: dict | None = None, page: str = "/team/lamp/timetable/launch", **more):
    """Both steps of an act: see what it brings, confirm it."""
    shown = send(someone, path, fields, page)
    assert shown.status_code == 200 and "Nothing has changed yet" in shown.get_data(as_text=True)
    return someone.post(path, every_hidden(shown) | {"confirmed": "1"} | more)


@pytest.mark.parametrize("path", ["/team/", "/team/permissions", "/team/audit", *(f"/team/lamp/{p}" for p in PAGES)])
def test_strangers_are_sent_to_sign_in_and_members_are_not_let_in(path, campaign, given, visitor, watch):
    answer = visitor().get(path)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")
    assert visitor(given.person(member=True)).get(path).status_code == 403
    assert visitor(given.person(role="owner")).get(path).status_code == 200


def test_a_moderator_sees_the_room_but_neither_log_nor_acts_on_the_timetable(campaign, given, visitor, watch):
    moderator = visitor(given.person(role="moderator"))
    text = moderator.get("/team/lamp/").get_data(as_text=True)
    assert "Five numbers" in text and "/team/lamp/audit" not in text
    assert moderator.get("/team/lamp/audit").status_code == 403
    assert "Move it" not in moderator.get("/team/lamp/timetable/launch").get_data(as_text=True)
    assert send(moderator, "/team/lamp/timetable/hold", {"reason": "x"}, "/team/lamp/").status_code == 403
    assert send(moderator, "/team/lamp/sales/stop", {"reason": "Flood"}, "/team/lamp/").status_code == 303
    assert [row.act for row in acts()] == ["sales.stop"]


def test_a_stranger_cannot_act(campaign, visitor, watch):
    assert visitor().post("/team/lamp/timetable/hold", {"reason": "x"}, seen="/sign-in").status_code == 403


def test_moving_shows_what_moves_and_then_moves_it(campaign, owner, watch):
    due = milestone("launch").due
    local = (due + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")  # Lisbon in winter is UTC
    shown = send(owner, "/team/lamp/timetable/launch/move", {"due": local, "reason": "The ship is late"})
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200 and "Nothing has changed yet" in text
    assert text.count("1 day later") == 3, "the launch takes both head starts along"
    assert milestone("launch").due == due and acts() == []
    sent = hidden(shown, "version", "seen", "due", "reason") | {"confirmed": "1"}
    answer = owner.post("/team/lamp/timetable/launch/move", sent)
    assert (answer.status_code, answer.location) == (303, "/team/lamp/timetable")
    assert milestone("launch").due == due + timedelta(days=1)
    assert milestone("head_start_founder").due == due + timedelta(days=-1)
    (row,) = acts()
    assert (row.act, row.reason, row.person_id) == (
        "milestone.move",
        "The ship is late",
        db.session.scalar(select(Staff.person_id)),
    )
    assert row.before["launch"] == due.isoformat() and row.after["launch"] == (due + timedelta(days=1)).isoformat()
    log = owner.get("/team/lamp/audit").get_data(as_text=True)
    assert "moved a moment" in log and "The ship is late" in log and "Olga" in log


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"due": "2026-12-20T12:00", "reason": " "}, "Say why"),
        ({"due": "", "reason": "x"}, "Choose a date"),
        ({"due": "tomorrow", "reason": "x"}, "Choose a date"),
        ({"due": "0001-01-01T00:00", "reason": "x"}, "must lie in the years"),
        ({"due": "9999-12-31T23:59", "reason": "x"}, "must lie in the years"),
        ({"due": "9999-12-31T23:59:59-14:00", "reason": "x", "confirmed": "1"}, "Choose a date"),
        ({"due": "2026-11-01T12:00", "reason": "x"}, "has passed"),
        ({"due": "2026-12-02T12:00", "reason": "x"}, "promised"),
        ({"due": "2026-12-13T12:00", "reason": "x"}, "has to come after"),
        ({"due": "2026-12-12T12:00", "reason": "x" * 251}, "At most 250"),
        ({"due": "\x00", "reason": "x\x00\x1b"}, "Choose a date"),
    ],
)
def test_a_move_that_cannot_be_is_said_in_the_form_and_changes_nothing(campaign, owner, watch, fields, said):
    before = milestone("launch").due
    answer = send(owner, "/team/lamp/timetable/launch/move", fields)
    assert answer.status_code == 422 and said in answer.get_data(as_text=True)
    assert milestone("launch").due == before and acts() == []


def test_who_comes_second_is_told_what_changed(campaign, owner, given, watch):
    page = send(owner, "/team/lamp/timetable/hold", {"reason": "Storm"}, "/team/lamp/timetable")
    sent = every_hidden(page) | {"confirmed": "1"}
    with writing():
        by_hand.stop_sales(db.session.scalar(select(Campaign)), db.session.scalar(select(Person).limit(1)), "", "Flood")
    answer = owner.post("/team/lamp/timetable/hold", sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "stopped sales" in text and "Olga" in text and "Storm" in text
    assert [row.act for row in acts()] == ["sales.stop"]
    again = every_hidden(answer) | {"confirmed": "1"}
    assert owner.post("/team/lamp/timetable/hold", again).status_code == 303
    assert [row.act for row in acts()] == ["sales.stop", "campaign.hold"]


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 400])
def test_without_the_version_nothing_is_done(campaign, owner, watch, version):
    answer = act(owner, "/team/lamp/timetable/hold", {"reason": "x"}, version=version, seen=version)
    assert answer.status_code == 422 and acts() == []


def test_opening_now_asks_for_the_name(campaign, owner, watch):
    path, page = "/team/lamp/timetable/waitlist/open", "/team/lamp/timetable/waitlist"
    assert "End the preview now" in owner.get(page).get_data(as_text=True)
    answer = act(owner, path, {"reason": "Early"}, page, typed="Lamp")
    assert answer.status_code == 422 and "Type the campaign" in answer.get_data(as_text=True)
    assert acts() == [] and every_hidden(answer)["reason"] == "Early"
    assert act(owner, path, {"reason": "Early"}, page, typed=" aurora lamp ").status_code == 303
    assert milestone("waitlist").due == watch.now
    assert [(row.act, row.reason) for row in acts()] == [("milestone.open", "Early")]
    again = send(owner, path, {"reason": "Early"}, "/team/lamp/timetable/launch")
    assert again.status_code == 422 and len(acts()) == 1


def test_an_act_loaded_again_is_its_page(campaign, owner, watch):
    assert owner.get("/team/lamp/timetable/launch/move").location == "/team/lamp/timetable/launch"
    assert owner.get("/team/lamp/timetable/hold").location == "/team/lamp/timetable"
    assert owner.get("/team/lamp/rehearsal/pause").location == "/team/lamp/rehearsal"


def test_a_go_is_given(campaign, owner, watch):
    change("waitlist", waits=True)
    assert "waits for your go" in owner.get("/team/lamp/").get_data(as_text=True)
    path = "/team/lamp/timetable/waitlist"
    assert act(owner, f"{path}/go", {"reason": "Ready"}, path).status_code == 303
    assert milestone("waitlist").went_at == watch.now
    assert [row.act for row in acts()] == ["milestone.go"]


def test_hold_and_release_shift_or_keep(campaign, owner, watch):
    due = milestone("waitlist").due
    page = "/team/lamp/timetable"
    assert act(owner, f"{page}/hold", {"reason": "Storm", "message": "Back soon"}, page).status_code == 303
    watch.step(hours=2)
    assert "Back soon" in owner.get("/team/lamp/timetable").get_data(as_text=True)
    answer = act(owner, f"{page}/release", {"reason": "Over", "shift": "shift"}, page)
    assert answer.status_code == 303
    assert milestone("waitlist").due == due + timedelta(hours=2)
    assert [row.act for row in acts()] == ["campaign.hold", "campaign.release"]
    again = send(owner, "/team/lamp/timetable/release", {"reason": "Over"}, "/team/lamp/timetable")
    assert again.status_code == 422, "it is not held any more"


def test_sales_stop_and_go_on_and_the_way_back_is_ours(campaign, owner, watch):
    answer = send(
        owner,
        "/team/lamp/sales/stop",
        {"reason": "Flood", "message": "Wait", "next": "/team/lamp/today"},
        "/team/lamp/",
    )
    assert answer.location == "/team/lamp/today"
    assert "sales stopped" in owner.get("/team/lamp/").get_data(as_text=True)
    answer = send(owner, "/team/lamp/sales/resume", {"reason": "Dry", "next": "//evil.example.com"}, "/team/lamp/")
    assert answer.location == "/team/lamp/timetable"
    assert [row.act for row in acts()] == ["sales.stop", "sales.resume"]


@pytest.mark.parametrize("name", ["nothing", "x" * 3000, "%00", "%F0%9F"])
def test_an_unknown_milestone_is_404(campaign, owner, watch, name):
    assert owner.get(f"/team/lamp/timetable/{name}").status_code == 404
    assert send(owner, f"/team/lamp/timetable/{name}/open", {"reason": "x", "typed": "Aurora Lamp"}).status_code == 404


def test_the_room_says_what_waits_and_what_is_late(campaign, owner, watch):
    text = owner.get("/team/lamp/").get_data(as_text=True)
    assert "Time is not being kept" in text, "no timekeeper beats in this test"
    assert "open, not reached yet" in text and "late" in text
    change("preview", reached_at=milestone("preview").due, late=0.25)
    assert "reached 0.2 s after its moment" in owner.get("/team/lamp/").get_data(as_text=True)


def test_the_log_filters_and_pages(campaign, owner, given, watch):
    with writing() as session:
        session.add_all(Audit(act="sales.stop", campaign_id=campaign.id, reason=f"n{n}") for n in range(60))
        session.add(Audit(act="sales.resume", campaign_id=campaign.id, reason="only"))
    text = owner.get("/team/audit").get_data(as_text=True)
    assert "only" in text and "Older" in text and "n59" in text and "n5<" not in text
    text = owner.get("/team/audit?act=sales.resume").get_data(as_text=True)
    assert "only" in text and "n59" not in text
    for query in ("act=%00", "person=x", "person=9999999999", "before=-1", "before=999999999999", "act=" + "x" * 2000):
        assert owner.get(f"/team/lamp/audit?{query}").status_code == 200


def test_the_matrix_is_printed(owner, watch):
    text = owner.get("/team/permissions").get_data(as_text=True)
    assert "timetable.edit" in text and "moderator" in text and "waitlist to recap" in text


def test_a_real_campaign_is_told_that_no_money_is_taken_and_a_rehearsal_is_not(given, visitor, watch):
    owner = visitor(given.person(role="owner"))
    given.campaign("real")
    given.campaign("played", rehearsal=True)
    assert "No money is taken" in owner.get("/team/real/").get_data(as_text=True)
    assert "No money is taken" not in owner.get("/team/played/").get_data(as_text=True)
