"""Seeing ahead: each page as somebody else at another moment, and nothing whatever is changed by looking."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from launchpad.database import db, reading_only, writing
from launchpad.models import Campaign, Milestone
from launchpad.services import thread
from tests.make import NOON


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """A campaign on the second day of its preview."""
    tiers = {"founder": "Founding Member"}
    campaign = given.campaign("lamp", preview=NOON - timedelta(days=1), name="Aurora Lamp", story="Light.", tiers=tiers)
    given.poll(campaign)
    member = given.person(member=True)
    given.place(campaign, member, at=NOON - timedelta(minutes=5))
    given.order(campaign, member, at=NOON)
    with writing():
        thread.report(db.session.merge(campaign), "first_sale", "The first one.")
    return campaign


@pytest.fixture
def team(campaign, given, visitor):
    return visitor(given.person(role="moderator"))


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True)))


def ahead(team, when: str) -> dict:
    """What the campaign says of itself to a stranger then."""
    return team.get(f"/team/lamp/as/stranger/at/{when}/state.json").json


def whole() -> dict:
    """Every table's number of rows, and what each campaign's row says: what looking must leave alone."""
    db.session.remove()
    counts = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in db.metadata.sorted_tables}
    rows = {t: db.session.execute(text(f"SELECT * FROM {t} ORDER BY id")).all() for t in ("campaigns", "milestones", "people")}
    return {**counts, "rows": rows}


SEEN = [
    ("stranger", "now", "", "Preview for members"),
    ("member", "now", "", "Preview, for you as a member"),
    ("stranger", "waitlist", "", "Join the waitlist"),
    ("place-member", "before-head_start_member", "", "you are in"),
    ("place-member", "before-head_start_member", "buy", "not open yet"),
    ("place-founder", "before-head_start_member", "buy", "Oak"),
    ("place-member", "head_start_member", "", "Doors are open for you"),
    ("stranger", "before-launch", "buy", "everyone"),
    ("stranger", "launch", "", "Launch day"),
    ("buyer", "launch", "thread", "Post"),
    ("stranger", "recap", "recap", "What is next"),
    ("place-founder", "waitlist", "place", "Founding Member"),
]  # fmt: skip


def test_each_page_is_seen_as_that_person_at_that_moment(campaign, team):
    for who, when, path, said in SEEN:
        answer = team.get(f"/team/lamp/as/{who}/at/{when}/{path}")
        assert answer.status_code == 200, (who, when, path, answer.status_code)
        assert said.lower() in words(answer).lower(), (who, when, path)
    assert "not open yet" not in words(team.get("/team/lamp/as/place-founder/at/before-head_start_member/buy"))


def test_the_gate_turns_at_the_opening_and_not_a_second_before(campaign, team):
    at = campaign.milestone("launch").due
    before, after = (ahead(team, moment.isoformat()) for moment in (at - timedelta(seconds=1), at))
    assert (before["phase"], before["selling"], after["phase"], after["selling"]) == ("waitlist", False, "launch", True)
    later = at + timedelta(minutes=90)
    local = later.astimezone(campaign.zone).strftime("%Y-%m-%dT%H:%M")
    assert ahead(team, local)["now"] == later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_go_that_is_waited_for_a_hold_and_a_pause_are_left_out(campaign, team):
    with writing() as session:
        launch = session.scalar(select(Milestone).filter_by(name="launch"))
        launch.waits = True
        row = session.get(Campaign, campaign.id)
        row.held_at, row.joins_paused_at, row.joins_message = NOON, NOON, "Back at four."
    assert "Back at four." not in words(team.get("/team/lamp/as/stranger/at/waitlist/"))
    assert ahead(team, "launch")["phase"] == "launch"
    assert "stands still" not in words(team.get("/team/lamp/as/stranger/at/launch/"))


def test_looking_and_sending_every_form_changes_nothing(campaign, team, app):
    """Every link of every page is followed as everybody at every turn, and every form is sent."""
    before, visits = whole(), app.extensions["redis"].keys("visits:*")
    met, sent = set(), 0
    for who, when in (("stranger", "waitlist"), ("member", "now"), ("place-founder", "head_start_founder"), ("buyer", "launch")):
        prefix = f"/team/lamp/as/{who}/at/{when}/"
        waiting = [prefix, f"{prefix}place", f"{prefix}recap"]
        while waiting and len(met) < 200:
            path = waiting.pop()
            if path in met:
                continue
            met.add(path)
            answer = team.get(path)
            assert answer.status_code in (200, 303, 403, 404), path
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
            html = answer.get_data(as_text=True)
            if answer.status_code != 303 and answer.mimetype == "text/html":
                assert "preview-bar" in html and "hx-" not in html and "data-campaign" not in html
            for kind, way in re.findall(r'<(a|form)\b[^>]*?(?:href|action)="(/[^"]*)"', html):
                if way.startswith("/team/lamp/preview") or "leads out of the preview" in html:
                    continue  # the bar's own; and the one page that says where it leads
                assert way.startswith(prefix), f"{way} on {path} leads out"
                if kind == "form":
                    said = team.client.post(way, data={"email": "x@example.com", "sku": "OAK", "quantity": "1", "text": "x"})
                    assert said.status_code == 200 and "nothing is sent" in words(said)
                    sent += 1
                else:
                    waiting.append(way.split("#")[0].replace("&amp;", "&"))
    assert len(met) > 20 and sent > 8, (len(met), sent)
    assert whole() == before
    assert app.extensions["redis"].keys("visits:*") == visits, "a look of the team's is no visit"


def test_the_database_itself_refuses_to_write_meanwhile_and_not_after(campaign):
    db.session.remove()
    with reading_only():
        with pytest.raises(Exception, match="(?i)read.?only|readonly"):
            db.session.execute(text("UPDATE campaigns SET seq = seq + 1"))
        db.session.remove()
        with pytest.raises(RuntimeError), writing():
            pass
    with writing() as session:
        session.execute(text("UPDATE campaigns SET tagline = 'Written'"))
    db.session.remove()
    assert db.session.scalar(select(Campaign.tagline)) == "Written"


def test_only_the_team_may_look_and_nothing_of_it_reaches_anybody_else(campaign, given, visitor, team):
    path = "/team/lamp/as/stranger/at/launch/"
    assert visitor().get(path).status_code == 303
    member = visitor(given.person(member=True))
    assert (member.get(path).status_code, member.get("/team/lamp/preview").status_code) == (403, 403)
    assert member.client.post(path).status_code == 403
    assert "Launch day" in words(team.get(path))
    assert "Preview for members" in words(visitor().get("/lamp/")), "the page itself is where it was"
    assert visitor().get("/lamp/state.json").json["phase"] == "preview"


def test_pickers_lead_to_the_address_they_mean_and_say_what_they_cannot_read(campaign, team):
    go = "/team/lamp/preview/go?who=buyer&inside=thread&when=launch"
    assert team.get(go).headers["Location"].endswith("/team/lamp/as/buyer/at/launch/thread")
    assert team.get(f"{go}&at=2026-12-12T18:00").headers["Location"].endswith("/as/buyer/at/2026-12-12T18:00/thread")
    for wrong in ("&at=tomorrow", "&at=0001-01-01T00:00", "&at=99999-01-01T00:00"):
        answer = team.get(go + wrong)
        assert answer.status_code == 422 and "no moment" in words(answer)
    assert team.get("/team/lamp/preview?who=nobody&when=%00&page=..").status_code == 200
    for odd in ("as/nobody/at/now/", "as/stranger/at/never/", "as/stranger/at/9999-12-31T23:59/"):
        assert team.get(f"/team/lamp/{odd}").status_code == 404
    for out in ("leaving?to=https://evil.example.com/", "thread/stream", "../../../me", "sign-in/x", "%00", "leaving?to=//x"):
        answer = team.get(f"/team/lamp/as/stranger/at/launch/{out}")
        assert answer.status_code in (200, 303, 404), out
        assert "evil" not in answer.get_data(as_text=True)
