"""The browser of the crowd, against a server that answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from jobs import browser
from jobs.browser import Browser, Lost, Stopped, Tally, path_in
from launchpad.services import actors

PAGE = '<form><input type="hidden" name="csrf_token" value="abc"></form>'


class Server(ThreadingHTTPServer):
    """Gives its answers, one a request, the last one again and again; keeps what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers, self.asked = [], []


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        answers = self.server.answers
        status, headers, text = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(30)


@pytest.fixture
def tally():
    return Tally({"refusals": {"limit": 2}, "errors": 1})


@pytest.fixture
def ana(server, tally):
    address = f"http://127.0.0.1:{server.server_port}"
    return Browser(urllib3.PoolManager(retries=False), address, actors.signature("key", "7:1"), tally, threading.Event())


def test_it_says_whom_it_plays_and_keeps_and_drops_cookies(ana, server):
    server.answers = [
        (200, [("Set-Cookie", "launchpad=one; Path=/; HttpOnly"), ("Set-Cookie", "note=x")], PAGE),
        (200, [("Set-Cookie", "note=; Max-Age=0; Path=/")], PAGE),
        (200, [], PAGE),
    ]
    for _ in range(3):
        ana.get("/")
    cookies = [headers.get("Cookie", "") for _, _, headers, _ in server.asked]
    assert cookies == ["", "launchpad=one; note=x", "launchpad=one"] and ana.signed_in
    assert all(actors.actor_of("key", headers[actors.HEADER]) == "7:1" for _, _, headers, _ in server.asked)


def test_a_form_is_sent_with_the_token_of_its_page_or_of_the_sign_in_page(ana, server):
    server.answers = [(200, [], PAGE), (303, [("Location", "/x?token=t#y")], "")]
    assert ana.post("/x", {"a": "1"}, "/x").where == "/x?token=t"
    assert [asked[:2] for asked in server.asked] == [("GET", "/x"), ("POST", "/x")]
    assert 'name="csrf_token"\r\n\r\nabc' in server.asked[1][3]
    server.answers = [(403, [], "closed"), (200, [], PAGE), (403, [], "")]
    ana.post("/x", [("a", "1"), ("a", "2")], "/x")
    assert [asked[:2] for asked in server.asked[2:]] == [("GET", "/x"), ("GET", "/sign-in"), ("POST", "/x")]


def test_refusals_are_counted_by_reason_and_failures_as_errors(ana, server, tally):
    for status, headers in ((422, [("X-Refusal", "sold_out")]), (422, []), (429, []), (500, []), (303, [])):
        server.answers = [(200, [], PAGE), (status, headers, "")]
        ana.post("/x", {}, "/x")
    server.answers = [(404, [], "")]
    ana.get("/nothing")
    row = tally.row()
    assert (row["refusals"], row["errors"]) == ({"limit": 2, "sold_out": 1, "form": 1, "too_many": 1}, 2)


def test_a_double_click_is_sent_twice_at_once_and_what_was_done_counts(ana, server, tally):
    ana.doubles = True
    server.answers = [(200, [], PAGE), (303, [("Location", "/orders/1")], ""), (422, [("X-Refusal", "used")], "")]
    assert ana.post("/x", {"key": "k"}, "/x").where == "/orders/1"
    assert [asked[0] for asked in server.asked] == ["GET", "POST", "POST"]
    assert server.asked[1][3].count("k") and tally.refusals == {"limit": 2}
    assert tally.row()["doubled"] == 1 and tally.row()["doubled_refused"] == {"used": 1}


def test_who_was_refused_what_is_told_once(server, tally):
    server.answers = [(200, [], PAGE), (422, [("X-Refusal", "sold_out")], "")]
    pool = urllib3.PoolManager(retries=False)
    someone = Browser(pool, f"http://127.0.0.1:{server.server_port}", "s", tally, threading.Event(), "7")
    someone.act = "buy"
    someone.post("/x", {}, "/x")
    (actor, act, reason, _moment), = tally.refused()
    assert (actor, act, reason) == ("7", "buy", "sold_out") and tally.refused() == []


def test_a_site_that_restarts_is_asked_again(ana, server, tally):
    server.answers = [(503, [], ""), (502, [], ""), (200, [], PAGE)]
    assert ana.get("/").ok and tally.errors == 1 and len(server.asked) == 3


def test_one_that_is_gone_is_an_error_after_a_while(ana, tally, monkeypatch):
    monkeypatch.setattr(browser, "PATIENCE", 0.1)
    ana.base_url = "http://127.0.0.1:1"
    with pytest.raises(Lost):
        ana.get("/")
    assert tally.errors == 2


def test_who_has_to_end_does_not_wait(ana):
    ana.stop.set()
    with pytest.raises(Stopped):
        ana.get("/")


def test_the_link_in_a_letter():
    text = "Hello\n\nPress:\nhttp://127.0.0.1:8000/lamp/pass/abc.def\n\nUnsubscribe: http://127.0.0.1:8000/unsubscribe/x\n"
    assert path_in(text, "/pass/") == "/lamp/pass/abc.def" and path_in(text, "/unsubscribe/") == "/unsubscribe/x"
    assert path_in(text, "/sign-in/") == ""
