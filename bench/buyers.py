"""A thousand buyers at once for a hundred units: what is sold, what the losers are told, and how long anybody waits."""

import html
import re
import secrets
from collections import Counter

from bench import campaign, servers
from bench.client import Answer, Request, Volley, fire

BUYERS, UNITS = 1000, 100
CONNECTIONS = 32  # of the floor, as in `joins`
MOST_SECONDS = {"sqlite": 3.0, "postgresql": 1.5}


def measure(database: str, buyers: int = BUYERS, units: int = UNITS) -> dict:
    """The figures on one database. Raises AssertionError when a unit is missing or too many, or an answer is unclear.

    `p99_floor_joins` is the 99th percentile as a number of the floor's joins that fit into it: what the machine makes
    of it either way. `looks_p99_ms` is of strangers who open the campaign's page while the others buy.
    """
    floor = _floor(database)
    with servers.place(database) as environment:
        servers.run(environment, "migrate")
        slug = campaign.load(environment, "launch", units)
        with servers.serving(environment) as address:
            token = campaign.token_of(f"{address}/{slug}/buy")
            fire(address, [Request(f"/{slug}/buy")] * 30, CONNECTIONS)  # warm: its templates are loaded
            before = servers.spent(address)
            alone = _rush(address, slug, token, buyers)
            spent = servers.spent(address) - before
        sold = _units(environment)
        answers = judge(alone.answers)
        assert sold == (units, units), f"{sold} units taken and on orders, of {units}"
    with servers.place(database) as environment:
        servers.run(environment, "migrate")
        slug = campaign.load(environment, "launch", units)
        with servers.serving(environment) as address:
            token = campaign.token_of(f"{address}/{slug}/buy")
            fire(address, [Request(path) for path in (f"/{slug}/buy", f"/{slug}/")] * 30, CONNECTIONS)
            looks = [Request(f"/{slug}/", None, _from(n, 20)) for n in range(buyers)]
            mixed = fire(address, _mixed(_buys(slug, token, buyers), looks), buyers * 2, keep=False)
        assert _units(environment) == (units, units)
        judge(mixed.answers[::2])
        looked = Volley(mixed.answers[1::2], mixed.seconds)
        assert set(looked.statuses()) == {200}, looked.statuses()
    return {
        "database": database,
        "buyers": buyers,
        "units": sold[1],
        "answers": answers,
        "floor_joins_s": round(floor.rate),
        "buyers_s": round(alone.rate),
        "buyers_ratio": round(alone.rate / floor.rate, 2),
        "cpu_ms_each": round(spent / buyers * 1000, 2),
        "p50_ms": round(alone.percentile(0.5) * 1000),
        "p99_ms": round(alone.percentile(0.99) * 1000),
        "p99_floor_joins": round(alone.percentile(0.99) * floor.rate),
        "with_looks_p99_ms": round(Volley(mixed.answers[::2], mixed.seconds).percentile(0.99) * 1000),
        "looks_p99_ms": round(looked.percentile(0.99) * 1000),
        "wanted": {"units": units, "p99_ms": round(MOST_SECONDS[database] * 1000)},
    }


def judge(answers: list[Answer]) -> dict[str, int]:
    """What buyers were told, counted. Raises AssertionError at an answer that does not say what has become of it."""
    said = Counter()
    for answer in answers:
        if answer.status == 303:
            assert re.search(r"/orders/[^/]+\?token=", answer.headers["location"]), answer.headers
            said["held"] += 1
            continue
        refused = answer.headers.get("x-refusal", "")
        assert answer.status == 422 and refused == "sold_out", (answer.status, refused, answer.body[:300])
        words = html.unescape(answer.body.decode())
        assert "Sold out." in words or re.search("Only [12] left", words), "a loser is not told why"
        said[refused] += 1
    return dict(said)


def _rush(address: str, slug: str, token: str, buyers: int) -> Volley:
    return fire(address, _buys(slug, token, buyers), buyers, keep=False)


def _buys(slug: str, token: str, buyers: int) -> list[Request]:
    """Guests, each with an address, a network and a key of their own; every third wants two."""
    return [
        Request(
            f"/{slug}/buy",
            {
                "csrf_token": token, "sku": "LAMP", "quantity": "2" if n % 3 == 0 else "1", "key": secrets.token_urlsafe(16),
                "email": f"buyer{n}@example.com", "name": f"Buyer {n}",
            },
            _from(n, 10),
        )
        for n in range(buyers)
    ]  # fmt: skip


def _mixed(buys: list[Request], looks: list[Request]) -> list[Request]:
    return [request for pair in zip(buys, looks, strict=True) for request in pair]


def _from(number: int, net: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"{net}.{number // 250 % 250}.{number % 250}.7"}


def _floor(database: str, how_many: int = 1000) -> Volley:
    with servers.place(database) as environment, servers.serving(environment, "bench.floor_join:app", "/") as address:
        forms = [Request("/join", {"email": f"p{n}@example.com"}) for n in range(how_many)]
        fire(address, forms[: how_many // 10], CONNECTIONS)  # warm
        floor = fire(address, forms, CONNECTIONS)
    assert floor.statuses() == {200: how_many}, floor.statuses()
    return floor


def _units(environment: dict[str, str]) -> tuple[int, int]:
    """Units taken by the counter, and units on orders that hold them, by the rows."""
    from sqlalchemy import create_engine, text

    with create_engine(environment["DATABASE_URL"]).connect() as connection:
        taken = connection.scalar(text("SELECT sum(taken) FROM variants"))
        held = connection.scalar(text("SELECT sum(quantity) FROM orders WHERE state IN ('held', 'confirmed')"))
    return int(taken), int(held)
