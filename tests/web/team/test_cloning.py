"""Cloning and comparing campaigns in the control room, as a person without script does it."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Staff
from launchpad.services import campaigns, plans
from tests.services.test_plans import FILE, load

WISH = {"of": "aurora-lamp", "name": "Aurora Two", "slug": "aurora-two", "anchor": "launch", "to": "2027-04-02T18:00"}
PATH = "/team/new/clone"


@pytest.fixture
def owner(given, visitor, watch):
    watch.step(days=-1)
    load()
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def hidden(page) -> dict[str, str]:
    text = unescape(page.get_data(as_text=True))
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
    found.pop("csrf_token")
    return found


def test_every_moment_is_shown_before_the_clone_is_made(owner):
    assert owner.get("/team/aurora-lamp/edit").get_data(as_text=True).count(PATH) == 1
    assert 'value="aurora-lamp" selected' in owner.get(f"{PATH}?of=aurora-lamp").get_data(as_text=True)
    shown = owner.post(PATH, WISH)
    text = unescape(shown.get_data(as_text=True))
    for said in ("Sat 12 Dec 2026, 18:00", "Fri 2 Apr 2027, 18:00", "Mon 22 Mar 2027, 09:00", "48 whole hours before", "Unboxing"):
        assert said in text, said
    assert shown.status_code == 200 and campaigns.by_slug("aurora-two") is None
    made = owner.post(PATH, hidden(shown) | {"confirmed": "1"})
    assert (made.status_code, made.location) == (303, "/team/aurora-two/")
    assert campaigns.by_slug("aurora-two").phase == "draft" and owner.get("/aurora-two/state.json").status_code == 200
    row = db.session.scalar(select(Audit).where(Audit.act == "campaign.clone"))
    assert row.person_id and row.after["of"] == "aurora-lamp"


def test_a_campaign_changed_meanwhile_is_shown_again_first(owner):
    sent = hidden(owner.post(PATH, WISH)) | {"confirmed": "1"}
    load(name="Aurora Prime")
    again = owner.post(PATH, sent)
    assert again.status_code == 422 and "was changed since" in again.get_data(as_text=True)
    assert owner.post(PATH, hidden(again) | {"confirmed": "1"}).status_code == 303


@pytest.mark.parametrize(
    "change, said",
    [
        ({"to": "2026-12-03T18:00"}, "in the past"),
        ({"to": "soon"}, "Choose a date"),
        ({"to": "2027-03-28T01:30"}, "the clocks skip it"),
        ({"to": "9999-12-31T18:00"}, "years"),
        ({"slug": "aurora-lamp"}, "already"),
        ({"slug": "Bad Slug"}, "small letters"),
        ({"slug": "team"}, "address of the site"),
        ({"name": ""}, "what it is called"),
        ({"name": "x" * 200}, "at most 120"),
        ({"of": "nowhere"}, "Choose a campaign"),
        ({"anchor": "archive"}, "which moment"),
        ({"anchor": "preview", "to": "2026-11-01T09:00"}, "in the past"),
    ],
)
def test_what_cannot_be_is_said_at_the_form_and_nothing_is_made(owner, change, said):
    answer = owner.post(PATH, WISH | change | {"confirmed": "1", "version": "1"})
    assert answer.status_code == 422 and said in unescape(answer.get_data(as_text=True))
    assert db.session.scalar(select(func.count()).select_from(Campaign)) == 1


def test_who_has_a_key_to_one_campaign_alone_makes_no_others(given, visitor, owner):
    row = campaigns.by_slug("aurora-lamp")
    person = given.person(member=True)
    with writing() as session:
        session.add(Staff(person_id=person.id, role="owner", campaign_id=row.id))
    one = visitor(person)
    assert one.get(PATH).status_code == 403 and one.post(PATH, WISH, seen="/team/").status_code == 403
    assert PATH not in one.get("/team/aurora-lamp/edit").get_data(as_text=True)
    assert one.get("/team/aurora-lamp/compare").status_code == 200


def test_a_campaign_beside_another_and_beside_a_file(owner, given, visitor):
    load(FILE.replace("aurora-lamp", "aurora-two").replace("Sand", "Ash").replace("18:00:00\nrecap", "19:00:00\nrecap"))
    text = unescape(owner.get("/team/aurora-lamp/compare?other=aurora-two").get_data(as_text=True))
    assert "Sand, Forest" in text and "Ash, Forest" in text and "19:00 WET" in text and "campaign.slug" not in text
    assert owner.get("/team/aurora-lamp/compare?other=nowhere").status_code == 404
    file = {"file": (io.BytesIO(FILE.encode()), "a.toml")}
    same = owner.post("/team/aurora-lamp/compare", file, seen="/team/aurora-lamp/compare")
    assert "Nothing is different." in same.get_data(as_text=True)
    other = owner.post("/team/aurora-lamp/compare", {"text": FILE.replace("Which colour?", "Which one?")})
    text = unescape(other.get_data(as_text=True))
    assert "Which one?" in text and "Make the campaign like the file" in text
    assert plans.plan_of(campaigns.by_slug("aurora-lamp")).polls[0].question == "Which colour?"
    for bad in ("", "[x", FILE.replace("12900", "-1")):
        assert owner.post("/team/aurora-lamp/compare", {"text": bad}).status_code == 422
