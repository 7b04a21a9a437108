"""Joins a second, alone and with the form's page before each, as ratios to the floor's joins."""

from bench import campaign, servers
from bench.client import Request, Volley, fire

HOW_MANY = 3000
CONNECTIONS = 32


def measure(database: str, how_many: int = HOW_MANY) -> dict:
    """The figures on one database. Raises AssertionError when a join was refused: then they would be worth nothing."""
    with servers.place(database) as environment, servers.serving(environment, "bench.floor_join:app", "/") as address:
        forms = [Request("/join", {"email": f"p{n}@example.com"}) for n in range(how_many)]
        fire(address, forms[: how_many // 10], CONNECTIONS)  # warm
        floor = fire(address, forms, CONNECTIONS)
        assert floor.statuses() == {200: how_many}, floor.statuses()
    with servers.place(database) as environment:
        servers.run(environment, "migrate")
        slug = campaign.load(environment, "waitlist")
        with servers.serving(environment) as address:
            token = campaign.token_of(f"{address}/{slug}/waitlist")
            fire(address, _joins(slug, token, "w", how_many // 10), CONNECTIONS)
            alone = fire(address, _joins(slug, token, "a", how_many), CONNECTIONS)
            both = fire(address, _with_pages(slug, token, "b", how_many), CONNECTIONS)
        _all_held(alone, how_many)
        _all_held(both, how_many)
        kept = _places(environment)
        assert kept == how_many * 2 + how_many // 10, f"{kept} places were kept"
    joined = how_many / both.seconds
    return {
        "database": database,
        "floor_joins_s": round(floor.rate),
        "joins_s": round(alone.rate),
        "joins_ratio": round(alone.rate / floor.rate, 2),
        "joins_p99_ms": round(alone.percentile(0.99) * 1000),
        "with_page_joins_s": round(joined),
        "with_page_ratio": round(joined / floor.rate, 2),
        "wanted": {"joins_ratio": 0.5, "with_page_ratio": 0.25},
    }


def _joins(slug: str, token: str, mark: str, how_many: int) -> list[Request]:
    return [
        Request(
            f"/{slug}/waitlist",
            {"csrf_token": token, "email": f"{mark}{n}@example.com", "name": f"Person {n}"},
            {"X-Forwarded-For": f"10.{n // 250 % 250}.{n % 250}.7"},
        )
        for n in range(how_many)
    ]


def _with_pages(slug: str, token: str, mark: str, how_many: int) -> list[Request]:
    """Each join after a look at the page with its form."""
    pairs = ((Request(f"/{slug}/waitlist", None, join.headers), join) for join in _joins(slug, token, mark, how_many))
    return [request for pair in pairs for request in pair]


def _all_held(volley: Volley, how_many: int) -> None:
    assert volley.statuses().get(303, 0) == how_many, volley.statuses()


def _places(environment: dict[str, str]) -> int:
    from sqlalchemy import create_engine, text

    with create_engine(environment["DATABASE_URL"]).connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM places"))
