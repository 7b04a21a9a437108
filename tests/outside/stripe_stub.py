"""Stripe over HTTP as far as a checkout needs it: sessions, refunds, its list of events, and signed deliveries.

It keeps what it was told like the real one: an idempotency key answers as before and refuses other parameters, a
session that is complete cannot be ended, a refund is no larger than what is left. Switches make it slow, away, or let a
session be paid after it was ended.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import stripe

SECRET = "whsec_of_the_stub"
ACCOUNT = "sk_test_stub"


class StripeStub:
    """`with StripeStub() as stub:` serves at `stub.base`. `sessions`, `events` and `calls` are there to be read."""

    def __init__(self):
        self.sessions, self.charges, self.refunds, self.events, self.calls = {}, {}, {}, [], []
        self.answered: dict[str, tuple] = {}
        self.down, self.slow, self.paid_after_expiry, self.refunds_wait = False, 0.0, False, False
        self.lock, self.count = threading.RLock(), 0
        self.clock = time.time  # Unix seconds, for what it dates; signatures have the true time
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                stub.serve(self, "GET")

            def do_POST(self):
                stub.serve(self, "POST")

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "StripeStub":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_fault):
        self.server.shutdown()
        self.server.server_close()

    # --- what a buyer, a bank, and the brand's own dashboard do -------------------------------------------------

    def pay(self, session: str, later: bool = False, amount: int | None = None, currency: str | None = None) -> dict:
        """The buyer pays: at once, or `later` by their bank. Returns the event."""
        with self.lock:
            found = self.sessions[session]
            if found["status"] == "expired" and not self.paid_after_expiry:
                raise AssertionError("nobody can pay in a session that has expired")
            found.update(status="complete", payment_status="unpaid" if later else "paid", url=None)
            found["amount_total"] = amount if amount is not None else found["amount_total"]
            found["currency"] = currency or found["currency"]
            found["payment_intent"] = f"pi_{session[3:]}"
            if not later:
                self._charge(found)
            return self._event("checkout.session.completed", found)

    def bank(self, session: str, good: bool) -> dict:
        """The bank has decided about what was to be paid later."""
        with self.lock:
            found = self.sessions[session]
            if good:
                found["payment_status"] = "paid"
                self._charge(found)
            return self._event(f"checkout.session.async_payment_{'succeeded' if good else 'failed'}", found)

    def give_back(self, session: str, amount: int | None = None) -> dict:
        """Somebody gives money back in the dashboard. Returns the charge's event."""
        with self.lock:
            charge = self.charges[self.sessions[session]["payment_intent"]]
            return self._give_back(charge, charge["amount"] - charge["amount_refunded"] if amount is None else amount)[1]

    def dispute(self, session: str, status: str = "needs_response") -> dict:
        """The buyer goes to their bank; or, with won or lost, the bank has decided."""
        with self.lock:
            intent = self.sessions[session]["payment_intent"]
            found = {"id": f"dp_{intent}", "object": "dispute", "payment_intent": intent, "status": status,
                     "charge": self.charges[intent]["id"]}  # fmt: skip
            return self._event("charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.created", found)

    def session_of(self, number: str) -> str:
        """The id of the session of an order of ours."""
        return next(id for id, one in self.sessions.items() if one["client_reference_id"] == number)

    @staticmethod
    def signed(event: dict, secret: str = SECRET) -> tuple[bytes, dict]:
        """An event as it is delivered: raw body and headers."""
        raw, at = json.dumps(event).encode(), int(time.time())
        sign = stripe.WebhookSignature._compute_signature(f"{at}.{raw.decode()}", secret)
        return raw, {"Stripe-Signature": f"t={at},v1={sign}", "Content-Type": "application/json"}

    # --- the interface -------------------------------------------------------------------------------------------

    def serve(self, request: BaseHTTPRequestHandler, method: str) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        fields = dict(parse_qsl(request.rfile.read(length).decode(), keep_blank_values=True))
        at = urlsplit(request.path)
        fields |= dict(parse_qsl(at.query))
        self.calls.append((method, at.path, fields))
        if self.slow:
            time.sleep(self.slow)
        if self.down:
            return self._answer(request, 503, {"error": {"type": "api_error", "message": "down"}})
        if not (request.headers.get("Authorization") or "").endswith(ACCOUNT):
            return self._answer(request, 401, {"error": {"type": "invalid_request_error", "message": "no key"}})
        key = request.headers.get("Idempotency-Key") if method == "POST" else None
        with self.lock:
            if key in self.answered:
                known, status, body = self.answered[key]
                if known != (at.path, fields):
                    return self._refuse(request, "other parameters", "idempotency_error")
                return self._answer(request, status, json.loads(body))
            status, body = self._route(method, at.path.removeprefix("/v1/").split("/"), fields)
            if key and status == 200:
                self.answered[key] = (at.path, fields), status, json.dumps(body)
        self._answer(request, status, body)

    def _route(self, method: str, path: list[str], fields: dict) -> tuple[int, dict]:
        match method, path:
            case "POST", ["checkout", "sessions"]:
                return 200, self._open(fields)
            case "GET", ["checkout", "sessions", id] if id in self.sessions:
                found = dict(self.sessions[id])
                if fields.get("expand[0]") and found["payment_intent"]:
                    charge = self.charges.get(found["payment_intent"])
                    found["payment_intent"] = {
                        "id": found["payment_intent"], "object": "payment_intent",
                        "status": "succeeded" if charge else "processing", "latest_charge": charge,
                    }  # fmt: skip
                return 200, found
            case "POST", ["checkout", "sessions", id, "expire"] if id in self.sessions:
                found = self.sessions[id]
                if found["status"] != "open":
                    return 400, _error("This session is not open.")
                found.update(status="expired", url=None)
                self._event("checkout.session.expired", found)
                return 200, found
            case "POST", ["refunds"] if fields.get("payment_intent") in self.charges:
                charge, amount = self.charges[fields["payment_intent"]], int(fields["amount"])
                if amount > charge["amount"] - charge["amount_refunded"]:
                    return 400, _error("Refund amount is greater than what is left.")
                return 200, self._give_back(charge, amount, fields.get("metadata[refund]"))[0]
            case "GET", ["events"]:
                kinds = {value for name, value in fields.items() if name.startswith("types")}
                rows = [e for e in reversed(self.events) if e["type"] in kinds and e["created"] >= int(fields["created[gte]"])]
                ids = [e["id"] for e in rows]
                rows = rows[ids.index(fields["starting_after"]) + 1 :] if "starting_after" in fields else rows
                most = int(fields.get("limit", 10))
                return 200, {"object": "list", "data": rows[:most], "has_more": len(rows) > most, "url": "/v1/events"}
        return 404, _error("There is no such thing.")

    def _open(self, fields: dict) -> dict:
        self.count += 1
        id = f"cs_test_{self.count:06}"
        amount = int(fields["line_items[0][quantity]"]) * int(fields["line_items[0][price_data][unit_amount]"])
        self.sessions[id] = {
            "id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid", "amount_total": amount,
            "currency": fields["line_items[0][price_data][currency]"], "client_reference_id": fields["client_reference_id"],
            "metadata": {"order": fields["metadata[order]"]}, "payment_intent": None, "created": self._now(),
            "expires_at": int(fields.get("expires_at", 0)), "url": f"{self.base}/pay/{id}",
            "success_url": fields["success_url"], "customer_details": {"email": fields.get("customer_email")},
        }  # fmt: skip
        return self.sessions[id]

    def _charge(self, session: dict) -> None:
        intent = session["payment_intent"]
        self.charges[intent] = {
            "id": f"ch_{intent}", "object": "charge", "payment_intent": intent, "paid": True, "status": "succeeded",
            "amount": session["amount_total"], "amount_captured": session["amount_total"], "amount_refunded": 0,
            "currency": session["currency"], "metadata": dict(session["metadata"]), "created": self._now(),
        }  # fmt: skip

    def _give_back(self, charge: dict, amount: int, ours: str | None = None) -> tuple[dict, dict]:
        charge["amount_refunded"] += amount
        id = f"re_{len(self.refunds) + 1}"
        self.refunds[id] = {
            "id": id, "object": "refund", "amount": amount, "payment_intent": charge["payment_intent"],
            "status": "pending" if self.refunds_wait else "succeeded", "metadata": {"refund": ours} if ours else {},
        }  # fmt: skip
        return self.refunds[id], self._event("charge.refunded", charge)

    def _event(self, kind: str, found: dict) -> dict:
        event = {
            "id": f"evt_{len(self.events) + 1:05}", "object": "event", "type": kind, "created": self._now(),
            "data": {"object": json.loads(json.dumps(found))},
        }  # fmt: skip
        self.events.append(event)
        return event

    def _now(self) -> int:
        return int(self.clock())

    def _refuse(self, request: BaseHTTPRequestHandler, words: str, kind: str = "invalid_request_error") -> None:
        self._answer(request, 400, _error(words, kind))

    @staticmethod
    def _answer(request: BaseHTTPRequestHandler, status: int, body: dict) -> None:
        raw = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)


def _error(words: str, kind: str = "invalid_request_error") -> dict:
    return {"error": {"type": kind, "message": words}}
