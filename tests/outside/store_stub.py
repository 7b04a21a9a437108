"""Shopify's and WooCommerce's lists of orders over HTTP, with their filters, their pages and their refusals.

Switches make it away, busy for a while, or answer from another address. An order can change while its list is read.
"""

import base64
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

TOKEN = "shpat_of_the_stub"
KEY, SECRET = "ck_stub", "cs_stub"


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class StoreStub:
    """`with StoreStub() as stub:` serves at `stub.base`. `orders` are what it keeps, `calls` what it was asked."""

    def __init__(self, most: int = 250):
        self.orders: list[dict] = []
        self.calls: list[tuple[str, dict]] = []
        self.most, self.status, self.elsewhere, self.busy, self.body = most, 200, "", 0, None
        self.after_a_page: Callable[[], None] = lambda: None
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                stub.serve(self)

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "StoreStub":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_fault):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        at = urlsplit(request.path)
        asked = dict(parse_qsl(at.query))
        self.calls.append((at.path, asked))
        if self.busy:
            self.busy -= 1
            return self._answer(request, 429, {}, {"Retry-After": "0.1"})
        if self.elsewhere:
            return self._answer(request, 302, {}, {"Location": self.elsewhere})
        if self.status != 200 or self.body is not None:
            return self._answer(request, self.status, self.body)
        basic = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if at.path.startswith("/admin/api/") and request.headers.get("X-Shopify-Access-Token") == TOKEN:
            return self._shopify(request, at.path, asked)
        if at.path == "/wp-json/wc/v3/orders" and request.headers.get("Authorization") == basic:
            return self._woocommerce(request, asked)
        self._answer(request, 401, {"errors": "[API] Invalid API key or access token"})

    def _shopify(self, request, path: str, asked: dict) -> None:
        if "page_info" in asked and set(asked) != {"page_info", "limit"}:
            return self._answer(request, 400, {"errors": {"page_info": "no other filters with it"}})
        if "page_info" in asked:
            after, since = json.loads(base64.urlsafe_b64decode(asked["page_info"]))
        else:
            assert asked["status"] == "any" and asked["order"] == "updated_at asc"
            after, since = None, asked["updated_at_min"]
        rows = sorted(self.orders, key=lambda order: (order["updated_at"], order["id"]))
        rows = [o for o in rows if moment(o["updated_at"]) >= moment(since) and (not after or [o["updated_at"], o["id"]] > after)]
        page, more = rows[: min(self.most, int(asked["limit"]))], {}
        if len(rows) > len(page):
            cursor = base64.urlsafe_b64encode(json.dumps([[page[-1]["updated_at"], page[-1]["id"]], since]).encode()).decode()
            more = {"Link": f'<https://elsewhere.example.com{path}?limit={self.most}&page_info={cursor}>; rel="next"'}
        self._answer(request, 200, {"orders": page}, more)
        self.after_a_page()

    def _woocommerce(self, request, asked: dict) -> None:
        assert asked["dates_are_gmt"] == "true" and asked["orderby"] == "modified" and asked["order"] == "asc"
        rows = sorted(self.orders, key=lambda order: (order["date_modified_gmt"], order["id"]))
        rows = [order for order in rows if moment(order["date_modified_gmt"]) > moment(asked["modified_after"])]
        many = min(self.most, int(asked["per_page"]))
        page = rows[many * (int(asked["page"]) - 1) :][:many]
        self._answer(request, 200, page, {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // many))})
        self.after_a_page()

    @staticmethod
    def _answer(request: BaseHTTPRequestHandler, status: int, body, more: dict | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(more or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(raw)
