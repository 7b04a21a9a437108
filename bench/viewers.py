"""Those who follow the thread live: how late a post comes to thousands of them, beside nchan in the same run.

`measure` lets them follow and somebody post over the real form each second; `churn` has two of a hundred drop and return
each second; `restart` ends the web process with -9 under all of them and starts it again.
"""

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench import campaign, servers, web_process

VIEWERS = {"sqlite": 500, "postgresql": 9000}  # the embedded default; one process beside a database server
SECONDS = 20
POSTERS = 3  # of the team, in turn: one alone would meet the limit
MOST_KIB, MOST_RATIO, MOST_BACK = 20, 2.0, 60


def measure(database: str, seconds: int = SECONDS) -> dict:
    """The delays and the memory. Raises AssertionError when somebody misses a post, or sees one twice or out of order."""
    many = VIEWERS[database]
    ours = _ours(database, many, seconds)
    floor = _nchan(many, seconds)
    return {
        "database": database,
        **ours,
        **({"p99_nchan_ms": floor["p99_ms"], "p50_nchan_ms": floor["p50_ms"]} if floor else {"nchan": "is not installed"}),
        **({"ratio": round(ours["p99_ms"] / floor["p99_ms"], 2)} if floor else {}),
        "load": round(os.getloadavg()[0], 1),
        "wanted": {"ratio": MOST_RATIO, "kib_each": MOST_KIB},
    }


def churn(database: str, seconds: int = SECONDS) -> dict:
    """The same while 2 % a second drop and come back with the number they saw last."""
    figures = _ours(database, VIEWERS[database], seconds, drop=0.02)
    return {"database": database, **figures, "load": round(os.getloadavg()[0], 1)}


def restart(database: str, seconds: int = 70) -> dict:
    """The same with the web process killed after ten seconds, and started again at once, as the supervisor does it."""
    figures = _ours(database, VIEWERS[database], seconds, killed=True)
    assert figures["back_s"] is not None, f"not all came back: {figures}"
    return {"database": database, **figures, "load": round(os.getloadavg()[0], 1), "wanted": {"back_s": MOST_BACK}}


def _ours(database: str, many: int, seconds: int, drop: float = 0.0, killed: bool = False) -> dict:
    with servers.place(database) as environment:
        environment |= {"WEB_CONCURRENCY": "1", "STREAM_LIMIT": str(many + 100)}
        servers.run(environment, "migrate")
        slug = campaign.load(environment, "launch")
        with web_process.running(environment) as pid:
            address = environment["BASE_URL"]
            posts = [_poster(environment, slug, number) for number in range(POSTERS)]
            begun, used = web_process.resident(pid()), web_process.seconds_of(pid())
            asked = {
                "host": urllib.parse.urlsplit(address).netloc, "path": f"/{slug}/thread/stream", "viewers": many,
                "seconds": seconds, "rate": 1, "drop": drop, "posts": posts,
            }  # fmt: skip
            grown = []

            def when_up() -> None:
                grown.append(web_process.resident(pid()))
                if killed:
                    time.sleep(10)
                    pid(kill=True)

            figures = _watch(asked, when_up)
            grown.append(web_process.resident(pid()))
            figures["kib_each"] = round((max(grown) - begun) / many, 1)
            figures["cpu_s"] = round(web_process.seconds_of(pid()) - (0 if killed else used), 1)
    assert not (figures["missing"] or figures["twice"] or figures["disordered"] or figures["resets"]), figures
    assert figures["up"] == many or drop, figures
    return figures


def _nchan(many: int, seconds: int) -> dict | None:
    """The same viewers and posts on nginx with nchan; None where it is not installed."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    conf = (servers.ROOT / "bench" / "nchan.conf").read_text()
    if nginx is None or not Path(re.search(r"load_module (\S+);", conf)[1]).exists():
        return None
    with tempfile.TemporaryDirectory(prefix="launchpad-nchan-") as folder:
        port = servers.free_port()
        (Path(folder) / "nchan.conf").write_text(conf.replace(":8348", f":{port}"))
        server = subprocess.Popen([nginx, "-p", folder, "-c", f"{folder}/nchan.conf"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            asked = {
                "host": f"127.0.0.1:{port}", "path": "/stream", "viewers": many, "seconds": seconds, "rate": 1, "drop": 0,
                "posts": [{"path": "/pub", "headers": {}, "fields": {"text": "TOKEN", "more": "x" * 1500}}],
            }  # fmt: skip
            return _watch(asked, lambda: None)
        finally:
            server.terminate()
            server.wait(15)


def _watch(asked: dict, when_up: Callable[[], None]) -> dict:
    """Let the viewers' process do its part; `when_up` is called beside it once all are connected."""
    line = [sys.executable, str(servers.ROOT / "bench" / "viewers_client.py")]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        json.dump(asked, client.stdin)
        client.stdin.close()
        assert client.stdout.readline().strip() == "up", "the viewers' process ended"
        beside = threading.Thread(target=when_up)
        beside.start()
        figures = json.loads(client.stdout.readline())
        beside.join()
    return figures


def _poster(environment: dict[str, str], slug: str, number: int) -> dict:
    """Sign somebody of the team in; how they post."""
    link = servers.run(environment, "staff", "add", f"team{number}@example.com").split()[-1]
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    token = _token(browser.open(link).read().decode())
    browser.open(link, urllib.parse.urlencode({"csrf_token": token}).encode()).read()
    path = f"/{slug}/thread"
    token = _token(browser.open(environment["BASE_URL"] + path).read().decode())
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    return {
        "path": path,
        "headers": {"Cookie": cookies, "Origin": environment["BASE_URL"]},
        "fields": {"csrf_token": token, "text": "Said at TOKEN", "key": "TOKEN"},
    }


def _token(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
