"""Many who buy at once, through a real server, and the ledger as the rows tell it: recomputed here, not asked of the product."""

import html
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, text

from bench.client import Answer, Request, fire

AT_ONCE = 1000  # connections of the client; more buyers than these come as the first are answered
ROUNDS = 90  # a second apart while no server is there: on a busy machine it takes a while to start

UNITS = "SELECT coalesce(sum(quantity), 0) FROM holds WHERE state IN ('live', 'sold')"


def token_of(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def from_net(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.{number // 250}.{number % 250}.7"}


def buy(slug: str, token: str, number: int, key: str) -> Request:
    """A guest's order; every third wants two."""
    fields = {"csrf_token": token, "sku": "OAK", "quantity": "1" if number % 3 else "2", "key": key}
    return Request(
        f"/{slug}/buy", fields | {"email": f"buyer{number}@example.com", "name": f"Buyer {number}"}, from_net(number)
    )


def pay(location: str, token: str, number: int) -> Request:
    path, _, order = location.partition("?token=")
    return Request(f"{path}/pay", {"csrf_token": token, "token": order}, from_net(number))


def insist(address: str, requests: list[Request]) -> list[Answer]:
    """Send all at once. Whose connection broke, because the server was killed, sends the same again, as people do."""
    answers: list[Answer | None] = [None] * len(requests)
    left = list(range(len(requests)))
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(1) as alone:  # a browser of an earlier test may have left a loop running in this thread
            volley = alone.submit(fire, address, [requests[at] for at in left], AT_ONCE, keep=False).result()
        for at, answer in zip(left, volley.answers, strict=True):
            answers[at] = answer
        left = [at for at in left if answers[at].status == 0]
        if not left:
            return answers
        threading.Event().wait(1)  # the server that was killed is being started
    raise AssertionError(f"{len(left)} of {len(requests)} never had an answer")


def verdict(answer: Answer) -> str:
    """`held`, or why not; fails for an answer that leaves somebody in doubt."""
    if answer.status == 303:
        assert "/orders/" in answer.headers["location"]
        return "held"
    reason = answer.headers.get("x-refusal")
    assert answer.status == 422 and reason, (answer.status, answer.body[:200])
    said = html.unescape(answer.body.decode())
    assert reason != "sold_out" or "Sold out." in said or re.search(r"Only \d+ left", said)
    return reason


class Ledger:
    """The rows, read beside the server: now, and again and again while the rush is on."""

    def __init__(self, database_url: str, stock: int):
        self.engine, self.stock = create_engine(database_url), stock
        self.samples, self.most, self.wrong = 0, 0, []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(30)
        self.engine.dispose()

    def _watch(self):
        while not self._over.wait(0.02):
            with self.engine.connect() as connection:  # one statement sees one commit
                taken, held = connection.execute(text(f"SELECT sum(taken), ({UNITS}) FROM variants")).one()
            self.samples, self.most = self.samples + 1, max(self.most, int(held))
            if held > self.stock or taken != held:
                self.wrong.append((int(taken), int(held)))

    def one(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    def units(self) -> int:
        """Units confirmed, and on live holds."""
        return self.one(UNITS)

    def faults(self) -> list[str]:
        """What does not add up, by this test's own arithmetic."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT o.owner, o.key, o.person_id, o.quantity, o.state, h.state, h.quantity "
                    "FROM orders o JOIN holds h ON h.order_id = o.id"
                )
            ).all()
            orders = connection.scalar(text("SELECT count(*) FROM orders"))
            taken = connection.scalar(text("SELECT sum(taken) FROM variants"))
            allowed = dict(connection.execute(text("SELECT person_id, taken FROM allowances WHERE taken > 0")).all())
        found = []
        agree = {("held", "live"), ("confirmed", "sold"), ("ended", "ended"), ("cancelled", "ended")}
        live, persons = 0, Counter()
        for _, _, person, quantity, state, hold, on_hold in rows:
            if (state, hold) not in agree or quantity != on_hold:
                found.append(f"an order is {state}, its hold {hold}: {quantity} and {on_hold}")
            if hold in ("live", "sold"):
                live += quantity
                persons[person] += quantity
        if live > self.stock:
            found.append(f"oversold: {live} of {self.stock}")
        if live != taken or orders != len(rows):
            found.append(f"{taken} counted as taken, {live} on orders; {orders} orders, {len(rows)} holds")
        if len({row[:2] for row in rows}) != len(rows):
            found.append("two orders by one key")
        if any(number > 2 for number in persons.values()) or persons != Counter(allowed):
            found.append("the limit per person does not add up")
        return found
