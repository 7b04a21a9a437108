"""A browser of one of the crowd: keeps cookies, reads forms, sends them. Says what it was refused and what failed."""

import re
import threading
import time
from collections import Counter
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import urllib3

from launchpad.services import actors

PATIENCE = 60.0  # real seconds for which a site that restarts is asked again
AWAY = (502, 503, 504)
BY_STATUS = {
    400: "form",
    403: "not_allowed",
    404: "not_found",
    410: "gone",
    413: "too_large",
    422: "form",
    429: "too_many",
}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Stopped(Exception):
    """The process has to end: what was begun is acted again by the next."""


class Lost(Exception):
    """The site did not answer for as long as we are patient."""


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: urllib3.HTTPHeaderDict, text: str):
        self.status, self.headers, self.text = status, headers, text

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def where(self) -> str:
        """The path that it leads to, without the part after `#`."""
        return _path(self.headers.get("Location", "")) if self.status in (302, 303) else ""

    @property
    def reason(self) -> str:
        """Why it was refused; empty when it was not."""
        if self.ok:
            return ""
        return self.headers.get("X-Refusal") or BY_STATUS.get(self.status, str(self.status))

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        return found[1] if found else ""


class Tally:
    """What the crowd was told, by any of its threads: refusals by reason, and errors."""

    def __init__(self, kept: dict | None = None):
        kept = kept or {}
        self.refusals, self.errors = Counter(kept.get("refusals", {})), int(kept.get("errors", 0))
        self._lock = threading.Lock()

    def count(self, answer: Answer) -> None:
        if answer.status >= 500:
            self.fail()
        elif answer.status >= 400:
            with self._lock:
                self.refusals[answer.reason] += 1

    def fail(self) -> None:
        with self._lock:
            self.errors += 1

    def row(self) -> dict:
        with self._lock:
            return {"refusals": dict(self.refusals), "errors": self.errors}


class Browser:
    """Acts as one person. Every answer of a form that was sent counts in the tally; a page that is looked at counts
    when the site failed."""

    def __init__(self, pool: urllib3.PoolManager, base_url: str, signature: str, tally: Tally, stop: threading.Event):
        self.pool, self.base_url, self.tally, self.stop = pool, base_url, tally, stop
        self.cookies: dict[str, str] = {}
        self.headers = {actors.HEADER: signature, "User-Agent": "Mozilla/5.0 (rehearsal)", "Accept": "text/html"}

    @property
    def signed_in(self) -> bool:
        return "launchpad" in self.cookies

    def get(self, path: str) -> Answer:
        answer = self._ask("GET", path)
        if answer.status >= 500:
            self.tally.count(answer)
        return answer

    def post(self, path: str, fields: list | dict, form_at: str) -> Answer:
        """Send a form as the page `form_at` has it; a page that shows no form lends us that of the sign-in page."""
        page = self.get(form_at)
        token = page.token or self.get("/sign-in").token
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        answer = self._ask("POST", path, [("csrf_token", token), *pairs])
        self.tally.count(answer)
        return answer

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
        self._keep_cookies(answer.headers)
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
            return _path(word)
    return ""


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _parts(pairs: list) -> list:
    """Fields for urllib3: a value is text, or a file as (name, bytes, kind)."""
    return [(name, value if isinstance(value, tuple) else str(value)) for name, value in pairs]
