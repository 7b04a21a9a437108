"""Making and changing a campaign by form and by file: one validation, one transaction, the picture with it."""

import io
import re
import tomllib
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Person, Variant
from launchpad.rules import campaign_file
from launchpad.services import by_hand, pictures, plans
from tests import pictures as made

FILE = """
[campaign]
slug = "aurora-lamp"
name = "Aurora Lamp"
timezone = "Europe/Lisbon"
currency = "EUR"
story = "A lamp."

[schedule]
preview = 2026-12-05T09:00:00
waitlist = 2026-12-06T09:00:00
launch = 2026-12-12T18:00:00

[[variants]]
sku = "OAK"
name = "Oak"
price = 12900
stock = 300

[[polls]]
question = "Which colour?"
options = ["Sand", "Forest"]
closes = 2026-12-11T09:00:00
"""
FORM = {
    "campaign.slug": "moon-lamp",
    "campaign.name": "Moon Lamp",
    "campaign.timezone": "Europe/Lisbon",
    "campaign.currency": "EUR",
    "campaign.hue": "260",
    "campaign.story": "Line one.\r\n\r\nLine two.",
    "campaign.membership": "open",
    "waitlist.access": "all",
    "waitlist.rule": "first_come",
    "limits.per_person": "3",
    "limits.per_order": "2",
    "schedule.preview": "2026-12-05T09:00",
    "schedule.waitlist": "2026-12-06T09:00",
    "schedule.launch": "2026-12-12T18:00",
    "schedule.recap": "",
    "schedule.archive": "",
    "tiers[0].tier": "member",
    "tiers[0].hours": "24",
    "tiers[1].tier": "founder",
    "tiers[1].name": "Founding Member",
    "tiers[1].hours": "48",
    "variants[0].sku": "OAK",
    "variants[0].name": "Oak",
    "variants[0].price": "129.00",
    "variants[0].stock": "300",
    "variants[0].head_start_stock": "founder = 60, member = 60",
    "variants[0].prices": "founder = 119",
    "referrals.rewards[0].at": "10",
    "referrals.rewards[0].gives": "A tote bag",
    "referrals.rewards[2].at": "3",
    "referrals.rewards[2].gives": "Founding Member",
    "referrals.rewards[2].tier": "founder",
    "referrals.rewards[2].points": "5",
    "referrals.terms": "Friends count\r\nonce.",
    "referrals.leaderboard": "yes",
}


@pytest.fixture
def owner(given, visitor, watch):
    return visitor(given.person("owner@example.com", role="owner", name="Olga"))


def campaign(slug: str = "aurora-lamp") -> Campaign | None:
    db.session.remove()
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug))


def shown(page) -> dict[str, str]:
    """The fields of the page's form, as a browser without script would send them back."""
    text = page.get_data(as_text=True)
    text = text[text.index('enctype="multipart/form-data"') :]
    fields = {}
    for tag in re.findall(r"<input[^>]+>", text):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") not in ("file", "checkbox") and "name" in found:
            fields[found["name"]] = unescape(found.get("value", ""))
    for name, value in re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>(.*?)</textarea>', text, re.S):
        fields[name] = unescape(value)
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1]
    return fields


def load(owner) -> None:
    assert owner.post("/team/new/file", {"text": FILE}, seen="/team/new/file").status_code == 303


def test_a_form_makes_the_campaign_that_a_file_would_make(owner):
    answer = owner.post("/team/new", FORM, seen="/team/new")
    assert (answer.status_code, answer.location) == (303, "/team/moon-lamp/")
    plan = plans.plan_of(campaign("moon-lamp"))
    assert (plan.name, plan.hue, plan.per_person, plan.per_order, plan.story) == ("Moon Lamp", 260, 3, 2, "Line one.\n\nLine two.")
    assert plan.head_start == {"member": 24, "founder": 48} and plan.tiers == {"founder": "Founding Member"}
    (variant,) = plan.variants
    assert (variant.price, variant.stock, variant.head_start_stock) == (12900, 300, 120)
    assert (variant.head_start_by_tier, variant.prices) == ({"founder": 60, "member": 60}, {"founder": 11900})
    founding = {"at": 3, "gives": "Founding Member", "points": 5, "tier": "founder"}
    assert plan.referrals == {
        "rewards": [founding, {"at": 10, "gives": "A tote bag"}], "terms": "Friends count once.", "leaderboard": True,
    }  # fmt: skip
    again = shown(owner.get("/team/moon-lamp/edit"))
    assert again["referrals.rewards[0].tier"] == "founder" and again["referrals.rewards[2].at"] == ""
    assert plan.due("recap") - plan.due("launch") == timedelta(hours=48)
    row = db.session.scalar(select(Audit))
    assert (row.act, row.person_id) == ("campaign.create", db.session.scalar(select(Person.id)))
    assert owner.get("/team/moon-lamp/").status_code == 200


@pytest.mark.parametrize(
    "change, field, said",
    [
        ({"campaign.slug": "team"}, "campaign.slug", ""),
        ({"campaign.slug": "Bad Slug"}, "campaign.slug", ""),
        ({"campaign.name": ""}, "campaign.name", "Please fill this in"),
        ({"campaign.timezone": "Mars/Phobos"}, "campaign.timezone", "time zone"),
        ({"campaign.currency": "XXZ"}, "campaign.currency", "no currency"),
        ({"campaign.currency": "€"}, "campaign.currency", "three capital"),
        ({"campaign.hue": "361"}, "campaign.hue", "0 to 360"),
        ({"campaign.hue": "nan"}, "campaign.hue", "number"),
        ({"campaign.hue": "9" * 500}, "campaign.hue", "number"),
        ({"schedule.launch": "2026-12-05T10:00"}, "schedule.launch", "after waitlist"),
        ({"schedule.launch": "soon"}, "schedule.launch", "date and time"),
        ({"schedule.launch": ""}, "schedule.launch", "Please fill this in"),
        ({"tiers[1].hours": "12"}, "tiers[1].hours", "24 to 48"),
        ({"tiers[1].tier": "Fou nder"}, "tiers[1].hours", "small letters"),
        ({"tiers[2].tier": "member"}, "tiers[2].tier", "twice"),
        ({"tiers[2].name": "Nobody"}, "tiers[2].tier", "Please fill this in"),
        ({"variants[0].price": "twelve"}, "variants[0].price", "129.00"),
        ({"variants[0].price": "1.999"}, "variants[0].price", "129.00"),
        ({"variants[0].price": "1e400"}, "variants[0].price", "129.00"),
        ({"variants[0].price": "Infinity"}, "variants[0].price", "129.00"),
        ({"variants[0].stock": "-1"}, "variants[0].stock", "whole number"),
        ({"variants[0].stock": "1.5"}, "variants[0].stock", "whole number"),
        ({"variants[0].stock": "99999999999999999999"}, "variants[0].stock", "whole number"),
        ({"variants[0].head_start_stock": "founder = 400"}, "variants[0].head_start_stock", "at most the stock"),
        ({"variants[0].head_start_stock": "nobody = 4"}, "variants[0].head_start_stock", "no tier"),
        ({"variants[0].head_start_stock": "=,="}, "variants[0].head_start_stock", "must read"),
        ({"variants[0].prices": "119"}, "variants[0].prices", "must read"),
        (
            {"variants[4].sku": "OAK", "variants[4].name": "O", "variants[4].price": "1", "variants[4].stock": "1"},
            "variants[4].sku",
            "twice",
        ),
        ({"referrals.rewards[2].at": "0"}, "referrals.rewards[2].at", "from 1"),
        ({"referrals.rewards[2].at": "10"}, "referrals.rewards[2].at", "twice"),
        ({"referrals.rewards[2].gives": ""}, "referrals.rewards[2].gives", "fill this in"),
        ({"referrals.rewards[2].tier": "nobody"}, "referrals.rewards[2].tier", "no tier"),
        ({"referrals.rewards[2].points": "many"}, "referrals.rewards[2].points", "number"),
        ({"referrals.terms": "x" * 2001}, "referrals.terms", "2000"),
        ({"links.terms": "javascript:alert(1)"}, "links.terms", "https"),
        ({"delivery.date": "later"}, "delivery.date", "date"),
        ({"limits.per_person": "0"}, "limits.per_person", "1 to 1000"),
        ({"limits.per_order": "4"}, "limits.per_order", "more than limits.per_person"),
        ({"target.behaviour.goal": "5"}, "target.behaviour", ""),
    ],
)
def test_a_fault_is_shown_at_its_field_and_nothing_is_made(owner, change, field, said):
    answer = owner.post("/team/new", FORM | change, seen="/team/new")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Nothing was changed" in text
    if field in FORM or field.startswith("variants[4]"):
        at = re.search(rf'id="{re.escape(field)}-error"[^>]*>(.*?)</span>', text, re.S)
        assert at and said.casefold() in at[1].casefold()
    assert "Line two." in text, "what was typed stays"
    assert campaign("moon-lamp") is None and db.session.scalar(select(Audit)) is None


def test_a_name_that_is_taken_is_refused(owner):
    load(owner)
    answer = owner.post("/team/new", FORM | {"campaign.slug": "aurora-lamp"}, seen="/team/new")
    assert answer.status_code == 422 and "another campaign" in answer.get_data(as_text=True)
    assert owner.post("/team/new/file", {"text": FILE}, seen="/team/new/file").status_code == 422
    assert len(db.session.scalars(select(Campaign)).all()) == 1


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "campaign"),
        ("[campaign", "is not TOML"),
        (FILE.replace("price = 12900", "prise = 12900"), "variants[0].prise"),
        (FILE.replace("12900", "-1"), "variants[0].price"),
        ("x" * 900_000, "is not TOML"),
        ("a=" + "[" * 5000, "file"),
        (FILE.replace('story = "A lamp."', 'hero = "aurora.jpg"'), "choose that picture"),
        (FILE + "\n[rehearsal]\nspeed = 0\n", "rehearsal.speed"),
    ],
)
def test_a_fault_in_a_file_names_its_key_and_the_text_stays(owner, text, said):
    answer = owner.post("/team/new/file", {"text": text}, seen="/team/new/file")
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422 and said in page and text.strip()[:80] in page
    assert campaign() is None


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 10, b"a = 1\n" * 400_000])
def test_a_file_of_anything_is_refused(owner, content):
    fields = {"file": (io.BytesIO(content), "x.toml"), "text": ""}
    assert owner.post("/team/new/file", fields, seen="/team/new/file").status_code == 422


def test_a_file_that_was_uploaded_with_its_picture(owner, app):
    text = FILE.replace('story = "A lamp."', 'hero = "aurora.jpg"')
    fields = {"file": (io.BytesIO(text.encode()), "aurora.toml"), "hero": (io.BytesIO(made.jpeg()), "aurora.jpg")}
    assert owner.post("/team/new/file", fields, seen="/team/new/file").status_code == 422, "what does it show"
    fields = {
        "file": (io.BytesIO(text.encode()), "aurora.toml"),
        "hero": (io.BytesIO(made.jpeg()), "aurora.jpg"),
        "hero_alt": "A lamp",
    }
    assert owner.post("/team/new/file", fields, seen="/team/new/file").status_code == 303
    row = campaign()
    assert row.hero_alt == "A lamp" and pictures.read(row.hero, 480)
    form = shown(owner.get("/team/aurora-lamp/edit"))
    assert owner.post("/team/aurora-lamp/edit", form | {"drop_hero": "1"}).status_code == 303
    assert campaign().hero is None and campaign().hero_alt == ""


def test_a_picture_that_is_none_is_refused_at_its_field(owner):
    fields = FORM | {"hero": (io.BytesIO(b"not a picture"), "x.jpg"), "hero_alt": "x"}
    answer = owner.post("/team/new", fields, seen="/team/new")
    assert answer.status_code == 422 and 'id="hero-error"' in answer.get_data(as_text=True)


def test_a_form_sent_back_as_it_came_changes_nothing(owner):
    load(owner)
    before = plans.plan_of(campaign())
    form = shown(owner.get("/team/aurora-lamp/edit"))
    assert owner.post("/team/aurora-lamp/edit", form).status_code == 303
    assert plans.plan_of(campaign()) == before
    row = db.session.scalar(select(Audit).order_by(Audit.id.desc()))
    assert (row.act, row.before, row.after) == ("campaign.load", {}, {})


def test_what_was_changed_by_form_is_in_the_log_with_before_and_after(owner):
    load(owner)
    form = shown(owner.get("/team/aurora-lamp/edit")) | {
        "campaign.tagline": "Follows the sun",
        "variants[0].stock": "250",
    }
    assert owner.post("/team/aurora-lamp/edit", form).status_code == 303
    row = db.session.scalar(select(Audit).order_by(Audit.id.desc()))
    assert row.before["variants[0].stock"] == 300 and "campaign.tagline" not in row.before
    assert row.after["campaign.tagline"] == "Follows the sun" and row.after["variants[0].stock"] == 250
    assert db.session.scalar(select(Variant.stock)) == 250
    assert len(plans.plan_of(campaign()).polls) == 1, "what the form has no field for stays"


def test_a_moment_changed_by_form_needs_a_reason(owner):
    load(owner)
    form = shown(owner.get("/team/aurora-lamp/edit")) | {"schedule.preview": "2026-12-05T10:30"}
    answer = owner.post("/team/aurora-lamp/edit", form)
    assert answer.status_code == 422 and "say why" in answer.get_data(as_text=True)
    assert owner.post("/team/aurora-lamp/edit", form | {"reason": "The photos are late"}).status_code == 303
    row = db.session.scalar(select(Audit).order_by(Audit.id.desc()))
    assert row.reason == "The photos are late" and row.after["schedule.preview"].startswith("2026-12-05T10:30")


def test_in_mid_flight_the_words_can_change_and_what_has_opened_stays(owner, watch):
    load(owner)
    with writing() as session:
        by_hand.move(
            session.scalar(select(Campaign)),
            None,
            "preview",
            watch.now + timedelta(hours=1, seconds=7, microseconds=13),
            "Early",
        )
    watch.step(hours=2)
    form = shown(owner.get("/team/aurora-lamp/edit"))
    assert owner.post("/team/aurora-lamp/edit", form | {"campaign.tagline": "New"}).status_code == 303
    assert campaign().tagline == "New"
    form = shown(owner.get("/team/aurora-lamp/edit"))
    answer = owner.post("/team/aurora-lamp/edit", form | {"schedule.preview": "2026-12-05T10:30", "reason": "x"})
    assert answer.status_code == 422 and "already opened" in answer.get_data(as_text=True)


def test_after_a_postponed_launch_the_open_head_start_does_not_block_the_words(owner, watch):
    load(owner)
    watch.set(campaign().milestone("head_start_member").due + timedelta(hours=1))
    due = campaign().milestone("launch").due
    with writing() as session:
        by_hand.move(session.scalar(select(Campaign)), None, "launch", due + timedelta(hours=6), "Late")
    form = shown(owner.get("/team/aurora-lamp/edit"))
    assert owner.post("/team/aurora-lamp/edit", form | {"campaign.tagline": "New"}).status_code == 303
    assert campaign().milestone("head_start_member").due == due - timedelta(hours=24)
    form = shown(owner.get("/team/aurora-lamp/edit"))
    early = (due - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    answer = owner.post("/team/aurora-lamp/edit", form | {"schedule.launch": early, "reason": "x"})
    assert answer.status_code == 422, "the head start was promised its hours"


def test_the_file_downloads_and_comes_back(owner):
    load(owner)
    answer = owner.get("/team/aurora-lamp/campaign.toml")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert campaign_file.parse(tomllib.loads(answer.get_data(as_text=True))) == plans.plan_of(campaign())
    form = shown(owner.get("/team/aurora-lamp/edit/file"))
    changed = form | {"text": form["text"].replace("A lamp.", "Two lamps.")}
    assert owner.post("/team/aurora-lamp/edit/file", changed | {"confirmed": "1"}).status_code == 303
    assert campaign().story == "Two lamps."
    form = shown(owner.get("/team/aurora-lamp/edit/file"))
    answer = owner.post("/team/aurora-lamp/edit/file", form | {"text": form["text"].replace("aurora-lamp", "other")})
    assert answer.status_code == 422 and "must stay aurora-lamp" in answer.get_data(as_text=True)


def test_a_file_is_kept_once_it_was_shown_what_it_changes(owner):
    load(owner)
    form = shown(owner.get("/team/aurora-lamp/edit/file"))
    new = form["text"].replace("A lamp.", "Two\\nlamps.").replace("12900", "13900").replace("2026-12-12 18:00", "2026-12-12 19:30")
    answer = owner.post("/team/aurora-lamp/edit/file", form | {"text": new})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200 and campaign().story == "A lamp.", "shown, and nothing has changed"
    for said in ("€129.00", "€139.00", "Sat 12 Dec 2026, 19:30 WET, Lisbon", "<ins>lamps.</ins>", "schedule.launch"):
        assert said in text
    assert len(db.session.scalars(select(Audit)).all()) == 1
    second = {**re_sent(text), "confirmed": "1"}
    answer = owner.post("/team/aurora-lamp/edit/file", second)
    assert answer.status_code == 422 and "say why" in answer.get_data(as_text=True), "a moment moves"
    with writing() as session:
        by_hand.stop_sales(session.scalar(select(Campaign)), None, "", "Flood")
    answer = owner.post("/team/aurora-lamp/edit/file", second | {"reason": "Later"})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422 and "stopped sales" in text and "€139.00" in text, "what it would change now"
    assert owner.post("/team/aurora-lamp/edit/file", {**re_sent(text), "confirmed": "1", "reason": "Later"}).status_code == 303
    assert campaign().story == "Two\nlamps." and db.session.scalar(select(Variant.price)) == 13900
    form = shown(owner.get("/team/aurora-lamp/edit/file"))
    assert "Nothing: the file says" in owner.post("/team/aurora-lamp/edit/file", form).get_data(as_text=True)


def re_sent(text: str) -> dict[str, str]:
    """The fields of the second step's form, as they are sent."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
    fields.pop("csrf_token")
    return fields | {"text": re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', text, re.S)[1]}


def test_the_picture_of_a_changed_file_waits_for_the_second_step(owner):
    load(owner)
    form = shown(owner.get("/team/aurora-lamp/edit/file"))
    new = form["text"].replace('story = "A lamp."', 'story = "A lamp."\nhero = "a.jpg"\nhero_alt = "A lamp"')
    first = form | {"text": new, "hero": (io.BytesIO(made.jpeg()), "a.jpg")}
    text = unescape(owner.post("/team/aurora-lamp/edit/file", first).get_data(as_text=True))
    assert "replaced by the one you chose" in text and campaign().hero is None
    forged = {**re_sent(text), "confirmed": "1", "picture": "WzEsICJhIl0.x.y"}
    assert owner.post("/team/aurora-lamp/edit/file", forged).status_code == 422
    assert owner.post("/team/aurora-lamp/edit/file", {**re_sent(text), "confirmed": "1"}).status_code == 303
    assert pictures.read(campaign().hero, 480) and campaign().hero_alt == "A lamp"
    assert 'hero_alt = "A lamp"' in owner.get("/team/aurora-lamp/campaign.toml").get_data(as_text=True)


@pytest.mark.parametrize("path", ["edit", "edit/file"])
def test_who_saves_second_is_told(owner, path):
    load(owner)
    form = shown(owner.get(f"/team/aurora-lamp/{path}"))
    with writing() as session:
        by_hand.stop_sales(session.scalar(select(Campaign)), None, "", "Flood")
    answer = owner.post(f"/team/aurora-lamp/{path}", form)
    assert answer.status_code == 422 and "stopped sales" in answer.get_data(as_text=True)


def test_more_rows_are_given_without_saving(owner):
    text = owner.post("/team/new", FORM | {"more": "variants"}, seen="/team/new").get_data(as_text=True)
    assert 'name="variants[3].sku"' in text and campaign("moon-lamp") is None
    assert (
        owner.post("/team/new", {"more": "nonsense", "variants[99].sku": "x", "tiers[7777].tier": "y"}).status_code
        == 200
    )


def test_only_owners_edit(owner, given, visitor):
    load(owner)
    moderator = visitor(given.person(role="moderator"))
    for path in (
        "/team/new",
        "/team/new/file",
        "/team/aurora-lamp/edit",
        "/team/aurora-lamp/edit/file",
        "/team/aurora-lamp/campaign.toml",
    ):
        assert moderator.get(path).status_code == 403
        assert visitor().get(path).status_code == 303
        if "toml" not in path:
            assert moderator.post(path, FORM, seen="/team/").status_code == 403
