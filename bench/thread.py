"""What the thread costs with 10 entries in it and with 10,000, side by side, as ratios: reading it and saying something.

Two sites, each with a database of its own, are asked in turns, so that whatever else the machine does meets both. Who
reads is a member, whose page is made anew each time; who posts does so over the form.
"""

import re
import secrets
from contextlib import ExitStack
from datetime import timedelta
from statistics import median

from bench import campaign, servers
from bench.client import Request, fire
from launchpad import clock
from launchpad.app import create_app
from launchpad.config import Settings
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Person, Place
from launchpad.services import line_mending

FEW, MANY = 10, 10_000
PEOPLE, TURNS, PAGES, POSTS = 40, 8, 6, 4  # nobody posts twice: a person's pace is limited
_KINDS = ("post", "post", "question", "update", "testimonial", "purchase")


def measure(database: str, many: int = MANY) -> dict:
    """The figures on one database. Raises AssertionError when a page or a post was not what it should be."""
    with ExitStack() as sites:
        asked = [_site(sites, database, entries) for entries in (FEW, many)]
        return {"database": database, "entries": [FEW, many], **_ratios(asked), "wanted": 1.3}


def _site(sites: ExitStack, database: str, entries: int) -> tuple[str, str, list[str]]:
    """A site with so many entries: its address, its slug, the cookies of its members."""
    environment = sites.enter_context(servers.place(database))
    servers.run(environment, "migrate")
    slug = campaign.load(environment, "launch", 300)
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        _fill(db.session.query(Campaign).filter_by(slug=slug).one(), entries)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        sign, name = app.session_interface.get_signing_serializer(app), app.config["SESSION_COOKIE_NAME"]
        people = db.session.query(Person).order_by(Person.id).limit(PEOPLE)
        cookies = [f"{name}={sign.dumps({'_user_id': one.get_id(), '_fresh': True})}" for one in people]
        db.session.remove()
        db.engine.dispose()
    address = sites.enter_context(servers.serving({**environment, "WEB_CONCURRENCY": "1"}))
    return address, slug, cookies


def _fill(row: Campaign, entries: int) -> None:
    """Members with a place, and what they said within the last hour: each entry with its event, every 400th a milestone."""
    now, id = clock.now(), row.id
    people = [_person(n, now) for n in range(1, PEOPLE + 1)]
    same = {"campaign_id": id, "submitted_at": now, "asked_at": now, "confirmed_at": now}
    places = [{"id": n, "person_id": n, **same} for n in range(1, PEOPLE + 1)]
    with writing() as session:
        first = (session.query(Campaign).filter_by(id=id).one().seq or 0) + 1
        rows = [_entry(id, n, now - timedelta(hours=1) * (1 - n / entries)) for n in range(1, entries + 1)]
        events = [
            {"campaign_id": id, "seq": first + n - 1, "kind": "new", "entry_id": n, "audience": "all", "at": rows[n - 1]["at"]}
            for n in range(1, entries + 1)
        ]
        for table, many in ((Person, people), (Place, places), (Entry, rows), (Event, events)):
            session.connection().execute(table.__table__.insert(), many)
        session.query(Campaign).filter_by(id=id).update({"seq": first + entries - 1})
        line_mending.mend(session.get(Campaign, id))
        if session.get_bind().dialect.name == "postgresql":  # rows that come with their ids leave its counter behind
            session.connection().exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('entries', 'id'), {entries})")


def _person(n: int, now) -> dict:
    known = {"confirmed_at": now, "member_at": now, "session_key": "bench"}
    return {"id": n, "email": f"p{n}@example.com", "name": f"Person {n}", **known}


def _entry(campaign_id: int, n: int, at) -> dict:
    milestone = n % 400 == 0
    return {
        "id": n, "campaign_id": campaign_id, "person_id": None if milestone else n % PEOPLE + 1, "version": 1, "state": "shown",
        "kind": "milestone" if milestone else _KINDS[n % len(_KINDS)], "text": f"Entry {n}, with **words** in it.", "marks": {},
        "reply_to": n - 3 if n % 7 == 0 and n > 3 else None, "fact": f"fact:{n}" if milestone else None, "key": None,
        "hidden_why": "", "at": at,
    }  # fmt: skip


def _ratios(asked: list[tuple[str, str, list[str]]]) -> dict:
    """What reading and posting take on the small and the big site, in ms, and how many times as long on the big one."""
    took = {"page": ([], []), "stranger": ([], []), "post": ([], [])}
    for turn in range(TURNS + 2):
        for at, (address, slug, cookies) in enumerate(asked):
            path, author = f"/{slug}/thread", cookies[turn * POSTS : (turn + 1) * POSTS]
            reads = [Request(path, None, {"Cookie": cookies[n]}) for n in range(PAGES)]
            pages = _fired(address, reads, 200)
            assert all(b'id="composer-text"' in page.body for page in pages), "a member cannot write"
            posts = [_post(path, cookie, _token(address, path, cookie)) for cookie in author]
            strangers = [Request(f"{path}?utm_source=bench{turn}-{n}") for n in range(PAGES)]  # each is made anew
            if turn > 1:  # the first two warm up
                took["page"][at].extend(page.seconds for page in pages)
                took["stranger"][at].extend(page.seconds for page in _fired(address, strangers, 200))
                took["post"][at].extend(post.seconds for post in _fired(address, posts, 303))
    figures = {}
    for name, (few, many) in took.items():
        small, big = median(few) * 1000, median(many) * 1000
        figures[name] = {"few_ms": round(small, 1), "many_ms": round(big, 1), "ratio": round(big / small, 2)}
    return figures


def _fired(address: str, requests: list[Request], status: int) -> list:
    answers = fire(address, requests, 1).answers
    assert {answer.status for answer in answers} == {status}, [answer.status for answer in answers]
    return answers


def _token(address: str, path: str, cookie: str) -> str:
    """The form's token, as this member's page has them."""
    body = _fired(address, [Request(path, None, {"Cookie": cookie})], 200)[0].body.decode()
    return re.search(r'name="csrf_token" value="([^"]+)"', body)[1]


def _post(path: str, cookie: str, token: str) -> Request:
    said = {"text": "Said while it is measured, with **words**.", "kind": "post", "key": secrets.token_urlsafe(9)}
    return Request(path, {"csrf_token": token, **said}, {"Cookie": cookie})
