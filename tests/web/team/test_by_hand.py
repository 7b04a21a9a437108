"""Acts by hand as the team does them: seen before confirmed, one of two wins, sales stopped with one tap."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Order
from launchpad.services import by_hand
from launchpad.web.team import versions
from tests.web.team.test_room import act, every_hidden, hidden, milestone, send

PAGE = "/team/lamp/timetable"
HOUR = timedelta(hours=1)


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """On launch day, an hour after the doors; everything so far was reached."""
    row = given.campaign("lamp", name="Aurora Lamp")
    watch.set(row.milestone("launch").due + HOUR)
    milestones.advance(row.id)
    return row


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def fresh(id: int) -> Campaign:
    db.session.remove()
    return db.session.get(Campaign, id)


def at(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")  # Lisbon in winter is UTC


def test_a_postponed_launch_says_that_the_head_start_grows_and_it_is_not_cut_short_after(given, owner, watch):
    row = given.campaign("lamp", name="Aurora Lamp")
    member, launch = row.milestone("head_start_member").due, row.milestone("launch").due
    page = f"{PAGE}/launch"
    watch.set(member - timedelta(microseconds=1))
    later = at(launch + 24 * HOUR)
    shown = send(owner, f"{page}/move", {"due": later, "reason": "The ship is late"}, page)
    assert text_of(shown).count("has begun. It will last") == 1, "the founders' has begun, the members' moves along"
    watch.set(member)
    shown = send(owner, f"{page}/move", {"due": later, "reason": "The ship is late"}, page)
    text = text_of(shown)
    assert text.count("has begun. It will last") == 2 and "<strong>2 days</strong> instead of 1 day" in text
    sent = every_hidden(shown) | {"confirmed": "1"}
    assert owner.post(f"{page}/move", sent).status_code == 303
    assert milestone("head_start_member").due == member, "a head start that has opened stays"
    watch.set(member + 24 * HOUR - timedelta(minutes=2))
    early = send(owner, f"{page}/move", {"due": at(member + 23 * HOUR), "reason": "It came"}, page)
    assert early.status_code == 422
    watch.set(member + 24 * HOUR)
    assert act(owner, f"{page}/open", {"reason": "It came"}, page, typed="Aurora Lamp").status_code == 303


def test_the_effect_names_letters_polls_and_what_opens_at_once(campaign, owner, given, watch):
    given.place(campaign, given.person(member=True))
    given.poll(campaign)
    shown = send(owner, f"{PAGE}/recap/open", {"reason": "All sold"}, f"{PAGE}/recap")
    text = text_of(shown)
    assert "End launch day now" in text and "at once" in text and "once the team publishes" in text
    assert "to 1 person" in text and fresh(campaign.id).phase == "launch"


def test_release_shows_both_ways_and_asks_for_the_name_only_when_something_opens(campaign, owner, watch):
    due = campaign.milestone("recap").due
    assert act(owner, f"{PAGE}/hold", {"reason": "Storm"}, PAGE).status_code == 303
    watch.set(due + HOUR)
    assert "at once" in text_of(owner.get(PAGE)) and "cannot be" not in text_of(owner.get(PAGE))
    shift = text_of(send(owner, f"{PAGE}/release", {"reason": "Over", "shift": "shift"}, PAGE))
    assert "Type the campaign" not in shift
    keep = {"reason": "Over", "shift": "keep"}
    assert act(owner, f"{PAGE}/release", keep, PAGE).status_code == 422, "without the name"
    assert act(owner, f"{PAGE}/release", keep | {"message": "Back"}, PAGE, typed="Aurora Lamp").status_code == 303
    assert fresh(campaign.id).phase == "recap"
    assert db.session.scalar(select(Entry.text).order_by(Entry.id.desc())) == "Back"


def test_launch_day_is_opened_again_from_its_form(campaign, owner, watch, visitor):
    assert "Open launch day again" not in text_of(owner.get(PAGE))
    assert "not over" in text_of(owner.get(f"{PAGE}/reopen"))
    watch.set(campaign.milestone("archive").due + HOUR)
    milestones.advance(campaign.id)
    recap, archive = watch.now + 24 * HOUR, watch.now + 72 * HOUR
    fields = {"reason": "Twelve came back", "recap": at(recap), "archive": at(archive), "message": "Twelve"}
    page = f"{PAGE}/reopen"
    for wrong, said in (
        ({"recap": "soon"}, "Choose a date"),
        ({"recap": at(watch.now - HOUR)}, "has passed"),
        ({"archive": at(recap)}, "after the recap"),
        ({"message": "x" * 251}, "At most 250"),
        ({"reason": ""}, "Say why"),
    ):
        answer = send(owner, page, fields | wrong, page)
        assert answer.status_code == 422 and said in text_of(answer), wrong
    assert act(owner, page, fields, page).status_code == 422, "the name was not typed"
    assert act(owner, page, fields, page, typed="Aurora Lamp").status_code == 303
    milestones.advance(campaign.id)
    state = visitor().get("/lamp/state.json").get_json()
    assert state["selling"] and state["phase"] == "launch" and "launch-2" in [m["name"] for m in state["milestones"]]
    assert "The sale" not in text_of(visitor().get("/lamp/buy"))
    assert "Launch day is open again" in text_of(visitor().get("/lamp/thread"))


def test_a_phase_that_waits_ends_its_countdown_at_the_teams_button(given, owner, watch, visitor):
    row = given.campaign("lamp", name="Aurora Lamp")
    due = row.milestone("launch").due
    watch.set(due - 48 * HOUR - HOUR)
    assert act(owner, f"{PAGE}/launch/wait", {"reason": "Ours", "waits": "1"}).status_code == 303
    watch.set(due - timedelta(seconds=1))
    assert "data-clock" in text_of(visitor().get("/lamp/"))
    watch.set(due)
    page = text_of(visitor().get("/lamp/"))
    assert "when the team opens the doors" in page and "data-clock" not in page.split('id="banners"')[-1]
    assert visitor().get("/lamp/state.json").get_json()["awaited"] == "launch"
    today = text_of(owner.get("/team/lamp/today"))
    assert "waits for your go" in today and "it opens at once" in today
    for _ in range(2):  # a second tap is the same go
        assert owner.post("/team/lamp/today/go/launch", {}, seen="/team/lamp/today").status_code == 303
    assert fresh(row.id).phase == "launch"
    assert [a.act for a in db.session.scalars(select(Audit).order_by(Audit.id))] == ["milestone.wait", "milestone.go"]


def test_sales_stop_at_the_next_request_and_who_is_paying_may_finish(campaign, owner, visitor):
    buyer, late = visitor(), visitor()
    fields = {"sku": "OAK", "quantity": "1", "email": "b@example.com", "name": "B"}
    key = hidden(buyer.get("/lamp/buy"), "key")["key"]
    order = buyer.post("/lamp/buy", fields | {"key": key}, seen="/lamp/buy").location
    late_key = hidden(late.get("/lamp/buy"), "key")["key"]
    assert owner.post("/team/lamp/today/stop", {}, seen="/team/lamp/today").status_code == 303
    answer = late.post("/lamp/buy", fields | {"key": late_key})
    assert answer.status_code == 422 and "stopped" in text_of(answer)
    owner.post("/team/lamp/today/message", {"message": "Counting boxes"}, seen="/team/lamp/today")
    for path in ("/lamp/", "/lamp/buy", "/lamp/thread"):
        assert "Counting boxes" in text_of(visitor().get(path)), path
    assert visitor().get("/lamp/state.json").get_json()["selling"] is False
    assert "Olga stopped sales" in text_of(owner.get("/team/lamp/today"))
    path, token = order.split("?token=")
    assert buyer.post(f"{path}/pay", {"token": token}).status_code == 303
    assert db.session.scalar(select(Order.state)) == "confirmed"
    assert owner.post("/team/lamp/today/resume", {}).status_code == 303
    assert visitor().get("/lamp/state.json").get_json()["selling"] is True
    assert "Sales go on." in text_of(visitor().get("/lamp/thread"))
    again = {"message": "x" * 251}
    assert owner.post("/team/lamp/today/message", again, seen="/team/lamp/today").status_code == 422


@pytest.mark.parametrize("checked", [True, False])
def test_of_two_at_once_one_wins_and_without_the_check_both_are_written(
    app, campaign, given, visitor, monkeypatch, checked
):
    if not checked:
        monkeypatch.setattr(versions, "check", lambda: None)
    people = [visitor(given.person(role="owner", name=name)) for name in ("Olga", "Mara")]
    moments = [at(campaign.milestone("recap").due + n * HOUR) for n in (1, 2)]
    forms = [
        every_hidden(send(one, f"{PAGE}/recap/move", {"due": due, "reason": f"Why {due}"}, f"{PAGE}/recap"))
        for one, due in zip(people, moments, strict=True)
    ]
    answers, gate = {}, threading.Barrier(2)

    def press(n: int) -> None:
        with app.app_context():
            gate.wait(30)
            answers[n] = people[n].post(f"{PAGE}/recap/move", forms[n] | {"confirmed": "1"})

    presses = [threading.Thread(target=press, args=(n,)) for n in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(20)
    written = db.session.scalar(select(func.count()).select_from(Audit).where(Audit.act == "milestone.move"))
    if not checked:
        assert written == 2, "the negative control: the second overwrites the first"
        return
    assert written == 1 and sorted(answer.status_code for answer in answers.values()) == [303, 422]
    loser = next(n for n in range(2) if answers[n].status_code == 422)
    told = text_of(answers[loser])
    assert ("Olga", "Mara")[1 - loser] in told and "moved" in told and f"Why {moments[loser]}" in told


def test_an_act_carries_on_in_the_version_it_was_shown_for(campaign, owner, given, watch):
    shown = send(owner, f"{PAGE}/recap/open", {"reason": "All sold"}, f"{PAGE}/recap")
    with writing():
        by_hand.move(db.session.get(Campaign, campaign.id), None, "recap", campaign.milestone("recap").due + HOUR, "x")
    late = owner.post(f"{PAGE}/recap/open", every_hidden(shown) | {"confirmed": "1", "typed": "Aurora Lamp"})
    text = text_of(late)
    assert late.status_code == 422 and "the command line moved" in text and 'value="Aurora Lamp"' in text
    assert owner.post(f"{PAGE}/recap/open", every_hidden(late) | {"confirmed": "1", "typed": "Aurora Lamp"}).status_code == 303
    assert fresh(campaign.id).phase == "recap"
