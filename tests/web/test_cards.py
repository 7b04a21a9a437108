"""How pages look where their address is shared, and what they say to search engines: true in each phase, and in its box."""

import html
import json
import re
import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
from PIL import Image

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, LiveEvent, Person, Variant
from launchpad.services import thread
from tests.make import NOON

NASTY = """</script><script>alert(1)</script> ]]> <!-- "quoted" & 'so' \u2028 {{ 7*7 }}"""


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=3)
    with writing() as session:
        session.add(LiveEvent(campaign_id=campaign.id, title="Unboxing", at=campaign.milestone("launch").due, text="With *Ana*"))
    watch.set(campaign.milestone("waitlist").due)
    return campaign


def _meta(answer) -> dict[str, str]:
    text = answer.get_data(as_text=True)
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter|robots)[^"]*)" content="([^"]*)">', text)
    found += [("canonical", address) for address in re.findall(r'<link rel="canonical" href="([^"]*)">', text)]
    return {name: html.unescape(value) for name, value in found}


def _said(answer) -> dict[str, dict]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.get_data(as_text=True), re.S)
    return {block["@type"]: block for block in map(json.loads, blocks)}


def test_one_address_through_all_phases_and_a_card_of_each(lamp, visitor, watch):
    seen = []
    for name in ("preview", "waitlist", "head_start_member", "launch", "recap", "archive"):
        watch.set(lamp.milestone(name).due)
        answer = visitor().get("/lamp/?utm_source=radio")
        meta = _meta(answer)
        seen.append(meta["og:title"])
        assert meta["og:url"] == "http://127.0.0.1:8000/lamp/"
        if name == "preview":
            assert meta["robots"] == "noindex" and "canonical" not in meta and _said(answer) == {}
        else:
            assert meta["canonical"] == "http://127.0.0.1:8000/lamp/" and "robots" not in meta
        picture = visitor().get(meta["og:image"].removeprefix("http://127.0.0.1:8000"))
        with Image.open(BytesIO(picture.data)) as card:
            assert (card.format, card.size) == ("JPEG", (1200, 630))
    assert len(set(seen)) == 5, "the recap's stays when it is over"
    assert _meta(visitor().get("/lamp/recap"))["canonical"] == "http://127.0.0.1:8000/lamp/"


def test_who_follows_a_friends_link_is_shown_an_invitation_that_names_nobody(lamp, visitor):
    meta = _meta(visitor().get("/lamp/?ref=ANAS"))
    assert "you are invited" in meta["og:title"] and "card-invite" in meta["og:image"] and "ANAS" not in meta["canonical"]
    assert visitor().get("/lamp/card-nothing.jpg").status_code == 404


def test_what_is_said_of_stock_and_prices_is_so(lamp, visitor, watch):
    def offered() -> dict:
        return _said(visitor().get("/lamp/"))["Product"]["offers"][0]

    waiting = offered()
    opens = lamp.milestone("launch").due
    assert waiting["availability"].endswith("/PreSale") and waiting["price"] == "129.00" and "inventoryLevel" not in waiting
    assert waiting["availabilityStarts"] == opens.isoformat(timespec="seconds")
    watch.set(opens)
    assert offered()["availability"].endswith("/InStock") and offered()["inventoryLevel"]["value"] == 3
    with writing():
        db.session.query(Campaign).update({"sales_stopped_at": opens})
    assert offered()["availability"].endswith("/OutOfStock")
    with writing():
        db.session.query(Campaign).update({"sales_stopped_at": None})
        db.session.query(Variant).update({"taken": 3})
    assert offered()["availability"].endswith("/SoldOut")
    events = _said(visitor().get("/lamp/"))["Event"]
    assert events["name"] == "Unboxing" and events["description"] == "With Ana"


def test_the_thread_is_a_live_blog_without_what_is_hidden_and_nothing_leaves_its_box(lamp, given, visitor, watch):
    watch.set(lamp.milestone("launch").due)
    ana = given.person(member=True, name=NASTY, confirmed_at=NOON)
    ids = []
    for words in (NASTY, "Words that nobody should read"):
        with writing():
            ids.append(thread.post(db.session.get(Campaign, lamp.id), db.session.get(Person, ana.id), words).id)
    with writing():
        thread.withdraw(db.session.get(Campaign, lamp.id), db.session.get(Person, ana.id), db.session.get(Entry, ids[1]))
        thread.report(db.session.get(Campaign, lamp.id), "doors", "Doors are open.")
    blog = _said(visitor().get("/lamp/thread"))["LiveBlogPosting"]
    assert blog["coverageStartTime"] < blog["coverageEndTime"]
    report, update = blog["liveBlogUpdate"]
    assert (report["author"]["@type"], update["author"]["@type"]) == ("Organization", "Person"), "the brand is nobody"
    assert update["url"].endswith(f"/lamp/thread/{ids[0]}") and "alert(1)" in update["articleBody"]
    assert "LiveBlogPosting" not in _said(visitor(ana).get("/lamp/thread")), "search engines have no session"
    feed = ET.fromstring(visitor().get("/lamp/thread.atom").data)
    _, entry = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}id").endswith(f"/lamp/thread/{ids[0]}")
    assert feed.findtext("{http://www.w3.org/2005/Atom}updated") >= entry.findtext("{http://www.w3.org/2005/Atom}updated")


def test_crawlers_are_shown_what_everybody_may_read(lamp, given, visitor, watch):
    early = given.campaign("early", preview=lamp.milestone("waitlist").due)
    robots = visitor().get("/robots.txt").get_data(as_text=True)
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots and "Disallow: /team/" in robots
    places = [loc.text for loc in ET.fromstring(visitor().get("/sitemap.xml").data).iter() if loc.tag.endswith("}loc")]
    assert "http://127.0.0.1:8000/lamp/" in places and not [place for place in places if early.slug in place]
    for place in places:
        answer = visitor().get(place.removeprefix("http://127.0.0.1:8000"))
        assert answer.status_code == 200 and _meta(answer).get("canonical") == place, place
