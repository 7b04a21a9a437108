"""`launchpad web`: how gunicorn is started for either size. Imports nothing of the application.

The process becomes gunicorn by exec before the application is loaded, so that gevent can patch the standard library
first, and so that one process less stands between a signal and the server.
"""

import os
import resource
import sys
from typing import NoReturn

from launchpad.config import Settings, surroundings

THREADS = 64  # for ordinary requests: a live stream needs none once it has begun
TEAM = 32  # more, for the team's own streams, which are asked again and again whether they still may
WAITING = 1000  # connections with no request on them just now, or whose request waits for a greenlet
MOST_FILES = 100_000
PATIENCE = 5  # seconds for the first words on a connection, or the next: a phone whose packet is lost sends it after 1 s, then 3 s
BACKLOG = 4096  # connections that wait to be accepted: after a restart all who followed come back


def command(settings: Settings, host: str, port: int) -> list[str]:
    """Gunicorn's command line: threads in one process with SQLite, greenlets in several with PostgreSQL."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    line = [sys.executable, "-m", "gunicorn", "--bind", address, "--no-control-socket", "--log-level", "warning"]
    line += ["--graceful-timeout", "3"]  # the team's open streams use all of it
    line += ["--backlog", str(BACKLOG), "--keep-alive", str(PATIENCE)]
    if settings.embedded:
        # one process, because all writers of it wait for SQLite behind one lock; idle connections come on top
        threads = THREADS + TEAM
        line += ["--worker-class", "gthread", "--workers", "1"]
        line += ["--threads", str(threads), "--worker-connections", str(threads + WAITING)]
    else:
        line += ["--worker-class", "gevent", "--worker-connections", str(2 * WAITING)]
    return [*line, "wsgi:app"]


def become_gunicorn(settings: Settings, host: str, port: int) -> NoReturn:
    """Turn this process into the web server. WEB_CONCURRENCY says how many processes serve PostgreSQL, 2 unless set."""
    open_more()
    os.execve(sys.executable, command(settings, host, port), {"WEB_CONCURRENCY": "2", **surroundings()})


def open_more() -> None:
    """Let this process and what it becomes open as many files as the system lets it: each who follows live is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (OSError, ValueError):  # a system with another limit below this one: it stays as it was
        pass
