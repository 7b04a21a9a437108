"""Words made to break programs, as every kind of entry: pages, the feed and what search engines read stay whole."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from markupsafe import Markup, escape

from launchpad.database import writing
from launchpad.models import Campaign, Entry, Person
from launchpad.services import events
from launchpad.web.filters import markdown
from launchpad.web.forms import clean
from tests import nasty

KINDS = ("post", "question", "testimonial", "event", "purchase", "update", "milestone")
ATOM = "{http://www.w3.org/2005/Atom}"
VOID = {"area", "br", "hr", "img", "input", "link", "meta", "use", "path", "rect", "circle", "source"}
MAY = {"href", "rel"}  # what an element of somebody's words may carry


class Reader(HTMLParser):
    """Elements must close as they were opened; those inside `.said` carry no attribute but a link's."""

    def __init__(self):
        super().__init__()
        self.open, self.said, self.articles, self.scripts = [], None, 0, 0

    def handle_starttag(self, tag, attrs):
        if self.said is not None:
            assert {name for name, _ in attrs} <= MAY and re.match("https?:|mailto:|$", dict(attrs).get("href") or ""), attrs
            assert tag not in ("script", "img", "style", "form", "article")
        if tag in VOID:
            return
        self.open.append(tag)
        self.articles += tag == "article"
        self.scripts += tag == "script"
        if self.said is None and "said" in (dict(attrs).get("class") or "").split():
            self.said = len(self.open)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag
        if self.said is not None and len(self.open) < self.said:
            self.said = None


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed("<body" + html.split("<body", 1)[1].rsplit("</html>", 1)[0])
    assert reader.open == []
    return reader


@pytest.fixture
def first(given, watch) -> int:
    """The id of the oldest entry of a thread in which each of the words stands as each kind, by people named no better."""
    lamp = given.campaign("lamp", name='Aurora </script><b>"Lamp"')
    watch.set(lamp.milestone("launch").due + timedelta(minutes=5))
    lamp, people = lamp.id, [given.person(member=True, name=name).id for name in nasty.NAMES]
    with writing() as session:
        here = session.get_one(Campaign, lamp)
        for at, words in enumerate(map(clean, nasty.WORDS)):
            of = {"campaign_id": lamp, "at": here.moment, "text": words, "marks": {"tier": "member"}}
            who = session.get_one(Person, people[at % len(people)])
            rows = [Entry(**of, kind=kind, person=who) for kind in KINDS]
            session.add_all(rows)
            session.flush()
            for row in rows:
                events.announce(here, "new", row)
        return session.query(Entry.id).order_by(Entry.id).first()[0]


def test_no_words_break_out_of_their_entry_their_feed_or_their_script(first, visitor):
    stranger, seen, page = visitor(), 0, "/lamp/thread"
    while page:
        html = stranger.get(page).text
        whole = read(html)
        seen += whole.articles
        for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL):
            assert json.loads(data)["@context"] == "https://schema.org"
        page = next(iter(re.findall(r'rel="next" href="([^"]+)"', html)), "").replace("&amp;", "&")
    assert seen == len(nasty.WORDS) * len(KINDS)
    for id in range(first, first + seen, 23):
        assert read(stranger.get(f"/lamp/thread/{id}").text).articles == 1
    feed = ElementTree.fromstring(stranger.get("/lamp/thread.atom").data)
    items = feed.findall(f"{ATOM}entry")
    assert len(items) == 50
    for item in items:
        content = item.find(f"{ATOM}content")
        assert not len(content) and not re.search("<script|<img|javascript:alert[^<]*\"", content.text or "")
        assert len(item.find(f"{ATOM}title").text or "") <= 80


def test_a_name_in_a_line_about_purchases_is_no_markdown_anywhere(given, visitor, watch):
    lamp = given.campaign("lamp")
    watch.set(lamp.milestone("launch").due + timedelta(minutes=5))
    with writing() as session:
        here = session.get_one(Campaign, lamp.id)
        row = Entry(campaign_id=here.id, at=here.moment, kind="purchase", text="[Ana](https://example.com) bought Oak.")
        session.add(row)
        session.flush()
        events.announce(here, "new", row)
    content = ElementTree.fromstring(visitor().get("/lamp/thread.atom").data).find(f"{ATOM}entry/{ATOM}content").text
    assert Markup(content).striptags() == "[Ana](https://example.com) bought Oak."
    assert "<a" not in content


@pytest.mark.parametrize("words", [">" * 400 + " as deep as it goes", "- " * 200 + "a list in a list", "![a picture](https://example.com/p.png)"])
def test_words_of_which_markdown_leaves_nothing_are_shown_as_they_were_typed(words):
    assert str(markdown(words)) == f"<p>{escape(words)}</p>"
    assert markdown("---") == "<hr>\n" and markdown(" \n") == markdown(None) == ""
