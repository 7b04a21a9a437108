"""What `up --demo` does around the start of the site: load the demo, say how to look at it, play it to its end.

By commands beside it, because the process that supervises loads nothing of the application.
"""

import os
import subprocess
import sys
from pathlib import Path

from launchpad import supervisor
from launchpad.up import SELF, Site

SLUG = "aurora-lamp"
CROWD = 120
PREPARE = (*SELF, "demo", "--prepare")  # in place of `migrate`: it does that first


def keep_log(data_dir: Path) -> None:
    """The demo's terminal is for its addresses: what the parts log goes to a file. What keeps it from starting still shows."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    with open(data_dir / "launchpad.log", "ab") as file:
        os.dup2(file.fileno(), 2)
    sys.stderr = terminal


class Showing:
    """Called with the running site. `speed` is how much faster than the clock the demo plays; None as its file says.

    A demo in flight goes on; one that has ended is played again from its beginning.
    """

    def __init__(self, speed: int | None = None) -> None:
        self.speed = speed

    def __call__(self, site: Site) -> None:
        beside = {"env": site.environment, "stdin": subprocess.DEVNULL}
        if subprocess.run([*SELF, "demo"], **beside).returncode:
            return
        line = [*SELF, "rehearse", SLUG, "--crowd", str(CROWD), "--json"]
        line += ["--speed", str(self.speed)] if self.speed else []
        print("It plays by itself now: watch it in a browser. Ctrl-C ends all; the next start goes on.")
        print(f"Its log is {site.data_dir / 'launchpad.log'}", flush=True)
        report, draft = site.data_dir / "demo-report.json", site.data_dir / "demo-report.new"
        with open(draft, "w") as file:
            played = subprocess.run(line, stdout=file, **beside)
        if played.returncode == 0:
            draft.replace(report)
            print(f"The demo has reached its end; its report is {report}", flush=True)
            return
        draft.unlink(missing_ok=True)
        if played.returncode > 0:  # negative: ended with the site
            supervisor.log("the demo was not played to its end", code=played.returncode)
