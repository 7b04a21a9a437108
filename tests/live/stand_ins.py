"""A site of small parts, supervised by the real `up`: python tests/live/stand_ins.py PORT DATA_DIR

The worker of it forks a child into a session of its own, as `launchpad worker` does with each queue, and that forks one
into a process group of its own, as RQ does with each job.
"""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from launchpad import up  # noqa: E402
from launchpad.supervisor import Part  # noqa: E402


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def web(port):
    ThreadingHTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()


def worker():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setpgrp()
    time.sleep(300)


def stubborn():
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(300)


def parts(host, port):
    me = [sys.executable, __file__]
    return [
        Part("web", [*me, "--web", str(port)]),
        Part("worker", [*me, "--worker"]),
        Part("timekeeper", [*me, "--stubborn"]),
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--web", port]:
            web(port)
        case ["--worker"]:
            worker()
        case ["--stubborn"]:
            stubborn()
        case [port, data_dir]:
            sys.exit(up.up("127.0.0.1", int(port), Path(data_dir), serve=parts, migrate=[sys.executable, "-c", ""]))
