"""The rehearsal's page: chosen, played, seen live, told, kept, deleted; and what happened to whom."""

from datetime import timedelta

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import campaigns, kept_reports, mishaps, rehearsals, reports
from tests.make import NOON


@pytest.fixture
def owner(given, visitor, watch):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def text(answer) -> str:
    return answer.get_data(as_text=True)


def chosen(slug: str) -> list[str]:
    db.session.rollback()
    return [row.name for row in mishaps.of(campaigns.by_slug(slug).id)]


def test_mishaps_are_ticked_before_it_is_played_and_a_refused_form_keeps_the_ticks(owner, given):
    given.campaign("lamp", preview=NOON + timedelta(minutes=30), name="Aurora Lamp")
    page = "/team/lamp/rehearsal"
    wish = {"speed": "500", "crowd": "3", "choosing": "1", "mishap": ["worker", "rush"]}
    refused = owner.post(page + "/copy", wish, seen=page)
    assert refused.status_code == 422 and "within the hour" in text(refused) and campaigns.by_slug("lamp-rehearsal") is None
    ticked = [name for name in ("worker", "mail", "rush") if f'value="{name}" checked' in text(refused)]
    assert ticked == ["worker", "rush"]
    for nonsense in (["earthquake"], ["\x00"], ["x" * 3000], ["rush"] * 50 + ["no"]):
        answer = owner.post(page + "/copy", wish | {"mishap": nonsense}, seen=page)
        assert answer.status_code in (303, 422)
        if answer.status_code == 303:  # cut to what a form can hold
            with writing():
                rehearsals.wipe(campaigns.by_slug("lamp-rehearsal"))
    assert owner.post(page + "/copy", wish | {"mishap": ["rush", "mail"]}, seen=page).status_code == 303
    assert chosen("lamp-rehearsal") == ["mail", "rush"]
    page = "/team/lamp-rehearsal/rehearsal"
    assert "Goes wrong in this one: mail server down, rush of 500" in text(owner.get(page))
    assert owner.post(page + "/play", {"speed": "0"}, seen=page).status_code == 422
    assert owner.post(page + "/play", {"speed": "900"}, seen=page).status_code == 303
    assert campaigns.by_slug("lamp-rehearsal").rehearsal.speed == 900 and chosen("lamp-rehearsal") == ["mail", "rush"]


def test_the_page_shows_itself_live_and_as_a_whole_without_script(owner, given, visitor):
    given.campaign("play", rehearsal=True)
    page = "/team/play/rehearsal"
    owner.post(page + "/play", {"speed": "900", "crowd": "0"}, seen=page)
    whole = text(owner.get(page + "/live"))
    assert "<h1>Rehearsal</h1>" in whole and 'data-state="running"' in whole and 'hx-trigger="every' in whole
    part = owner.get(page + "/live", headers={"HX-Request": "true"})
    assert text(part).lstrip().startswith("<section") and "<h1>" not in text(part) and "HX-Redirect" not in part.headers
    with writing():
        reports.write(campaigns.by_slug("play").id)
    part = owner.get(page + "/live", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == page and "hx-trigger" not in text(part)
    given.campaign("real")
    assert owner.get("/team/real/rehearsal/live").status_code == 404
    assert owner.get("/team/real/rehearsal/people").status_code == 404
    moderator = visitor(given.person(role="moderator"))
    for path in ("/live", "/people", "/people/1", "/reports/1"):
        assert moderator.get(page + path).status_code == 403


def test_the_last_two_reports_stand_side_by_side_and_one_is_deleted(owner, given):
    real = given.campaign("lamp", name="Aurora Lamp")
    other = given.campaign("desk")
    for crowd in (3, 5):
        with writing():
            copy = rehearsals.copy(db.session.get(Campaign, real.id), 500, crowd).id
        with writing():
            db.session.get(Campaign, copy).rehearsal.tally = {"refusals": {"sold_out": crowd}}
        with writing():
            reports.write(copy)
    page = "/team/lamp/rehearsal"
    said = text(owner.get(page))
    assert "Both played the same plan" in said and "A crowd of 3, then 5" in said and "2 more" in said
    newest, oldest = (one.id for one in kept_reports.of(db.session.get(Campaign, real.id)))
    assert "Beside the one before" in text(owner.get(f"{page}/reports/{newest}"))
    assert "Beside the one before" not in text(owner.get(f"{page}/reports/{oldest}"))
    assert owner.get(f"/team/desk/rehearsal/reports/{newest}").status_code == 404 and other
    assert owner.post(f"/team/desk/rehearsal/reports/{newest}/drop", seen=page).status_code == 404
    for _ in range(2):
        assert owner.post(f"{page}/reports/{newest}/drop", seen=page).status_code == 303
    assert [one.id for one in kept_reports.of(db.session.get(Campaign, real.id))] == [oldest]
    assert owner.get(f"{page}/reports/{newest}").status_code == 404


def test_whoever_is_simulated_has_a_story(owner, given):
    played = given.campaign("play", rehearsal=True)
    ada = given.person("crowd-1-5@example.com", name="Ada Almeida", played_in=played.id, tier="founder")
    given.place(played, ada)
    given.order(played, ada)
    page = "/team/play/rehearsal/people"
    said = text(owner.get(page))
    assert "Ada Almeida" in said and f"{page}/{ada.id}" in said
    assert "Ada Almeida" not in text(owner.get(page + "?who=unconfirmed"))
    assert "Ada Almeida" in text(owner.get(page + "?tier=founder"))
    story = text(owner.get(f"{page}/{ada.id}"))
    assert "Asked for a place" in story and "Bought 1 × Oak" in story
    assert owner.get(f"{page}/{given.person().id}").status_code == 404
    for nonsense in ("?tier=%00", "?who=" + "x" * 500, "?before=-1", "?before=99999999999"):
        assert owner.get(page + nonsense).status_code == 200
