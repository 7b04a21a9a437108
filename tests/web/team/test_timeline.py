"""The timeline: everything in one picture, and what moving a moment would do, without doing it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, LiveEvent, Milestone, Person
from launchpad.services import by_hand
from tests.make import NOON


@pytest.fixture
def campaign(given) -> Campaign:
    row = given.campaign("lamp", preview=NOON - timedelta(days=1), name="Aurora Lamp")
    launch = row.milestone("launch").due
    with writing() as session:
        session.add(LiveEvent(campaign_id=row.id, title="Unboxing & tea", at=launch + timedelta(hours=1)))
        session.add(Milestone(campaign_id=row.id, name="poll_1_closes", due=NOON + timedelta(hours=20)))
    return row


@pytest.fixture
def owner(given, visitor):
    return visitor(given.person("owner@example.com", role="owner"))


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_every_moment_event_and_letter_is_in_the_picture_and_in_the_table(campaign, owner, given, watch):
    actor = given.person(role="owner")
    with writing() as session:
        by_hand.hold(session.get(Campaign, campaign.id), session.get(Person, actor.id), "", "The courier is late")
    watch.step(hours=2)
    with writing() as session:
        by_hand.release(session.get(Campaign, campaign.id), session.get(Person, actor.id), False, "It came")
    page = text(owner.get("/team/lamp/timetable"))
    across, rest = page.split('class="spine-down"')
    table = rest.split("<table>")[1]
    for mark in [f"milestone-{m.id}" for m in campaign.milestones] + ["event-1", f"letters-{campaign.milestone('launch').id}"]:
        assert f'data-mark="{mark}"' in across and f'data-mark="{mark}"' in rest and f'id="row-{mark}"' in table
    assert "Unboxing &amp; tea" in across and "On hold" in table and "The courier is late" in table
    assert 'class="held"' in across and "data-now-line" in across
    assert across.count('data-follows="launch"') == 3, "both head starts, and the launch's own letters"


@pytest.mark.parametrize("place", ["", "timetable"])
def test_its_script_runs_once_a_page(campaign, owner, watch, place):
    assert text(owner.get(f"/team/lamp/{place}")).split("</main>")[1].count("/timeline.js") == 1


@pytest.mark.parametrize("view, has, hasnot", [("days", "Recap", "Preview"), ("now", "Poll 1 closes", "Recap")])
def test_a_view_shows_a_part(campaign, owner, watch, view, has, hasnot):
    picture = text(owner.get(f"/team/lamp/timetable?view={view}")).split('class="spine-down"')[0]
    assert f'class="name" x="-1" y="33">{has}' in picture and f'">{hasnot}</text>' not in picture.split("bone")[1]


def test_a_second_zone_for_whoever_has_no_script(campaign, owner, watch):
    page = text(owner.get("/team/lamp/timetable?zone=Asia/Tokyo"))
    assert "Fri 11 Dec, 21:00" in page and "Asia/Tokyo" in page
    assert "There is no zone called Mars/Base" in text(owner.get("/team/lamp/timetable?zone=Mars/Base&view=nonsense"))


def test_the_effect_of_a_move_is_shown_and_nothing_is_moved(campaign, owner, watch):
    id, before = campaign.id, [m.due for m in campaign.milestones]
    due = (campaign.milestone("launch").due + timedelta(hours=3)).isoformat()
    answer = owner.get("/team/lamp/timeline/launch", query_string={"due": due})
    page = text(answer)
    assert page.count("3 h later") == 3, "the launch and both head starts"
    assert 'name="confirmed"' in page and due in page.replace("&#43;", "+")
    db.session.remove()
    assert [m.due for m in db.session.get_one(Campaign, id).milestones] == before
    assert db.session.scalar(select(func.count()).select_from(Audit)) == 0
    fields = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "seen")}
    owner.post("/team/lamp/timetable/launch/move", {**fields, "due": due, "reason": "The courier", "confirmed": "1"})
    db.session.remove()
    assert db.session.get_one(Campaign, id).milestone("launch").due.isoformat() == due


@pytest.mark.parametrize("due", ["", "soon", "0001-01-01T00:00+14:00", "9999-12-31T23:59", "2026-11-01T00:00", "2026-12-03T12:00"])
def test_where_it_cannot_go_the_answer_says_why(campaign, owner, watch, due):
    answer = owner.get("/team/lamp/timeline/launch", query_string={"due": due})
    assert answer.status_code == 422 and "stays where it is" in answer.get_data(as_text=True)
    assert owner.get("/team/lamp/timeline/preview", query_string={"due": "2026-12-20T12:00"}).status_code == 422
    assert owner.get("/team/lamp/timeline/nothing", query_string={"due": due}).status_code == 404


def test_who_may_not_move_sees_the_picture_and_is_told(campaign, given, visitor, watch):
    moderator = visitor(given.person(role="moderator"))
    page = text(moderator.get("/team/lamp/timetable"))
    assert "data-effect=" not in page and "Only some of the team may move it." in page
    assert moderator.get("/team/lamp/timeline/launch?due=2026-12-20T12:00").status_code == 403
