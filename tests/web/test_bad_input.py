"""Whatever is typed into whichever form, the answer is never a failure of ours.

The forms are not listed here: pages are walked as strangers, members, people with a place, buyers and the owner, in each
phase, and every form that is met is sent with each of its fields wrong in turn.
"""

import itertools
import os
import random
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest

from launchpad.database import db, writing
from launchpad.models import Person
from launchpad.services import thread
from launchpad.web import pace

MANY = bool(os.environ.get("LIVE"))
TEXTS = [
    "", " ", "0", "-1", "1.5", "1e309", "NaN", "99999999999999999999", "2147483648", "true", "null", "[]", "{}",
    "a" * 300, "a" * 5000, "\x00", "a\x00b", "\u202e\u200f",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "😀" * 200, "Ａ", "İ", "'", '"', "'; DROP TABLE people; --",
    "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n", "../../etc/passwd",
    "\r\nSet-Cookie: a=b", "2026-02-30T25:61", "9999-12-31T23:59", "0001-01-01T00:00", "a@b", "a@" + "b" * 250 + ".com", "@",
    "x@example.com\nBcc: y@example.com", "https://", "javascript:alert(1)", "//[example.com", "/\\example.com", "constructor",
]  # fmt: skip


@dataclass
class Found:
    """A form as a page has it."""

    action: str
    method: str
    multipart: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Reader(HTMLParser):
    """Collects the forms and the links of a page."""

    def __init__(self, here: str):
        super().__init__()
        self.here, self.forms, self.links, self.open = here.split("?")[0], [], set(), None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.open = Found(has.get("action") or self.here, (has.get("method") or "get").lower(), has.get("enctype") is not None)
            self.forms.append(self.open)
        elif tag == "a" and (has.get("href") or "").startswith("/"):
            self.links.add(has["href"].split("#")[0])
        elif tag in ("input", "textarea", "select", "button") and has.get("name") and self.open:
            if has.get("type") == "file":
                self.open.files.add(has["name"])
            else:
                self.open.fields.setdefault(has["name"], has.get("value") or "on")
        if tag in ("button", "input") and has.get("formaction", "").startswith("/"):
            self.forms.append(Found(has["formaction"], "post"))

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


NEVER = ("/sign-out", "/me/erase", "/wipe", "/static/", "/stream", "/readyz")  # they end the walk, or never end themselves


def walk(browser, start: list[str], most: int = 60) -> list[Found]:
    """The forms of every page that is reached from the start pages, by links of ours."""
    ahead, seen, forms = list(start), set(), {}
    while ahead and len(seen) < most:
        path = ahead.pop(0)
        if path in seen or any(part in path for part in NEVER):
            continue
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        reader = Reader(path)
        reader.feed(answer.get_data(as_text=True))
        for form in reader.forms:
            if form.method == "post" and not any(part in form.action for part in NEVER):
                forms.setdefault((form.action, tuple(sorted(form.fields))), form)
        ahead += sorted(reader.links - seen)
    return list(forms.values())


def wrong(form: Found, texts: list[str]):
    """The form with each field wrong in turn, then without it, then twice."""
    names = [name for name in form.fields if name != "csrf_token"]
    for name, text in itertools.product(names, texts):
        yield {**form.fields, name: text}
    for name in names:
        yield {n: v for n, v in form.fields.items() if n != name}
        yield {**form.fields, name: [form.fields[name], "2", "3", "4", "5", "6"]}
    for name in form.files:
        for content in (b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, b"GIF89a" + b"\xff" * 60):
            yield {**form.fields, name: (BytesIO(content), "../../a\x00.jpg")}
    yield {}


@pytest.fixture
def launch(app, given, watch):
    """A campaign with a bit of everything, and people of each kind."""
    campaign = given.campaign(stock=200)
    given.poll(campaign)
    given.poll(campaign, 2, kind="multiple", most=2)
    people = {
        "stranger": None,
        "member": given.person(member=True),
        "place": given.person(member=True),
        "buyer": given.person(member=True),
        "owner": given.person(role="owner"),
    }
    given.place(campaign, people["place"])
    given.order(campaign, people["buyer"])
    with writing():
        thread.report(db.session.merge(campaign), "first_sale", "The first one.")
    return campaign, {who: person and person.id for who, person in people.items()}


EACH = ("preview", "waitlist", "head_start_member", "launch", "recap")
FEW = {
    "stranger": ("waitlist",),
    "member": ("preview",),
    "place": ("head_start_member",),
    "buyer": ("launch",),
    "owner": ("waitlist",),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", ["stranger", "member", "place", "buyer", "owner"])
def test_no_form_answers_bad_input_with_a_failure_of_ours(app, launch, watch, visitor, who, monkeypatch):
    campaign, people = launch
    monkeypatch.setattr(pace, "FLOOR", 0.0)  # the pace has a test of its own; here it would only take time
    slug, sent = campaign.slug, 0
    dues = {name: campaign.milestone(name).due for name in EACH}
    chance = random.Random(who)
    for moment in EACH if MANY else FEW[who]:
        watch.set(dues[moment] + timedelta(hours=1))
        id = people[who]
        browser = visitor(db.session.get(Person, id) if id else None)
        start = [f"/{slug}/", "/", "/me", f"/{slug}/thread", f"/{slug}/buy", f"/{slug}/stories", "/sign-in", "/membership"]
        start += [f"/{slug}/place", f"/{slug}/waitlist", f"/{slug}/ideas", f"/{slug}/thread?before=x&reply_to=%00"]
        start += ["/team/", f"/team/{slug}/", f"/team/{slug}/today"] if who == "owner" else []
        for form in walk(browser, start):
            with_token = browser.get("/sign-in")
            tries = list(wrong(form, TEXTS))
            for values in tries if MANY else chance.sample(tries, min(len(tries), 8 if who == "owner" else 25)):
                browser.page = with_token
                answer = browser.post(form.action, values, content_type="multipart/form-data" if form.multipart else None)
                sent += 1
                assert answer.status_code < 500, (form.action, values, answer.get_data(as_text=True)[:300])
                if answer.status_code == 422:
                    assert answer.get_data(as_text=True).strip(), "a refusal says why"
    assert sent > 50, "the walk met no forms: it proves nothing"


NOWHERE = ["/%00/", "/%FF%FE/", "/" + "a" * 3000 + "/", "/x/polls/99999999999999", "/x/thread/since/-1", "/sign-in/%F0%9F"]


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_that_makes_no_sense_is_an_unknown_one(app, visitor, path):
    assert visitor().get(path).status_code in (400, 404, 410)


def test_queries_and_cursors_that_make_no_sense_do_no_harm(app, launch, watch, visitor):
    campaign, _ = launch
    watch.set(campaign.milestone("launch").due)
    for path in ("thread", "stories", "buy", "ideas", "waitlist", "", "state.json", "thread/since/2147483647"):
        for query in ("before=-1", "before=99999999999999999999", "after=x", "prompt=%00", "sku=%FF", "page=1e9", "reply_to=0"):
            assert visitor().get(f"/{campaign.slug}/{path}?{query}").status_code < 500, (path, query)
