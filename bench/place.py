"""The page of one's own place in a line of 1,000 and in one of 1,000,000, side by side, as a ratio.

Two sites, each with a database of its own, are asked in turns, so that whatever else the machine does meets both.
"""

import random
from contextlib import ExitStack
from datetime import timedelta
from statistics import median

from bench import campaign, servers
from bench.client import Request, fire
from launchpad import clock
from launchpad.app import create_app
from launchpad.config import Settings
from launchpad.database import db, writing
from launchpad.models import Campaign, Person, Place
from launchpad.rules.ranking import RULES
from launchpad.services import line_mending, lines

SMALL, BIG = 1000, 1_000_000
TURNS, PAGES = 12, 20  # so often each site is asked for so many pages
_AT_ONCE = 20_000  # rows


def measure(database: str, big: int = BIG, rules: tuple[str, ...] = RULES) -> dict:
    """The figures on one database. Raises AssertionError when a page was not what it should be."""
    figures = {"database": database, "places": [SMALL, big]}
    with ExitStack() as sites:
        small, large = (_site(sites, database, many) for many in (SMALL, big))
        for rule in rules:
            asked = [(address, _order(environment, rule)) for environment, address in (small, large)]
            figures[rule] = _ratio(asked)
    return {**figures, "wanted": 1.3}


def _site(sites: ExitStack, database: str, many: int) -> tuple[dict, str]:
    """A site whose campaign has so many places; its environment and address."""
    environment = sites.enter_context(servers.place(database))
    servers.run(environment, "migrate")
    slug = campaign.load(environment, "waitlist")
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        _fill(db.session.query(Campaign).filter_by(slug=slug).one().id, many)
        db.session.remove()
        db.engine.dispose()
    return environment, sites.enter_context(servers.serving({**environment, "WEB_CONCURRENCY": "1"}))


def _fill(campaign_id: int, many: int) -> None:
    """People and their places: asked for within the last hour, nine of ten confirmed, one of twenty left since."""
    now, dice = clock.now(), random.Random(5)
    for begin in range(1, many + 1, _AT_ONCE):
        ids = range(begin, min(begin + _AT_ONCE, many + 1))
        people = [{"id": n, "email": f"p{n}@example.com", "name": f"Person {n}", "confirmed_at": now} for n in ids]
        places = [_place(campaign_id, n, now - timedelta(hours=1) * (1 - n / many), dice) for n in ids]
        with writing() as session:
            session.connection().execute(Person.__table__.insert(), people)
            session.connection().execute(Place.__table__.insert(), places)


def _place(campaign_id: int, n: int, at, dice: random.Random) -> dict:
    return {
        "id": n, "campaign_id": campaign_id, "person_id": n, "submitted_at": at, "asked_at": at,
        "points": dice.choice((0, 0, 1, 5)), "confirmed_at": at if n % 10 else None, "left_at": at if n % 20 == 1 else None,
    }  # fmt: skip


def _order(environment: dict, rule: str) -> list[Request]:
    """Order the line by a rule; requests for the pages of people all along it, each signed in."""
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        with writing():
            row = db.session.query(Campaign).one()
            row.rule = rule
            counted = line_mending.mend(row)
            assert lines.total(row) == counted
            slug = row.slug
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        found = list(db.session.scalars(db.select(Place.id).where(Place.rank.is_not(None)).order_by(Place.id)))
        chosen = [found[len(found) * n // (PAGES + 1)] for n in range(1, PAGES + 1)]
        people = [db.session.get(Person, id) for id in chosen]
        sign = app.session_interface.get_signing_serializer(app)
        name = app.config["SESSION_COOKIE_NAME"]
        cookies = [f"{name}={sign.dumps({'_user_id': person.get_id(), '_fresh': True})}" for person in people]
        db.session.remove()
        db.engine.dispose()
    return [Request(f"/{slug}/place", None, {"Cookie": cookie}) for cookie in cookies]


def _ratio(asked: list[tuple[str, list[Request]]]) -> dict:
    seconds: list[list[float]] = [[], []]
    for turn in range(TURNS + 2):
        for mine, (address, requests) in zip(seconds, asked, strict=True):
            volley = fire(address, requests, 1)
            assert volley.statuses() == {200: len(requests)}, volley.statuses()
            assert all(b"Why you are here" in answer.body for answer in volley.answers)
            if turn > 1:  # the first two warm up
                mine += [answer.seconds for answer in volley.answers]
    small, large = (median(mine) for mine in seconds)
    return {"small_ms": round(small * 1000, 1), "big_ms": round(large * 1000, 1), "ratio": round(large / small, 2)}
