"""The team's roles in the browser: every route answers as the table says, and each key opens what it should."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Letter, Person, Staff
from launchpad.rules import access
from launchpad.services import letters, team
from launchpad.web import permit, viewers
from launchpad.web.load import use
from launchpad.web.team import audit as audit_page
from tests.make import NOON

STAGES = {
    "draft": -1, "preview": 1, "waitlist": 5, "head_start": 9.5, "launch": 11.2, "recap": 14, "archived": 31,
}  # fmt: skip  days after the preview opened


@pytest.fixture
def campaign(given):
    return given.campaign("lamp", name="Aurora Lamp")


def key(given, email, role, campaign=None, **more) -> Person:
    """Somebody with a confirmed address and a key."""
    row = given.person(email, confirmed_at=NOON, **more)
    with writing():
        team.add(email, role, db.session.get(Campaign, campaign.id) if campaign else None)
    return row


def text(answer) -> str:
    return answer.get_data(as_text=True)


def rows(model) -> list:
    db.session.rollback()
    return list(db.session.scalars(select(model).order_by(model.id)))


def acts() -> list[str]:
    return [row.act for row in rows(Audit)]


def team_routes(app):
    """Every view of the control room: its address filled in, its method, its action, whether it is a campaign's."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(("team.", "room.")):
            method = "POST" if "POST" in rule.methods else "GET"
            yield rule.endpoint, method, app.view_functions[rule.endpoint].action, rule.endpoint.startswith("room.")


def links(app, answer) -> set[str]:
    """The actions that a page's links into the control room lead to."""
    found = set(re.findall(r'href="(/team/[^"#?]*)"', text(answer)))
    to = app.url_map.bind("127.0.0.1")
    assert found
    return {app.view_functions[to.match(path)[0]].action for path in found}


@pytest.mark.parametrize("role", access.STAFF)
def test_every_route_of_the_control_room_answers_as_the_table_says(app, given, campaign, watch, role, monkeypatch):
    """Each guard, of each view, asked as each role at each stage: the views themselves stand still."""
    person = key(given, f"{role}@example.com", role, campaign if role == "host" else None).id
    routes = list(team_routes(app))
    assert len(routes) > 60
    monkeypatch.setattr(permit, "me", lambda: db.session.get(Person, person))
    for stage, days in STAGES.items():
        watch.set(NOON + timedelta(days=days))
        for of_campaign in (False, True):
            with app.test_request_context("/team/"):
                if of_campaign:
                    use("lamp")
                    assert access.stage(g.phase, g.head_start_open) == stage
                # a host's key fits one campaign: on the pages of the site it opens the list alone
                for endpoint, _method, action, is_room in routes:
                    if is_room is not of_campaign:
                        continue
                    held = role if of_campaign or role != "host" or action in access.ANYWHERE else "stranger"
                    column = stage if of_campaign else "draft"
                    assert permit.may(action) is (column in access.TABLE[action][held]), (endpoint, stage)


def test_a_guard_is_what_the_table_says_for_real(given, campaign, visitor, watch):
    """The same through whole requests, for one page of each kind."""
    watch.set(NOON + timedelta(days=9.5))
    wanted = {"editor": "200 403 200 403", "analyst": "403 403 200 403", "host": "200 403 403 403"}
    for role, codes in wanted.items():
        one = visitor(key(given, f"{role}@example.com", role, campaign))
        paths = ("today", "people", "audit", "numbers/orders.csv")
        assert " ".join(str(one.get(f"/team/lamp/{path}").status_code) for path in paths) == codes, role


def test_whoever_has_a_key_to_one_campaign_is_led_where_they_may_go_alone(app, given, campaign, visitor, watch):
    other = given.campaign("chair", name="Sill Chair")
    watch.set(NOON + timedelta(days=5))
    editor = visitor(key(given, "eva@example.com", "editor", campaign))
    page = text(editor.get("/team/"))
    assert "Aurora Lamp" in page and other.name not in page and "New campaign" not in page
    for site in ("/team/people", "/team/outbox", "/team/site", "/team/audit"):
        assert f'href="{site}"' not in page and editor.get(site).status_code == 403
    assert editor.get("/team/chair/").status_code == 403
    for action in links(app, editor.get("/team/lamp/")):
        assert action in access.ANYWHERE or access.may(action, {"editor"}, "waitlist"), action


def test_a_host_lands_on_the_page_of_the_day_and_only_on_it(app, given, campaign, visitor, watch):
    host = visitor(key(given, "hana@example.com", "host", campaign, name="Hana"))
    watch.set(NOON + timedelta(days=5))
    page = text(host.get("/team/"))
    assert "Aurora Lamp" in page and "Not yet: this opens once the head start begins." in page
    watch.set(NOON + timedelta(days=9.5))
    assert host.get("/team/").location == "/team/lamp/today"
    for action in links(app, host.get("/team/lamp/today")):
        assert action in access.ANYWHERE or access.may(action, {"host"}, "waitlist", head_start_open=True), action
    answer = host.post("/team/lamp/today/post", {"text": "Good evening", "kind": "post", "key": "k1"}, seen="/team/lamp/today")
    assert answer.status_code == 303
    assert ">Host</span>" in text(visitor().get("/lamp/thread"))
    assert host.post("/team/lamp/today/stop", seen="/team/lamp/today").status_code == 403
    watch.set(NOON + timedelta(days=11, hours=13))  # past the end of launch day
    assert host.get("/team/lamp/today").status_code == 403


def test_a_key_with_an_end_fits_until_then(given, campaign, visitor, watch):
    owner = visitor(given.person("owner@example.com", role="owner"))
    fields = {"email": "mia@example.com", "role": "moderator", "campaign": "lamp", "until": "2026-12-02T10:00"}
    assert owner.post("/team/people/staff", fields, seen="/team/people").status_code == 303
    assert "until Wed 2 Dec, 10:00" in text(owner.get("/team/people"))
    mia = visitor(db.session.scalar(select(Person).where(Person.email == "mia@example.com")))
    watch.set(NOON.replace(day=2, hour=9, minute=59))
    assert mia.get("/team/lamp/").status_code == 200
    watch.step(minutes=1)
    assert mia.get("/team/lamp/").status_code == 403 and mia.get("/team/").status_code == 403
    past, endless = {"until": "2026-12-01T10:00"}, {"role": "owner", "until": "2027-01-01T10:00"}
    for bad in ({"until": "soon"}, past, endless, {"campaign": "no"}):
        answer = owner.post("/team/people/staff", fields | {"email": "x@example.com"} | bad, seen="/team/people")
        assert answer.status_code == 422 and 'aria-invalid="true"' in text(answer), bad


def test_an_invitation_is_a_letter_and_a_link_once(given, campaign, visitor, watch):
    owner = visitor(given.person("owner@example.com", role="owner"))
    owner.post("/team/people/staff", {"email": "mia@example.com", "role": "host", "campaign": "lamp"}, seen="/team/people")
    assert [row.kind for row in rows(Letter)] == ["staff_invite"]
    assert "A letter with a link is on its way" in text(owner.get("/team/people"))
    id = rows(Staff)[-1].id
    owner.post(f"/team/people/staff/{id}/invite", seen="/team/people")
    assert "No letter goes out" in text(owner.get("/team/people")), "an unconfirmed address gets one in ten minutes"
    assert len(rows(Letter)) == 1 and acts() == ["staff.add", "staff.link"]


def test_an_owner_of_one_campaign_gives_keys_to_it_and_never_holds_anothers_link(given, campaign, visitor, watch):
    boss = given.person("owner@example.com", role="owner")
    small = visitor(key(given, "small@example.com", "owner", campaign))
    page = "/team/lamp/people"
    assert small.post(f"{page}/staff", {"email": "owner@example.com", "role": "moderator"}, seen=page).status_code == 422
    assert small.post(f"{page}/staff", {"email": "ann@example.com", "role": "analyst"}, seen=page).status_code == 303
    shown = text(small.get(page))
    assert "A letter with a link" in shown and "/sign-in/" not in shown
    everywhere = next(row.id for row in rows(Staff) if row.person_id == boss.id)
    for act in ("remove", "change", "sign_out", "invite"):
        assert small.post(f"{page}/staff/{everywhere}/{act}", {"role": "host"}, seen=page).status_code == 404
    assert small.get("/team/people").status_code == 403


def test_a_role_is_changed_and_taken_back_and_somebody_signed_out(given, campaign, visitor, watch):
    owner = visitor(given.person("owner@example.com", role="owner"))
    person = key(given, "mia@example.com", "moderator", campaign)
    mia, id = visitor(person), rows(Staff)[-1].id
    page = "/team/people"
    assert mia.get("/team/lamp/letters").status_code == 403
    assert owner.post(f"{page}/staff/{id}/change", {"role": "editor", "until": ""}, seen=page).status_code == 303
    assert mia.get("/team/lamp/letters").status_code == 200
    assert owner.post(f"{page}/staff/{id}/change", {"role": "king"}, seen=page).status_code == 422
    assert owner.post(f"{page}/staff/{id}/sign_out", seen=page).status_code == 303
    assert mia.get("/team/lamp/").location.startswith("/sign-in")
    mia = visitor(db.session.get(Person, person.id))
    assert mia.get("/team/lamp/").status_code == 200
    assert owner.post(f"{page}/staff/{id}/remove", seen=page).status_code == 303
    assert mia.get("/team/lamp/").status_code == 403
    assert acts()[-3:] == ["staff.change", "staff.sign_out", "staff.remove"]
    change = next(row for row in rows(Audit) if row.act == "staff.change")
    assert (change.before, change.after) == ({"role": "moderator"}, {"role": "editor"})


def test_somebody_of_the_team_reads_who_may_and_whom_to_ask(given, campaign, visitor, watch):
    given.person("owner@example.com", role="owner", name="Olga")
    page = text(visitor(key(given, "mia@example.com", "moderator", campaign)).get("/team/lamp/letters"))
    assert "This is for owners and editors. Ask Olga for a key to it." in page and 'href="/team/"' in page
    assert "Become a member" not in page
    assert "Olga" not in text(visitor(given.person(member=True)).get("/team/lamp/letters"))


def test_a_letter_that_signs_in_is_for_owners(given, campaign, visitor, watch):
    waits = given.place(campaign, given.person(), confirmed=False)
    with writing():
        letters.write("confirm", db.session.get(Person, waits.person_id), "place:1:1", db.session.get(Campaign, campaign.id))
    id = rows(Letter)[0].id
    assert visitor(key(given, "eva@example.com", "editor", campaign)).get(f"/team/lamp/letters/{id}").status_code == 403
    assert visitor(given.person(role="owner")).get(f"/team/lamp/letters/{id}").status_code == 200


def test_what_the_team_follows_ends_with_its_key(given, campaign, visitor, watch, monkeypatch):
    """A stream of the team is asked again every few seconds; here at once."""
    monkeypatch.setattr(viewers, "ASK", 0.05)
    watch.set(NOON + timedelta(days=9.5))
    mia = key(given, "mia@example.com", "moderator", campaign)
    id = mia.id
    answer = visitor(mia).client.get("/lamp/thread/stream", buffered=False)
    lines = iter(answer.response)
    assert b"live" in next(lines)
    assert b"still here" in next(lines)
    db.session.rollback()
    with writing():
        team.remove(db.session.scalar(select(Staff.id).where(Staff.person_id == id)))
    said = b"".join(next(lines, b"") for _ in range(3))
    answer.close()
    assert b"event: reset" in said and b"event: done" not in said


# --- the log


@pytest.fixture
def log(given, campaign, watch):
    """A few acts on different days, by different people."""
    ana, bea = given.person("ana@example.com", role="owner", name="Ana"), given.person("bea@example.com", name="=Bea")
    launch = campaign.milestone("launch").id
    with writing() as session:
        for day, person, act, about, reason in (
            (1, ana.id, "sales.stop", "campaign", "=1+1"),
            (2, bea.id, "milestone.move", f"milestone:{launch}", "Später, 100%"),
            (3, None, "sales.resume", "campaign", ""),
        ):
            at = NOON.replace(day=day, hour=23, minute=30)
            values = {"before": {"note": "größer"}, "after": {"note": "kleiner"}} if day == 2 else {}
            session.add(
                Audit(at=at, person_id=person, campaign_id=campaign.id, act=act, subject=about, reason=reason, **values)
            )
    return ana


FILTERS = {
    "": "sales.resume milestone.move sales.stop",
    "act=sales.stop": "sales.stop",
    "person=0": "sales.resume",
    "q=100%25": "milestone.move",
    "q=größer": "milestone.move",
    "q=moved a mom": "milestone.move",
    "q=10_%25": "",
    "subject=campaign": "sales.resume sales.stop",
    "from=2026-12-02": "sales.resume milestone.move",
    "from=2026-12-01&to=2026-12-02": "milestone.move sales.stop",
    "to=2026-12-01": "sales.stop",
}


def test_the_log_is_filtered_and_the_file_holds_exactly_that(log, campaign, visitor, given):
    owner = visitor(log)
    before = len(rows(Audit))
    for query, found in FILTERS.items():
        page = text(owner.get(f"/team/lamp/audit?{query}"))
        assert len(re.findall(r'<li id="act-', page)) == len(found.split()), query
        sheet = text(owner.get(f"/team/lamp/audit.csv?{query}"))
        lines = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"))))
        assert " ".join(line["act"] for line in lines) == found, query
    assert len(rows(Audit)) == before, "reading leaves no row"
    lines = list(csv.DictReader(io.StringIO(text(owner.get("/team/audit.csv?campaign=lamp")).lstrip("\ufeff"))))
    assert lines[2]["why"] == "'=1+1" and lines[1]["who"] == "'=Bea"
    assert lines[0]["at"].endswith("Z") and lines[0]["at_local"] == "2026-12-03 23:30:00" and lines[0]["zone"]


def test_a_day_that_is_none_is_said_so(log, campaign, visitor):
    owner = visitor(log)
    for query in ("from=yesterday", "to=2026-02-31", "from=2026-12-03&to=2026-12-01", "from=0001-01-01", "to=9999-12-31"):
        answer = owner.get(f"/team/lamp/audit?{query}")
        assert answer.status_code in (200, 422)
        assert answer.status_code == 200 or 'aria-invalid="true"' in text(answer), query
    assert owner.get("/team/lamp/audit.csv?from=x").status_code == 422


def test_the_file_is_written_part_by_part(log, campaign, visitor, monkeypatch):
    monkeypatch.setattr(audit_page, "AT_ONCE", 2)
    sheet = text(visitor(log).get("/team/lamp/audit.csv"))
    assert [line["act"] for line in csv.DictReader(io.StringIO(sheet.lstrip("\ufeff")))] == FILTERS[""].split()


def test_the_permissions_are_printed_whole_and_by_role(log, visitor):
    owner = visitor(log)
    page = text(owner.get("/team/permissions"))
    for action in access.ACTIONS:
        assert action in page
    page = text(owner.get("/team/permissions?role=host"))
    cells = re.search(r"thread\.moderate</span></th>(.*?)</tr>", page)[1]
    assert re.findall(r"(\w[\w ]*): yes", cells) == ["head start", "launch"] and "staff.edit" not in page
    assert owner.get("/team/permissions?role=king").status_code == 200
