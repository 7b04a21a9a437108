"""A browser of one of the crowd: keeps cookies, reads forms, sends them. Says what it was refused and what failed."""

import threading
import time
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie

import urllib3

from jobs.answers import Answer, path_of
from jobs.tally import Tally
from launchpad.services import actors

PATIENCE = 90.0  # real seconds for which a site that restarts is asked again
AWAY = (502, 503, 504)


class Stopped(Exception):
    """The process has to end: what was begun is acted again by the next."""


class Lost(Exception):
    """The site did not answer for as long as we are patient."""


class Browser:
    """Acts as one person. Every answer of a form that was sent counts in the tally; a page that is looked at counts
    when the site failed."""

    def __init__(
        self, pool: urllib3.PoolManager, base_url: str, signature: str, tally: Tally, stop: threading.Event,
        actor: str = "", doubles: bool = False,
    ):  # fmt: skip
        """`actor`: whose browser it is, for what they are refused. `doubles`: each form is sent twice at once."""
        self.pool, self.base_url, self.tally, self.stop = pool, base_url, tally, stop
        self.actor, self.doubles, self.act = actor, doubles, ""
        self.cookies: dict[str, str] = {}
        self.headers = {actors.HEADER: signature, "User-Agent": "Mozilla/5.0 (rehearsal)", "Accept": "text/html"}

    @property
    def signed_in(self) -> bool:
        return "launchpad" in self.cookies

    def get(self, path: str) -> Answer:
        answer = self._ask("GET", path)
        self._keep_cookies(answer.headers)
        if answer.status >= 500:
            self.tally.count(answer)
        return answer

    def post(self, path: str, fields: list | dict, form_at: str) -> Answer:
        """Send a form as the page `form_at` has it; a page that shows no form lends us that of the sign-in page."""
        page = self.get(form_at)
        token = page.token or self.get("/sign-in").token
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        return self.send(path, [("csrf_token", token), *pairs])

    def send(self, path: str, pairs: list) -> Answer:
        """Send a form with its token; twice at the same moment when this browser doubles. What was done counts."""
        if not self.doubles:
            answer = self._ask("POST", path, pairs)
            self._keep_cookies(answer.headers)
        else:
            answer, second = self._both("POST", path, pairs)
            self.tally.count_second(second, answer)
        self.tally.count(answer, self.actor, self.act)
        return answer

    def _both(self, method: str, path: str, pairs: list) -> tuple[Answer, Answer]:
        """The better answer of two requests at once, and the other. Only the better one's cookies are kept."""
        got: list[Answer] = []
        begin = threading.Barrier(2)

        def once() -> None:
            with suppress(threading.BrokenBarrierError):  # the other is late: it is sent all the same
                begin.wait(5)
            with suppress(Lost, Stopped):  # a Lost was counted where it happened; the form as a whole is then not sent
                got.append(self._ask(method, path, pairs))

        beside = threading.Thread(target=once, daemon=True)
        beside.start()
        once()
        beside.join()
        if len(got) < 2:
            raise Stopped if self.stop.is_set() else Lost(path)
        got.sort(key=lambda answer: answer.status >= 400)
        self._keep_cookies(got[0].headers)
        return got[0], got[1]

    def watch(self, path: str, seconds: float) -> None:
        """Follow a stream for a while."""
        try:
            answer = self.pool.request(
                "GET", self.base_url + path, headers=self._sent(), preload_content=False, redirect=False,
                timeout=urllib3.Timeout(connect=5, read=seconds),
            )  # fmt: skip
        except urllib3.exceptions.HTTPError:
            return
        try:
            until = time.monotonic() + seconds
            while not self.stop.is_set() and time.monotonic() < until and answer.read1(2048):
                pass
        except urllib3.exceptions.HTTPError:
            pass
        finally:
            answer.close()

    def _ask(self, method: str, path: str, pairs: list | None = None) -> Answer:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._once(method, path, pairs)
            except urllib3.exceptions.HTTPError:
                answer = None
            if answer is not None and answer.status not in AWAY:
                return answer
            if time.monotonic() > until:
                if answer is not None:
                    return answer
                self.tally.fail()
                raise Lost(path)
            if self.stop.wait(0.5):
                raise Stopped

    def _once(self, method: str, path: str, pairs: list | None) -> Answer:
        if self.stop.is_set():
            raise Stopped
        body, sent = None, self._sent()
        if pairs is not None:
            body, sent["Content-Type"] = urllib3.encode_multipart_formdata(_parts(pairs))
        answer = self.pool.request(method, self.base_url + path, body=body, headers=sent, redirect=False)
        return Answer(answer.status, answer.headers, answer.data.decode("utf-8", "replace"))

    def _sent(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.headers | ({"Cookie": cookies} if cookies else {})

    def _keep_cookies(self, headers: urllib3.HTTPHeaderDict) -> None:
        for line in headers.getlist("Set-Cookie"):
            try:
                cookies = SimpleCookie(line)
            except CookieError:
                continue
            for name, cookie in cookies.items():
                if cookie.value and cookie["max-age"] != "0":
                    self.cookies[name] = cookie.coded_value
                else:
                    self.cookies.pop(name, None)


def path_in(text: str, containing: str) -> str:
    """The path of the first link in a letter's text that holds these words; empty for none."""
    for word in text.split():
        if containing in word and word.startswith("http"):
            return path_of(word)
    return ""


def _parts(pairs: list) -> list:
    """Fields for urllib3: a value is text, or a file as (name, bytes, kind)."""
    return [(name, value if isinstance(value, tuple) else str(value)) for name, value in pairs]
