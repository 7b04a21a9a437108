"""What `up --demo` does once the site answers: load the demo, say how to look at it, play it once.

By commands beside it, because the process that supervises loads nothing of the application.
"""

import subprocess

from launchpad import supervisor
from launchpad.up import SELF, Site

SLUG = "aurora-lamp"


class Showing:
    """Called with the running site. `speed` is how much faster than the clock the demo plays; None as its file says."""

    def __init__(self, speed: int | None = None) -> None:
        self.speed = speed

    def __call__(self, site: Site) -> None:
        loaded = subprocess.run([*SELF, "demo"], env=site.environment, stdin=subprocess.DEVNULL)
        report = site.data_dir / "demo-report.json"
        if loaded.returncode or report.exists():  # played before: its clock runs on by itself, or it has ended
            return
        line = [*SELF, "rehearse", SLUG, "--json", *(["--speed", str(self.speed)] if self.speed else [])]
        print("It plays by itself now: watch it in a browser. Ctrl-C ends all; the next start goes on.", flush=True)
        with open(report, "w") as file:
            played = subprocess.run(line, env=site.environment, stdin=subprocess.DEVNULL, stdout=file)
        if played.returncode == 0:
            print(f"The demo has reached its end; its report is {report}", flush=True)
        elif played.returncode > 0:  # negative: ended with the site, and what is played goes on with the next start
            report.unlink()
            supervisor.log("the demo was not played to its end", code=played.returncode)
