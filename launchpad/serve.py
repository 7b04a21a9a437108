"""`launchpad web`: how gunicorn is started for either size. Imports nothing of the application.

The process becomes gunicorn by exec before the application is loaded, so that gevent can patch the standard library
first, and so that one process less stands between a signal and the server.
"""

import os
import sys
from typing import NoReturn

from launchpad.config import Settings, surroundings

ROOM = 64  # threads beside the streams, for ordinary requests
MOST_STREAMS_IN_THREADS = 800


def command(settings: Settings, host: str, port: int) -> list[str]:
    """Gunicorn's command line: threads in one process with SQLite, greenlets in several with PostgreSQL."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    line = [sys.executable, "-m", "gunicorn", "--bind", address, "--no-control-socket", "--log-level", "warning"]
    line += ["--graceful-timeout", "3"]  # open streams use all of it
    if settings.embedded:
        threads = min(settings.stream_limit, MOST_STREAMS_IN_THREADS) + ROOM
        # one process, because all writers of it wait for SQLite behind one lock; idle connections come on top
        line += ["--worker-class", "gthread", "--workers", "1"]
        line += ["--threads", str(threads), "--worker-connections", str(threads + 1000)]
    else:
        line += ["--worker-class", "gevent", "--worker-connections", str(settings.stream_limit + 1000)]
    return [*line, "wsgi:app"]


def become_gunicorn(settings: Settings, host: str, port: int) -> NoReturn:
    """Turn this process into the web server. WEB_CONCURRENCY says how many processes serve PostgreSQL, 2 unless set."""
    os.execve(sys.executable, command(settings, host, port), {"WEB_CONCURRENCY": "2", **surroundings()})
